#include "experiments/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "sim/network/read_description.hpp"
#include "tools/commands.hpp"
#include "tools/interrupt.hpp"
#include "tools/network_argument.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"
#include "tools/summary.hpp"

namespace neurosim {
namespace {

constexpr std::array<std::string_view, 2> kEngineNames = {"event", "reference"};

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "write the results to this HDF5 file; without it nothing is written"},
    OptionInfo{.name = "force", .sentence = "replace the output file if it exists"},
    OptionInfo{.name = "weights",
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "take what learns from this file of neurosim train"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "run the first N samples of the data; short for --set data.samples=N"},
    kSeedOption,
    kSetOption,
    kThreadsOption,
    OptionInfo{.name = "engine",
               .kind = OptionKind::kValue,
               .value = "ENGINE",
               .sentence = "event (default), or reference: slow, steps everything, same results"},
    OptionInfo{
        .name = "check",
        .sentence = "run every sample through both engines and stop at the first difference"},
    kDataDirOption,
    kJsonOption,
    kQuietOption,
};

EngineKind engine_of(const CommandLine& line) {
  const std::string name = line.value_or("engine", kEngineNames[0]);
  if (name == kEngineNames[0]) return EngineKind::kEvent;
  if (name == kEngineNames[1]) return EngineKind::kReference;
  throw UsageError("--engine: unknown engine " + unknown_name(name, kEngineNames));
}

RunOptions options_of(const CommandLine& line) {
  RunOptions options;
  options.existing = line.has("force") ? OutputFile::kReplaceExisting : OutputFile::kKeepExisting;
  options.engine = engine_of(line);
  options.check = line.has("check") ? Check::kBoth : Check::kNone;
  options.threads = threads_of(line);
  options.data_dir = line.value_or("data-dir", "");
  options.output = output_file(line, "output", options.existing);
  return options;
}

double samples_a_second(const RunSummary& summary) {
  return summary.seconds > 0 ? static_cast<double>(summary.samples) / summary.seconds : 0;
}

std::string result_json(const Description& description, const RunOptions& options,
                        const RunSummary& summary) {
  nlohmann::ordered_json result = {
      {"network", description.name},
      {"file", description.file},
      {"seed", description.seed},
      {"engine", kEngineNames[static_cast<std::size_t>(options.engine)]},
      {"checked", options.check == Check::kBoth},
      {"complete", !summary.interrupted},
      {"samples", summary.samples},
      {"samples_planned", summary.samples_planned},
      {"labelled", summary.labelled},
      {"correct", summary.correct},
      {"accuracy", nullptr},
      {"seconds", summary.seconds},
      {"samples_per_second", samples_a_second(summary)},
      {"output", nullptr}};
  if (summary.labelled > 0) {
    result["accuracy"] =
        static_cast<double>(summary.correct) / static_cast<double>(summary.labelled);
  }
  if (!options.output.empty()) result["output"] = options.output;
  result["populations"] = population_json(summary.populations);
  return json_text(result);
}

std::string result_text(const RunSummary& summary) {
  std::string text = population_table(summary.populations, terminal_of(stdout));
  const std::string accuracy = accuracy_text(summary.correct, summary.labelled);
  if (!accuracy.empty()) text += "accuracy " + accuracy + "\n";
  return text + fmt::format("{} in {}, {} samples/s\n", plural(summary.samples, "sample"),
                            duration_text(summary.seconds), real_text(samples_a_second(summary)));
}

/// What an accuracy does not say of the network's readout. REQUIRES: samples were predicted.
void print_readout_notes(const RunSummary& summary) {
  const PopulationSummary& readout =
      *std::ranges::find(summary.populations, false, &PopulationSummary::spikes);
  if (summary.undecided > 0 && readout.neurons > 1) {
    fmt::print(stderr, "in {} of {} all neurons of {} ended equal, so the first was predicted\n",
               summary.undecided, plural(summary.labelled, "sample"), readout.name);
  }
  if (summary.largest_label >= static_cast<std::int64_t>(readout.neurons)) {
    fmt::print(
        stderr, "labels go up to {}, but {} has {}: samples of label {} and more count as wrong\n",
        summary.largest_label, readout.name, plural(readout.neurons, "neuron"), readout.neurons);
  }
}

/// Notes for people, after the results.
void print_notes(const RunOptions& options, const RunSummary& summary) {
  const std::string& output = options.output;
  if (summary.labelled > 0) print_readout_notes(summary);
  if (options.check == Check::kBoth) {
    fmt::print(stderr, "checked: both engines agree bit for bit on {}\n",
               plural(summary.samples, "sample"));
  }
  if (output.empty()) {
    fmt::print(stderr, "nothing recorded; add -o out.h5\n");
  } else if (!summary.interrupted) {
    fmt::print(stderr, "wrote {}; to look at it: neurosim inspect {}\n", output, output);
  }
}

void print_interruption(const RunOptions& options, const RunSummary& summary) {
  fmt::print(stderr, "interrupted after {} of {} samples{}\n", summary.samples,
             summary.samples_planned,
             options.output.empty() ? ""
                                    : fmt::format("; {} is valid and holds {}", options.output,
                                                  plural(summary.samples, "sample")));
}

RunSummary run_with_progress(const Description& description, RunOptions options,
                             const CommandLine& line) {
  Progress progress(stderr, progress_terminal(line), &steady_seconds);
  options.progress = [&](std::size_t done, std::size_t total) {
    progress.show(static_cast<double>(done), total);
  };
  options.waiting = [&](double done, std::size_t total) { progress.show(done, total); };
  options.interrupt = &catch_interrupts();
  return run_network(description, options);
}

/// Where in the network file the values stand that `--weights` gives.
std::vector<std::string> learned_paths(const Description& description) {
  std::vector<std::string> paths;
  for (const PopulationSpec& population : description.populations) {
    for (const std::size_t field : population.learn) {
      paths.push_back(fmt::format("populations.{}.parameters.{}", population.name,
                                  population.info->fields[field].name));
    }
  }
  for (std::size_t k = 0; k < description.projections.size(); ++k) {
    if (!description.projections[k].learn) continue;
    paths.push_back(fmt::format("projections.{}.weights", k));
  }
  return paths;
}

void refuse_to_set_learned(const Description& description, const CommandLine& line) {
  const auto within = [](const std::string& inner, const std::string& outer) {
    return inner == outer || inner.starts_with(outer + ".");
  };
  for (const std::string& text : line.values("set")) {
    const std::string path = parse_override(text).path;
    for (const std::string& learned : learned_paths(description)) {
      if (!within(path, learned) && !within(learned, path)) continue;
      throw UsageError(fmt::format("--set {}: {} was learned, so --weights gives its value{}", path,
                                   learned,
                                   path == learned ? "" : "; set what is beside it alone"));
    }
  }
}

Description description_of(const CommandLine& line) {
  const Description description = read_network(line);
  const auto weights = line.value("weights");
  if (!weights) return description;
  refuse_to_set_learned(description, line);
  return with_weights(description, *weights);
}

/// Whether something learns, and all of that is as the description draws or gives it.
bool is_untrained(const Description& description) {
  for (const ProjectionSpec& projection : description.projections) {
    if (projection.learn && std::holds_alternative<FileArray>(projection.weights)) return false;
  }
  for (const PopulationSpec& population : description.populations) {
    for (const std::size_t field : population.learn) {
      if (std::holds_alternative<FileArray>(population.parameters[field])) return false;
    }
  }
  return learns(description);
}

ExitCode run(const CommandLine& line) {
  const RunOptions options = options_of(line);
  const Description description = description_of(line);
  refuse_inputs_of(description, "output", options.output);
  const RunSummary summary = run_with_progress(description, options, line);
  fmt::print("{}",
             line.has("json") ? result_json(description, options, summary) : result_text(summary));
  std::fflush(stdout);
  if (!line.has("quiet")) {
    print_notes(options, summary);
    if (is_untrained(description)) {
      fmt::print(stderr,
                 "nothing is learned yet: what learns is as {} gives or draws it; "
                 "neurosim train learns it, --weights takes it\n",
                 description.file);
    }
  }
  if (!summary.interrupted) return ExitCode::kSuccess;
  print_interruption(options, summary);
  return ExitCode::kInterrupted;
}

}  // namespace

const CommandInfo kRunCommand = {
    .name = "run",
    .operands = "net.yaml",
    .fewest = 1,
    .most = 1,
    .sentence = "Simulates a network and prints what each population did.",
    .examples =
        "  neurosim run experiments/quickstart.yaml\n"
        "  neurosim run net.yaml -o out.h5 --samples 1000\n"
        "  neurosim run net.yaml --set populations.hidden.size=1024 --json\n"
        "  neurosim run net.yaml --check --samples 10\n"
        "  neurosim run net.yaml --weights weights.h5\n",
    .options = kOptions,
    .run = &run};

}  // namespace neurosim
