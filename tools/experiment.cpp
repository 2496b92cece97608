#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "experiments/experiment_report.hpp"
#include "experiments/run_experiment.hpp"
#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/interrupt.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"
#include "tools/plot/experiment_figures.hpp"
#include "tools/sub_command.hpp"
#include "tools/table.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

/// The paper's tables and figures, and what goes beyond them. Names are sought in this order.
constexpr std::array kDefinitions = {"experiments/paper", "experiments/beyond"};
constexpr const char* kResults = "experiments/results";

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "DIR",
               .sentence = "folder of the results (default: experiments/results/NAME)"},
    OptionInfo{.name = "only",
               .kind = OptionKind::kRepeatedValue,
               .value = "CELL",
               .sentence = "run: this cell only; may be repeated"},
    OptionInfo{.name = "epochs",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "run: in place of the experiment's; stamped on every result"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "run: train with the first N samples; stamped on every result"},
    OptionInfo{.name = "test-samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "run: test with the first N samples; stamped on every result"},
    OptionInfo{.name = "shard",
               .kind = OptionKind::kValue,
               .value = "I/N",
               .sentence =
                   "run: the I-th of N equal parts, I from 1; give each a folder of its own "
                   "and put them together with merge"},
    OptionInfo{.name = "jobs",
               .letter = 'j',
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "run: cells at a time, which share the threads (default 1)"},
    kThreadsOption,
    kDataDirOption,
    OptionInfo{.name = "from",
               .kind = OptionKind::kRepeatedValue,
               .value = "DIR",
               .sentence = "merge: a folder of results to take in; may be repeated"},
    kQuietOption,
};

constexpr std::array<std::string_view, 10> kRunOptions = {
    "quiet",        "output", "only", "epochs",  "samples",
    "test-samples", "shard",  "jobs", "threads", "data-dir"};
constexpr std::array<std::string_view, 1> kFolderOptions = {"output"};
constexpr std::array<std::string_view, 2> kMergeOptions = {"output", "from"};

/// The file of an experiment that is given by its name or by a path.
std::string experiment_file(const std::string& name) {
  if (name.ends_with(".yaml") || name.find('/') != std::string::npos) return name;
  for (const char* folder : kDefinitions) {
    const fs::path path = fs::path(folder) / (name + ".yaml");
    if (fs::exists(path)) return path.string();
  }
  throw UsageError(
      fmt::format("no experiment {}: neither {} nor {} holds {}.yaml here; give a path, or start "
                  "neurosim where these folders are (neurosim experiment list)",
                  name, kDefinitions[0], kDefinitions[1], name));
}

Experiment named_experiment(const CommandLine& line) {
  if (line.operands().size() != 2) {
    throw UsageError(
        fmt::format("neurosim experiment {} needs the name of one experiment; see "
                    "neurosim experiment list",
                    line.operands().front()));
  }
  return read_experiment(experiment_file(line.operands()[1]));
}

std::string folder_of(const CommandLine& line, const Experiment& experiment) {
  return line.value_or("output", (fs::path(kResults) / experiment.name).string());
}

void read_shard(const CommandLine& line, ExperimentOptions& options) {
  const auto text = line.value("shard");
  if (!text) return;
  unsigned long part = 0, parts = 0;
  char rest = 0;
  if (std::sscanf(text->c_str(), "%lu/%lu%c", &part, &parts, &rest) != 2 || part < 1 ||
      part > parts) {
    throw UsageError("--shard: expected I/N with I from 1 to N, e.g. 2/8, got " +
                     neurosim::quoted(*text));
  }
  options.shard = part;
  options.shards = parts;
}

ExperimentOptions options_of(const CommandLine& line, const Experiment& experiment) {
  ExperimentOptions options = {.folder = folder_of(line, experiment), .only = line.values("only")};
  options.scale = {.epochs = line.whole_number("epochs", 1),
                   .training_samples = line.whole_number("samples", 1),
                   .test_samples = line.whole_number("test-samples", 1)};
  read_shard(line, options);
  options.jobs = static_cast<unsigned>(
      std::min<std::uint64_t>(line.whole_number("jobs", 1).value_or(1), 1024));
  options.threads = threads_of(line);
  options.data_dir = line.value_or("data-dir", "");
  options.commit = build_commit();
  return options;
}

ExitCode list(const CommandLine&) {
  std::vector<fs::path> files;
  for (const char* folder : kDefinitions) {
    const auto begin = static_cast<std::ptrdiff_t>(files.size());
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin() + begin, files.end());
  }
  if (files.empty()) throw DataError(kDefinitions.front(), "holds no experiments here");
  Table table({{"experiment", Align::kLeft}, {"cells"}, {"done"}, {"title", Align::kLeft}});
  for (const fs::path& file : files) {
    const Experiment experiment = read_experiment(file.string());
    const ExperimentResults results = read_results((fs::path(kResults) / experiment.name).string());
    const std::size_t cells = cells_of(experiment).size() * experiment.seeds.size();
    table.add_row({experiment.name, std::to_string(cells), std::to_string(results.cells.size()),
                   experiment.title});
  }
  fmt::print("{}", table.text(palette_of(terminal_of(stdout))));
  return ExitCode::kSuccess;
}

void print_result(const CellResult& result, const Experiment& experiment) {
  const auto value = result.values.find(experiment.quantity);
  fmt::print("{} seed {}: {} {}\n", result.cell, result.seed, name_of(experiment.quantity),
             value == result.values.end() ? "-" : fmt::format("{:.2f}", value->second));
  std::fflush(stdout);
}

ExitCode run(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  ExperimentOptions options = options_of(line, experiment);
  options.interrupt = &catch_interrupts();
  if (!line.has("quiet")) {
    options.progress = [](const CellJob& job, const std::string& what) {
      fmt::print(stderr, "{} seed {}: {}\n", job.cell.name, job.seed, what);
    };
  }
  options.done = [&](const CellResult& result) { print_result(result, experiment); };
  if (!run_experiment(experiment, options)) {
    fmt::print(stderr, "interrupted; the same command goes on where it stopped\n");
    return ExitCode::kInterrupted;
  }
  if (!line.has("quiet")) {
    fmt::print(stderr, "{} is complete in {}; to see it: neurosim experiment report {}\n",
               experiment.name, options.folder, line.operands()[1]);
  }
  return ExitCode::kSuccess;
}

ExitCode status(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  const ExperimentResults results = read_results(folder_of(line, experiment));
  Table table({{"cell", Align::kLeft},
               {"seed"},
               {"state", Align::kLeft},
               {std::string(name_of(experiment.quantity))},
               {"epochs"},
               {"samples"},
               {"seconds"}});
  std::size_t done = 0;
  for (const CellJob& job : jobs_of(experiment, {})) {
    const CellResult* result = results.find(job.cell.name, job.seed);
    if (result == nullptr) {
      table.add_row({job.cell.name, std::to_string(job.seed), "to do", "-", "-", "-", "-"});
      continue;
    }
    ++done;
    const bool full = is_done(results, job, cell_network(experiment, job.cell, job.seed, {}));
    const auto value = result->values.find(experiment.quantity);
    table.add_row({job.cell.name, std::to_string(job.seed), full ? "done" : "done, other scale",
                   value == result->values.end() ? "-" : fmt::format("{:.2f}", value->second),
                   std::to_string(result->epochs), count_text(result->training_samples),
                   fmt::format("{:.0f}", result->training_seconds + result->test_seconds)});
  }
  fmt::print("{}\n{} of {} done\n", table.text(palette_of(terminal_of(stdout))), done,
             cells_of(experiment).size() * experiment.seeds.size());
  return ExitCode::kSuccess;
}

/// Figures where gnuplot is; the tables do not need it.
std::vector<std::string> draw_figures(const Experiment& experiment,
                                      const ExperimentResults& results, const std::string& folder) {
  try {
    return write_figures(experiment, results, folder, Overwrite::kAllow);
  } catch (const DataError& error) {
    fmt::print(stderr, "no figures: {}\n", error.what());
    return {};
  }
}

ExitCode report(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  const std::string folder = folder_of(line, experiment);
  const ExperimentResults results = read_results(folder);
  if (results.cells.empty()) {
    throw DataError(folder, fmt::format("holds no results; first: neurosim experiment run {}",
                                        line.operands()[1]));
  }
  const std::string text =
      experiment_markdown(experiment, results, draw_figures(experiment, results, folder));
  const std::string file = (fs::path(folder) / "report.md").string();
  PartialFile(file, Overwrite::kAllow).keep(std::as_bytes(std::span(text)));
  fmt::print("wrote {}\n", file);
  return ExitCode::kSuccess;
}

ExitCode merge(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  if (line.values("from").empty()) throw UsageError("neurosim experiment merge needs --from DIR");
  const std::string folder = folder_of(line, experiment);
  ExperimentResults all = read_results(folder);
  for (const std::string& part : line.values("from")) {
    if (!fs::is_directory(part)) throw DataError(part, "no such folder");
    const ExperimentResults results = read_results(part);
    if (results.cells.empty()) throw DataError(part, "holds no results of an experiment");
    for (const CellResult& result : results.cells) {
      const CellResult* const there = all.find(result.cell, result.seed);
      if (there != nullptr && there->network_hash != result.network_hash) {
        throw DataError(part,
                        fmt::format("holds a result of cell {} with seed {} of another network "
                                    "or scale than what is merged already; give it a folder "
                                    "of its own: -o DIR",
                                    result.cell, result.seed));
      }
      std::vector<CellEpoch> epochs;
      std::ranges::copy_if(results.epochs, std::back_inserter(epochs), [&](const CellEpoch& row) {
        return row.cell == result.cell && row.seed == result.seed;
      });
      all.put(result, std::move(epochs));
    }
  }
  fs::create_directories(folder);
  write_results(folder, experiment, all);
  fmt::print("{} holds {}\n", folder, plural(all.cells.size(), "result"));
  return ExitCode::kSuccess;
}

constexpr std::array<SubCommand, 5> kSubCommands = {{
    {"list", {}, &list},
    {"run", kRunOptions, &run},
    {"status", kFolderOptions, &status},
    {"report", kFolderOptions, &report},
    {"merge", kMergeOptions, &merge},
}};

ExitCode experiment(const CommandLine& line) {
  return run_sub_command("experiment", kSubCommands, kOptions, line);
}

}  // namespace

const CommandInfo kExperimentCommand = {
    .name = "experiment",
    .operands = "list|run|status|report|merge [NAME]",
    .fewest = 0,
    .most = 2,
    .sentence =
        "Runs a table or figure of the paper, or what goes beyond it: a grid of networks that an "
        "experiment file "
        "describes. "
        "`report` writes tables and figures beside the paper's values. "
        "What is done is kept cell by cell, so that a run that was stopped goes on where it was, "
        "and "
        "parts of it can run on several machines.",
    .examples =
        "  neurosim experiment list\n"
        "  neurosim experiment run table2 --data-dir DIR --only mnist-rate-src-1\n"
        "  neurosim experiment run table2 --epochs 5 -o quick\n"
        "  neurosim experiment status table2\n"
        "  neurosim experiment report table2\n"
        "  neurosim experiment run table2 --shard 3/16 -o part3\n"
        "  neurosim experiment merge table2 --from part1 --from part2\n",
    .options = kOptions,
    .run = &experiment};

}  // namespace neurosim
