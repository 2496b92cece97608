#include "tools/network_argument.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

/// An option that is short for a key of the network file.
struct Shorthand {
  std::string_view option, key;
  std::uint64_t low;
};

void add(const CommandLine& line, const Shorthand& shorthand, std::vector<Override>& overrides) {
  if (const auto number = line.whole_number(shorthand.option, shorthand.low)) {
    overrides.push_back({std::string(shorthand.key), std::to_string(*number)});
  }
}

std::vector<Override> overrides_of(const CommandLine& line) {
  std::vector<Override> overrides;
  for (const std::string& text : line.values("set")) overrides.push_back(parse_override(text));
  add(line, {"seed", "seed", 0}, overrides);
  if (const auto split = line.value("split")) overrides.push_back({"data.split", *split});
  return overrides;
}

/// --samples is sugar for a key of `data:`. Without that section the reader's message would speak
/// of a key that the user did not write.
Description read_with_samples(const std::string& file, const std::vector<Override>& overrides,
                              std::uint64_t samples) {
  std::vector<Override> all = overrides;
  all.push_back({"data.samples", std::to_string(samples)});
  try {
    return read_description(file, all);
  } catch (const ConfigError&) {
    // Wrong for other reasons as well: those messages go first.
    if (read_description(file, overrides).data) throw;
    throw UsageError(
        fmt::format("--samples: {} has no `data:` section, so there is no dataset to take samples "
                    "from; its sources say how many samples there are",
                    file));
  }
}

}  // namespace

Description read_network(const CommandLine& line) {
  const std::string& file = line.operands().front();
  const std::vector<Override> overrides = overrides_of(line);
  if (const auto samples = line.whole_number("samples", 1)) {
    return read_with_samples(file, overrides, *samples);
  }
  return read_description(file, overrides);
}

Description read_network_to_train(const CommandLine& line) {
  std::vector<Override> overrides = overrides_of(line);
  add(line, {"samples", "training.samples", 1}, overrides);
  add(line, {"epochs", "training.epochs", 1}, overrides);
  return read_description(line.operands().front(), overrides);
}

}  // namespace neurosim
