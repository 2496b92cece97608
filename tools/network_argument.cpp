#include "tools/network_argument.hpp"

#include <fmt/format.h>

#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

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
  std::vector<Override> overrides;
  for (const std::string& text : line.values("set")) overrides.push_back(parse_override(text));
  if (const auto seed = line.whole_number("seed", 0)) {
    overrides.push_back({"seed", std::to_string(*seed)});
  }
  if (const auto samples = line.whole_number("samples", 1)) {
    return read_with_samples(file, overrides, *samples);
  }
  return read_description(file, overrides);
}

}  // namespace neurosim
