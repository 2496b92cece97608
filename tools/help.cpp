#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/energy_text.hpp"
#include "tools/model_help.hpp"
#include "tools/network_help.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kEnvironmentHelp =
    "NEUROSIM_DATA     folders with data sets, separated by colons; searched after --data-dir and\n"
    "                  before ~/.local/share/neurosim; neurosim data fetch puts them into the "
    "first\n"
    "http_proxy, https_proxy, no_proxy   how neurosim data fetch reaches the network\n"
    "NEUROSIM_SIMD     baseline, avx2 or avx512: use no newer instructions; the same results, "
    "slower\n"
    "NO_COLOR          any non-empty value: no colours, as with --no-color\n"
    "TERM=dumb         no colours and no progress line\n"
    "COLUMNS           width of text where standard output is not a terminal (default 80)\n"
    "LC_ALL, LC_CTYPE, LANG   rasters are drawn in ASCII unless the locale is UTF-8\n";

constexpr std::string_view kJsonHelp =
    "`neurosim run --json` and `neurosim inspect --json` print one object:\n"
    "\n"
    "  network, file, seed, engine    what was run\n"
    "  complete                       false after an interruption\n"
    "  samples                        samples done\n"
    "  labelled, correct, accuracy    samples with a label and a prediction; share, or null\n"
    "  populations                    one object a population, in the order of the network:\n"
    "    name, model, neurons         `model` is a neuron model or the kind of a source\n"
    "    sends_spikes                 false for readouts, whose next five values are null\n"
    "    spikes                       spike events over all samples; a SRC spike is one at each\n"
    "                                 step that it lasts\n"
    "    activity                     mean T(s) over samples and neurons, 0 to 1\n"
    "    onsets                       spikes by their first event (null in some older files)\n"
    "    mean_rate_hz                 onsets a neuron and second of simulated time\n"
    "    silent_neurons               neurons without a spike in any sample\n"
    "    synaptic_operations          spikes delivered to the population, counted by synapse\n"
    "    updates_done, updates_skipped   neuron updates computed, and saved by being at rest\n"
    "\n"
    "run adds: checked, samples_planned, seconds, samples_per_second, output (or null).\n"
    "inspect adds: version, precision, step_ms, steps, and\n"
    "\n"
    "  rate_over_time                 null without recorded spikes\n"
    "    samples, bin_ms              mean over the first samples (100 at most); width of a bin\n"
    "    populations                  by name, the rate in Hz in each bin; the last may be "
    "shorter\n"
    "  confusion                      null without labels and predictions\n"
    "    classes, counts              names; a row a label, with a count a prediction\n"
    "\n"
    "`neurosim diff --json` prints one object:\n"
    "\n"
    "  same                           what the exit code says; with --results-only same_results\n"
    "  same_results, same_configuration\n"
    "  kind                           results or weights\n"
    "  a, b                           of each file: file, network, version, engine (or null),\n"
    "                                 precision, seed, samples (weights: epochs), complete\n"
    "  configuration                  one object a difference: path, a, b (YAML, or null)\n"
    "  common                         samples (weights: epochs) that both hold\n"
    "  quantities                     one object for each thing compared:\n"
    "    quantity                     labels, predictions, spikes, readout, states, activity,\n"
    "                                 counters; weights, parameters, epochs\n"
    "    name, detail                 population or projection; variable or counter; or null\n"
    "    compared, differ             samples, epochs, or numbers of an array, and how many "
    "differ\n"
    "    largest                      absolute difference, or null; also null where only one of\n"
    "                                 two numbers is NaN\n"
    "    a, b                         totals of spikes and counters, mean activity, accuracy; or\n"
    "                                 null\n"
    "    first                        the first difference, or null: row (sample, epoch, or place\n"
    "                                 in the array), time_ms, neuron, and a, b: the values there,\n"
    "                                 null where a file has no such spike\n"
    "  unmatched                      one object for each thing that cannot be compared: text, "
    "and\n"
    "                                 differs: whether it counts as a difference of results\n"
    "\n"
    "`neurosim encode --json` prints one object: network, file, seed, complete, samples,\n"
    "samples_planned, labelled, seconds and output as above, bytes (of the file), and sources: "
    "one\n"
    "object a source with name, neurons and spikes.\n"
    "\n"
    "`neurosim train --json` prints one object: network, file, seed, complete, seconds and output\n"
    "as above, and\n"
    "\n"
    "  training_samples, validation_samples   how the samples are shared out\n"
    "  kept_epoch                     whose weights the file holds: the last one's, or with early\n"
    "                                 stopping those of the lowest validation loss\n"
    "  best_epoch, best_validation_accuracy   null without validation samples\n"
    "  epochs                         one object an epoch, those before a resumption included:\n"
    "    epoch                        counts from 1\n"
    "    loss, training_accuracy      means over the epoch, while learning\n"
    "    validation_loss, validation_accuracy   after it, or null\n"
    "    learning_rate, gradient_norm the norm is the mean over batches, before clipping\n"
    "    seconds, samples_per_second  of training, without validation\n"
    "    activity                     mean T(s) by population\n"
    "    error_density, error_dropped by population: share of the errors that was propagated,\n"
    "                                 share of their squared sum that was not\n"
    "                                 (populations without such a number are left out)\n"
    "\n"
    "`neurosim energy --json` prints one object: network, engine, samples, steps, and "
    "(counts\n"
    "are exact, over all samples)\n"
    "\n"
    "  populations                    name, model, neurons, spikes; updates_driven (with an "
    "input),\n"
    "                                 updates_idle, updates_skipped; state_bytes and\n"
    "                                 parameter_bytes held, state_bytes_moved\n"
    "  projections                    name, from, to, synapses, nonzero_synapses, events,\n"
    "                                 synaptic_operations, accumulates, multiply_accumulates,\n"
    "                                 dense_operations, weight_bytes held, weight_bytes_read\n"
    "  neurobench                     activation_sparsity, connection_sparsity, footprint_bytes;\n"
    "                                 a sample: effective_acs, effective_macs, dense\n"
    "  energy                         one object a device: device, title, table_version, scope,\n"
    "                                 proxy (always true), unpriced (work without a price), and "
    "in\n"
    "                                 pJ over all samples spiking_pj, by_population_pj and\n"
    "                                 non_spiking_pj (the same network without spikes), each with\n"
    "                                 synapses, updates, spikes, weights, states, compute, "
    "memory,\n"
    "                                 total; null: without a price (sums leave that out);\n"
    "                                 ratio: non-spiking over spiking, of what both have priced\n"
    "\n"
    "`neurosim data list --json` prints one object with `datasets`, a list of objects:\n"
    "\n"
    "  name, title, publisher, licence, citation\n"
    "  training_samples, test_samples\n"
    "  download_bytes                 or null where the publisher's size is not known\n"
    "  folder                         where it is on this machine, or null\n"
    "  complete                       whether every file is there (unread: see data verify)\n";

struct Topic {
  std::string_view name, sentence;
};
constexpr std::array<Topic, 8> kTopics = {{
    {"network", "keys of a network file, with an example"},
    {"models", "neuron models and their parameters; help models NAME for one"},
    {"encoders", "encoders and the simulated event camera, with their keys"},
    {"devices", "price tables of neurosim energy, with the source of every price"},
    {"training", "keys of `training:` in a network file"},
    {"exit-codes", "what the exit codes mean"},
    {"environment", "environment variables"},
    {"json", "keys of the JSON output"},
}};

std::string exit_code_help() {
  std::string text;
  for (const ExitCodeInfo& info : exit_codes()) {
    text += fmt::format("  {:>3}  {}\n", static_cast<int>(info.code), info.sentence);
  }
  return text;
}

std::size_t columns() { return static_cast<std::size_t>(terminal_of(stdout).columns); }

/// The first sentence of a command's description, for the overview.
std::string brief(std::string_view sentence) {
  return std::string(sentence.substr(0, sentence.find('.')));
}

std::string command_list() {
  std::string text;
  for (const CommandInfo& command : commands()) {
    text += fmt::format("  {:<11}  {}\n", command.name, brief(command.sentence));
  }
  return text;
}

std::string topic_help(const std::string& name) {
  if (name == "network") return network_help(columns());
  if (name == "models") return models_help(columns());
  if (name == "encoders") return encoders_help(columns());
  if (name == "devices") return devices_help(built_in_devices());
  if (name == "training") return training_help(columns());
  if (name == "exit-codes") return exit_code_help();
  if (name == "environment") return std::string(kEnvironmentHelp);
  if (name == "json") return std::string(kJsonHelp);
  std::vector<std::string_view> known;
  for (const CommandInfo& command : commands()) {
    if (command.name == name) return command_help(command, columns());
    known.push_back(command.name);
  }
  for (const Topic& topic : kTopics) known.push_back(topic.name);
  throw UsageError("unknown help topic " + unknown_name(name, known));
}

ExitCode help(const CommandLine& line) {
  const auto& words = line.operands();
  if (words.empty()) {
    fmt::print("{}", full_help());
  } else if (words.size() == 1) {
    fmt::print("{}", topic_help(words[0]));
  } else if (words[0] == "models") {
    fmt::print("{}", model_help(words[1], columns()));
  } else {
    throw UsageError("only `help models` takes a second word; see neurosim help");
  }
  return ExitCode::kSuccess;
}

const std::array kCommandOrder = {
    &kRunCommand,        &kTrainCommand,  &kEncodeCommand, &kValidateCommand, &kGraphCommand,
    &kInspectCommand,    &kReportCommand, &kPlotCommand,   &kEnergyCommand,   &kDiffCommand,
    &kExperimentCommand, &kDataCommand,   &kInfoCommand,   &kHelpCommand};

}  // namespace

std::span<const CommandInfo> commands() {
  static const std::vector<CommandInfo> kAll = [] {
    std::vector<CommandInfo> all;
    all.reserve(kCommandOrder.size());
    for (const CommandInfo* command : kCommandOrder) all.push_back(*command);
    return all;
  }();
  return kAll;
}

const CommandInfo& find_command(std::string_view name) {
  std::vector<std::string_view> known;
  for (const CommandInfo& command : commands()) {
    if (command.name == name) return command;
    known.push_back(command.name);
  }
  throw UsageError("unknown command " + unknown_name(name, known));
}

std::string short_help() {
  return "Usage: neurosim COMMAND [OPTIONS]\n\nCommands:\n" + command_list() +
         "\nTry: neurosim run experiments/quickstart.yaml, or neurosim help\n";
}

std::string full_help() {
  std::string text =
      "neurosim simulates networks of spiking neurons that a YAML file describes, event by event,\n"
      "and trains them.\n"
      "\nUsage: neurosim COMMAND [OPTIONS]\n"
      "\nExamples:\n"
      "  neurosim validate experiments/quickstart.yaml\n"
      "  neurosim run experiments/quickstart.yaml -o out.h5\n"
      "  neurosim inspect out.h5 --raster hidden --sample 0\n"
      "  neurosim report out.h5 -o report.html\n"
      "  neurosim train experiments/quickstart.yaml -o weights.h5 --samples 1000 --epochs 5\n"
      "  neurosim run experiments/quickstart.yaml --weights weights.h5\n"
      "\nCommands:\n" +
      command_list() + "\nHelp topics (neurosim help TOPIC):\n";
  for (const Topic& topic : kTopics)
    text += fmt::format("  {:<11}  {}\n", topic.name, topic.sentence);
  return text +
         "\nOptions:\n"
         "  -h, --help   help, also after each command\n"
         "  --version    version and commit\n"
         "  --no-color   no colours, as with NO_COLOR\n"
         "\nExit codes:\n" +
         exit_code_help();
}

const CommandInfo kHelpCommand = {.name = "help",
                                  .operands = "[TOPIC]",
                                  .fewest = 0,
                                  .most = 2,
                                  .sentence = "Explains a command or a topic.",
                                  .examples =
                                      "  neurosim help run\n"
                                      "  neurosim help network\n"
                                      "  neurosim help models src\n"
                                      "  neurosim help exit-codes\n",
                                  .run = &help};

}  // namespace neurosim
