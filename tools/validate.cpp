#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "experiments/run.hpp"
#include "tools/commands.hpp"
#include "tools/network_argument.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {kSetOption, kDataDirOption};

std::string size_text(const Description& description) {
  std::uint64_t neurons = 0;
  for (const PopulationSpec& population : description.populations) neurons += population.size;
  std::string text =
      fmt::format("{}, {}, {}, {} of {} ms", plural(description.populations.size(), "population"),
                  plural(description.projections.size(), "projection"), plural(neurons, "neuron"),
                  plural(static_cast<std::uint64_t>(description.time.total()), "step"),
                  description.time.step_ms);
  if (description.data) text += ", data " + description.data->dataset;
  return text;
}

ExitCode validate(const CommandLine& line) {
  const Description description = read_network(line);
  validate_network(description, line.value_or("data-dir", ""));
  fmt::print("{}: ok: {}\n", line.operands().front(), size_text(description));
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kValidateCommand = {
    .name = "validate",
    .operands = "net.yaml",
    .fewest = 1,
    .most = 1,
    .sentence =
        "Finds the mistakes in a network and its data without running it. Prints all of them, each "
        "with file, line and column.",
    .examples =
        "  neurosim validate experiments/quickstart.yaml\n"
        "  neurosim validate net.yaml --set time.steps=50\n",
    .options = kOptions,
    .run = &validate};

}  // namespace neurosim
