#include "tools/options.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"

namespace neurosim {
namespace {

constexpr std::uint64_t kMostThreads = 1024;

}  // namespace

unsigned threads_of(const CommandLine& line) {
  const std::uint64_t threads = line.whole_number("threads", 1).value_or(0);
  if (threads > kMostThreads) {
    throw UsageError(fmt::format("--threads: expected at most {}, got {}", kMostThreads, threads));
  }
  return static_cast<unsigned>(threads);
}

std::string output_file(const CommandLine& line, std::string_view option, OutputFile existing) {
  const auto name = line.value(option);
  if (!name) return {};
  if (name->empty()) throw UsageError(fmt::format("--{}: the name is empty", option));
  std::error_code ignored;
  if (!std::filesystem::exists(*name, ignored)) return *name;
  const auto is_it = [&](const std::string& input) {
    return std::filesystem::equivalent(*name, input, ignored);
  };
  if (is_it(line.operands().front())) {
    throw UsageError(fmt::format("--{}: {} is the network file", option, *name));
  }
  for (const std::string_view input : {"weights", "traces"}) {
    if (!is_it(line.value_or(input, ""))) continue;
    throw UsageError(fmt::format("--{}: {} is the file of --{}", option, *name, input));
  }
  expect_file(*name);
  if (existing == OutputFile::kKeepExisting) {
    throw DataError(*name, "exists already; add --force to replace it, or choose another name");
  }
  return *name;
}

namespace {

std::vector<std::string> files_read(const Description& description) {
  std::vector<std::string> files;
  const auto add = [&files](const auto& value) {
    if (const auto* array = std::get_if<FileArray>(&value)) files.push_back(array->file);
  };
  for (const PopulationSpec& population : description.populations) {
    for (const ParameterSpec& parameter : population.parameters) add(parameter);
    if (!population.source) continue;
    const auto* spikes = std::get_if<SpikeFileSource>(&*population.source);
    if (spikes != nullptr) files.push_back(spikes->file);
  }
  for (const ProjectionSpec& projection : description.projections) {
    add(projection.weights);
    files.push_back(projection.connect.pairs.file);
  }
  return files;
}

}  // namespace

void refuse_inputs_of(const Description& description, std::string_view option,
                      const std::string& output) {
  std::error_code ignored;
  for (const std::string& file : files_read(description)) {
    if (file.empty() || !std::filesystem::equivalent(output, file, ignored)) continue;
    throw UsageError(fmt::format("--{}: {} is read by {}", option, output, description.file));
  }
}

Terminal progress_terminal(const CommandLine& line) {
  Terminal terminal = terminal_of(stderr);
  if (line.has("quiet")) terminal.animation = false;
  return terminal;
}

}  // namespace neurosim
