#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "experiments/compare_results.hpp"
#include "tools/commands.hpp"
#include "tools/diff_text.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "results-only",
               .sentence = "do not count differences of the configuration, of the number of "
                           "samples and of completeness"},
    OptionInfo{.name = "json", .sentence = "print one JSON object instead of text"},
};

ExitCode diff(const CommandLine& line) {
  const auto& files = line.operands();
  const DiffScope scope =
      line.has("results-only") ? DiffScope::kResultsOnly : DiffScope::kEverything;
  const FileComparison comparison = compare_files(files[0], files[1]);
  fmt::print("{}", line.has("json") ? diff_json(comparison, scope)
                                    : diff_text(comparison, scope, terminal_of(stdout)));
  return is_same(comparison, scope) ? ExitCode::kSuccess : ExitCode::kDifference;
}

}  // namespace

const CommandInfo kDiffCommand = {
    .name = "diff",
    .operands = "a.h5 b.h5",
    .fewest = 2,
    .most = 2,
    .sentence =
        "Says what differs between two runs or trainings. Compares the configurations key "
        "by key, and bit by bit the results of the samples that both files hold. Version, "
        "engine and times are no difference. Ends with 4 if anything differs.",
    .examples =
        "  neurosim diff yesterday.h5 today.h5\n"
        "  neurosim diff a.h5 b.h5 --results-only\n"
        "  neurosim diff weights-a.h5 weights-b.h5 --json\n",
    .options = kOptions,
    .run = &diff};

}  // namespace neurosim
