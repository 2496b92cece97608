#include "experiments/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

/// Without what may change between a training and its resumption.
std::string comparable_yaml(Description description) {
  description.training[Training::kEpochs] = Training::defaults()[Training::kEpochs];
  description.record = {};
  return to_yaml(description);
}

/// The surroundings of the place `at` of a line, which may be thousands of numbers long.
std::string excerpt(const std::string& line, std::size_t at) {
  constexpr std::size_t kBefore = 32, kLength = 64;
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t begin = at > indent + kBefore ? at - kBefore : indent;
  std::string text = line.substr(std::min(begin, line.size()), kLength);
  if (begin > indent) {
    text = line.substr(indent, std::min(line.find(':'), begin) - indent) + ": ... " + text;
  }
  return begin + kLength < line.size() ? text + " ..." : text;
}

/// How two texts differ, told by their first different line; empty when they are the same.
std::string difference(const std::string& before, const std::string& now) {
  std::istringstream old_lines(before), new_lines(now);
  for (std::string old_line, new_line; old_lines || new_lines;) {
    if (!std::getline(old_lines, old_line)) old_line.clear();
    if (!std::getline(new_lines, new_line)) new_line.clear();
    if (old_line == new_line) continue;
    const auto at =
        static_cast<std::size_t>(std::ranges::mismatch(old_line, new_line).in1 - old_line.begin());
    return fmt::format("it has `{}`, now it is `{}`", excerpt(old_line, at), excerpt(new_line, at));
  }
  return {};
}

/// Read and written again, so that a default that came with a later version is no difference.
std::string trained_yaml(const Checkpoint& checkpoint, const std::string& file) {
  try {
    return comparable_yaml(parse_description(checkpoint.network_yaml, file));
  } catch (const ConfigError& error) {
    throw DataError(file, fmt::format("holds a network that cannot be read: {}", error.what()));
  }
}

}  // namespace

Checkpoint read_to_resume(const Description& description, const std::string& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    throw DataError(file, "does not exist, so there is no training to resume");
  }
  Checkpoint checkpoint = read_checkpoint(file);
  const std::string change =
      difference(trained_yaml(checkpoint, file), comparable_yaml(description));
  if (change.empty()) return checkpoint;
  throw DataError(
      file, fmt::format("is of another training: {}; only training.epochs may change", change));
}

}  // namespace neurosim
