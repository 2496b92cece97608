#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>

#include "experiments/experiment_report.hpp"
#include "experiments/merge_results.hpp"
#include "experiments/run_cell.hpp"
#include "experiments/run_experiment.hpp"
#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/exit_code.hpp"
#include "tools/experiment_options.hpp"
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
    OptionInfo{
        .name = "epochs",
        .kind = OptionKind::kValue,
        .value = "N",
        .sentence =
            "run: in place of the experiment's; stamped on every result; status: as run had it"},
    OptionInfo{
        .name = "samples",
        .kind = OptionKind::kValue,
        .value = "N",
        .sentence =
            "run: train with the first N samples; stamped on every result; status: as run had it"},
    OptionInfo{
        .name = "test-samples",
        .kind = OptionKind::kValue,
        .value = "N",
        .sentence =
            "run: test with the first N samples; stamped on every result; status: as run had it"},
    OptionInfo{
        .name = "shard",
        .kind = OptionKind::kValue,
        .value = "I/N",
        .sentence =
            "run: the I-th of N equal parts, I from 1, for machines that share no folder; put "
            "the parts together with merge"},
    OptionInfo{.name = "replace",
               .sentence =
                   "run: replace results from before the experiment's file, or that of a network, "
                   "was changed, also where only more is collected now and weights are gone"},
    OptionInfo{.name = "jobs",
               .letter = 'j',
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence =
                   "run: cells at a time, which share the threads (default 1); at most as many as "
                   "threads"},
    kThreadsOption,
    kDataDirOption,
    OptionInfo{.name = "from",
               .kind = OptionKind::kRepeatedValue,
               .value = "DIR",
               .sentence = "merge: a folder of results to take in; may be repeated"},
    kQuietOption,
};

constexpr std::array<std::string_view, 11> kRunOptions = {
    "quiet", "output",  "only", "epochs",  "samples", "test-samples",
    "shard", "replace", "jobs", "threads", "data-dir"};
constexpr std::array<std::string_view, 4> kStatusOptions = {"output", "epochs", "samples",
                                                            "test-samples"};
constexpr std::array<std::string_view, 1> kReportOptions = {"output"};
constexpr std::array<std::string_view, 2> kMergeOptions = {"output", "from"};

std::size_t count_done(const Experiment& experiment, const ExperimentResults& results,
                       const Scale& scale) {
  const std::vector<CellJob> jobs = jobs_of(experiment, {});
  return static_cast<std::size_t>(std::ranges::count_if(jobs, [&](const CellJob& job) {
    return state_of(results, experiment, job, scale) == CellState::kDone;
  }));
}

/// Tells what is wrong with one of several things. A defect is thrown on. Returns the code for it.
ExitCode tell(const std::exception& error) {
  const Explanation explanation = explain(error, {});
  if (explanation.code == ExitCode::kDefect) throw;
  fmt::print(stderr, "{}", explanation.diagnostics);
  if (!explanation.error.empty()) fmt::print(stderr, "{}\n", explanation.error);
  return explanation.code;
}

ExitCode list(const CommandLine& line) {
  if (line.operands().size() > 1) {
    throw UsageError("neurosim experiment list takes no name; see neurosim experiment status NAME");
  }
  const std::vector<fs::path> files = experiment_files();
  if (files.empty()) throw DataError(kExperimentFolders.front(), "holds no experiments here");
  Table table({{"experiment", Align::kLeft}, {"cells"}, {"done"}, {"title", Align::kLeft}});
  ExitCode code = ExitCode::kSuccess;
  for (const fs::path& file : files) {
    std::vector<std::string> row = {file.stem().string(), "-", "-", "cannot be read"};
    try {
      const Experiment experiment = read_experiment(file.string());
      row[1] = std::to_string(jobs_of(experiment, {}).size());
      row[3] = experiment.title;
      const fs::path folder = fs::path(kResultsFolder) / experiment.name;
      row[2] = std::to_string(count_done(experiment, read_results(folder.string()), {}));
    } catch (const std::exception& error) {
      const ExitCode told = tell(error);
      if (code == ExitCode::kSuccess) code = told;
    }
    table.add_row(std::move(row));
  }
  fmt::print("{}", table.text(palette_of(terminal_of(stdout))));
  return code;
}

void print_result(const CellResult& result, const Experiment& experiment) {
  const auto value = result.values.find(experiment.quantity);
  fmt::print("{} seed {}: {} {}\n", result.cell, result.seed, name_of(experiment.quantity),
             value == result.values.end() ? "-" : fmt::format("{:.2f}", value->second));
  std::fflush(stdout);
}

void print_failed(const ExperimentEnd& end) {
  fmt::print(stderr, "{} failed{}; mend that, then give the same command again\n",
             plural(end.failed, "cell"),
             end.left > 0 && !end.interrupted
                 ? fmt::format(", {} not tried, since two failed for one reason", end.left)
                 : "");
}

/// That of the command. A defect is rethrown, to be told as such.
ExitCode code_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    const ExitCode code = explain(error, {}).code;
    if (code == ExitCode::kDefect) throw;
    return code;
  }
}

void print_end(const CommandLine& line, const Experiment& experiment,
               const ExperimentOptions& options) {
  const std::size_t done = count_done(experiment, read_results(options.folder), options.scale);
  const std::size_t all = jobs_of(experiment, {}).size();
  const auto output = line.value("output");
  fmt::print(stderr, "{} of {} done in {}{}\n", done, plural(all, "cell"), options.folder,
             done == 0 ? ""
                       : fmt::format("; to see them: neurosim experiment report {}{}",
                                     line.operands()[1], output ? " -o " + *output : ""));
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
  options.failed = [](const CellJob& job, const std::string& reason) {
    fmt::print(stderr, "{} seed {}: failed: {}\n", job.cell.name, job.seed, reason);
  };
  const ExperimentEnd end = run_experiment(experiment, options);
  for (const CellJob& job : end.elsewhere) {
    fmt::print(stderr, "{} seed {}: another process is doing it\n", job.cell.name, job.seed);
  }
  if (!line.has("quiet") && !end.interrupted) print_end(line, experiment, options);
  if (end.failed > 0) print_failed(end);
  if (end.interrupted) {
    fmt::print(stderr, "interrupted; the same command goes on where it stopped\n");
    return ExitCode::kInterrupted;
  }
  return end.failure ? code_of(end.failure) : ExitCode::kSuccess;
}

std::string state_text(CellState state, const CellResult& result) {
  switch (state) {
    case CellState::kToDo:
      return "to do";
    case CellState::kDone:
      return "done";
    case CellState::kIncomplete:
      return "done without all that is collected now";
    case CellState::kOtherScale:
      return "done with " + scale_text(result.scale);
    case CellState::kStale:
      return "of another network than now";
  }
  return {};
}

/// Of a cell without a result.
std::string begun_text(const Experiment& experiment, const std::string& folder, const CellJob& job,
                       const Scale& scale) {
  const std::string hash = network_hash(experiment, job);
  try {
    const auto begun = epochs_done(folder, job, hash, scale);
    return begun ? fmt::format("{} of {} epochs", *begun, scale.epochs.value_or(experiment.epochs))
                 : "to do";
  } catch (const DataError&) {
    return "begun, not readable";
  }
}

ExitCode status(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  const ExperimentOptions options = options_of(line, experiment);
  const std::string& folder = options.folder;
  const Scale scale = scale_of(experiment, options.scale);
  if (line.has("output") && !fs::is_directory(folder)) throw DataError(folder, "no such folder");
  const ExperimentResults results = read_results(folder);
  Table table({{"cell", Align::kLeft},
               {"seed"},
               {"state", Align::kLeft},
               {std::string(name_of(experiment.quantity))},
               {"epochs"},
               {"samples"},
               {"seconds"}});
  const std::vector<CellJob> jobs = jobs_of(experiment, {});
  std::size_t done = 0;
  for (const CellJob& job : jobs) {
    const CellResult* result = results.find(job.cell.name, job.seed);
    if (result == nullptr) {
      table.add_row({job.cell.name, std::to_string(job.seed),
                     begun_text(experiment, folder, job, scale), "-", "-", "-", "-"});
      continue;
    }
    const CellState state = state_of(results, experiment, job, scale);
    done += state == CellState::kDone;
    const auto value = result->values.find(experiment.quantity);
    table.add_row({job.cell.name, std::to_string(job.seed), state_text(state, *result),
                   value == result->values.end() ? "-" : fmt::format("{:.2f}", value->second),
                   std::to_string(result->epochs), count_text(result->training_samples),
                   fmt::format("{:.0f}", result->training_seconds + result->test_seconds)});
  }
  fmt::print("{}\n{} of {} done\n", table.text(palette_of(terminal_of(stdout))), done, jobs.size());
  return ExitCode::kSuccess;
}

/// Figures where gnuplot is; the tables do not need it. One that cannot be drawn here, or whose
/// recorded states lie elsewhere, stays as it was drawn before, unless it may show what is left
/// out.
std::vector<Picture> draw_figures(const Experiment& experiment, const ExperimentResults& results,
                                  const std::string& folder, bool left_out) {
  std::vector<Picture> pictures;
  for (const FigureSpec& figure : experiment.figures) {
    const std::string name = figure.name + ".svg";
    Picture& picture = pictures.emplace_back(Picture::kNotDrawn);
    try {
      const bool drawn =
          write_figure(experiment, results, figure, folder, Overwrite::kAllow).has_value();
      picture = drawn ? Picture::kThere : Picture::kNoData;
    } catch (const DataError& error) {
      fmt::print(stderr, "{} is not drawn: {}\n", name, error.what());
    }
    if (picture == Picture::kThere || left_out || !fs::exists(fs::path(folder) / name)) continue;
    fmt::print(stderr, "{} stays as it was drawn before\n", name);
    picture = Picture::kThere;
  }
  return pictures;
}

/// Takes out what is of another network than now, and says so. Returns whether there was any.
bool leave_out_stale(const Experiment& experiment, ExperimentResults& results) {
  bool any = false;
  for (const CellJob& job : jobs_of(experiment, {})) {
    if (state_of(results, experiment, job, {}) != CellState::kStale) continue;
    any = true;
    results.erase(job.cell.name, job.seed);
    fmt::print(stderr, "{} seed {}: left out, of another network than now\n", job.cell.name,
               job.seed);
  }
  return any;
}

ExitCode report(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  const std::string folder = folder_of(line, experiment);
  ExperimentResults results = read_results(folder);
  const bool left_out = leave_out_stale(experiment, results);
  if (results.cells.empty()) {
    const auto output = line.value("output");
    throw DataError(folder, fmt::format("holds no results; first: neurosim experiment run {}{}",
                                        line.operands()[1], output ? " -o " + *output : ""));
  }
  const std::string text =
      experiment_markdown(experiment, results, draw_figures(experiment, results, folder, left_out));
  const std::string file = (fs::path(folder) / "report.md").string();
  PartialFile(file, Overwrite::kAllow).keep(std::as_bytes(std::span(text)));
  fmt::print("wrote {}\n", file);
  return ExitCode::kSuccess;
}

ExitCode merge(const CommandLine& line) {
  const Experiment experiment = named_experiment(line);
  if (line.values("from").empty()) throw UsageError("neurosim experiment merge needs --from DIR");
  for (const std::string& part : line.values("from")) {
    if (!fs::is_directory(part)) throw DataError(part, "no such folder");
    if (read_results(part).cells.empty())
      throw DataError(part, "holds no results of an experiment");
  }
  const std::string folder = folder_of(line, experiment);
  const FileLock lock = lock_results(folder);
  ExperimentResults all = read_results(folder);
  for (const std::string& part : line.values("from")) merge_results(experiment, part, all);
  write_results(folder, experiment, all);
  fmt::print("{} holds {}\n", folder, plural(all.cells.size(), "result"));
  return ExitCode::kSuccess;
}

constexpr std::array<SubCommand, 5> kSubCommands = {{
    {"list", {}, &list},
    {"run", kRunOptions, &run},
    {"status", kStatusOptions, &status},
    {"report", kReportOptions, &report},
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
        "several processes can do it together: each takes the next cell that no other is at.",
    .examples =
        "  neurosim experiment list\n"
        "  neurosim experiment run table2 --data-dir DIR --only mnist-rate-1-src\n"
        "  neurosim experiment run table2 --epochs 5 -o quick\n"
        "  neurosim experiment status table2\n"
        "  neurosim experiment report table2\n"
        "  neurosim experiment run table2 --shard 3/16 -o part3\n"
        "  neurosim experiment merge table2 --from part1 --from part2\n",
    .options = kOptions,
    .run = &experiment};

}  // namespace neurosim
