#include "experiments/encode.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/network/spellings.hpp"
#include "tools/byte_size.hpp"
#include "tools/commands.hpp"
#include "tools/interrupt.hpp"
#include "tools/network_argument.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"
#include "tools/summary.hpp"
#include "tools/table.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "write the spikes to this HDF5 file (required)"},
    OptionInfo{.name = "force", .sentence = "replace the output file if it exists"},
    OptionInfo{.name = "split",
               .kind = OptionKind::kValue,
               .value = "SPLIT",
               .sentence = "train or test; short for --set data.split=SPLIT"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "encode the first N samples; short for --set data.samples=N"},
    kSeedOption,
    kSetOption,
    kThreadsOption,
    kDataDirOption,
    kJsonOption,
    kQuietOption,
};

EncodeOptions options_of(const CommandLine& line) {
  if (!line.has("output")) {
    throw UsageError(
        "neurosim encode needs -o FILE, where the spikes go\nSee: neurosim help encode");
  }
  EncodeOptions options;
  options.existing = line.has("force") ? OutputFile::kReplaceExisting : OutputFile::kKeepExisting;
  options.threads = threads_of(line);
  options.data_dir = line.value_or("data-dir", "");
  options.output = output_file(line, "output", options.existing);
  return options;
}

std::uint64_t total_spikes(const EncodeSummary& summary) {
  std::uint64_t spikes = 0;
  for (const EncodedSource& source : summary.sources) spikes += source.spikes;
  return spikes;
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string result_json(const Description& description, const EncodeOptions& options,
                        const EncodeSummary& summary) {
  nlohmann::ordered_json sources = nlohmann::ordered_json::array();
  for (const EncodedSource& source : summary.sources) {
    sources.push_back(
        {{"name", source.name}, {"neurons", source.neurons}, {"spikes", source.spikes}});
  }
  return json_text({{"network", description.name},
                    {"file", description.file},
                    {"seed", description.seed},
                    {"complete", !summary.interrupted},
                    {"samples", summary.samples},
                    {"samples_planned", summary.samples_planned},
                    {"labelled", summary.labelled},
                    {"seconds", summary.seconds},
                    {"bytes", summary.bytes},
                    {"output", options.output},
                    {"sources", sources}});
}

std::string result_text(const EncodeSummary& summary) {
  Table table({{"source", Align::kLeft}, {"neurons"}, {"spikes"}, {"a sample"}});
  const auto samples = static_cast<double>(summary.samples);
  for (const EncodedSource& source : summary.sources) {
    table.add_row({source.name, fmt::to_string(source.neurons), fmt::to_string(source.spikes),
                   real_text(share(static_cast<double>(source.spikes), samples))});
  }
  const auto bytes = static_cast<double>(summary.bytes);
  return table.text(palette_of(terminal_of(stdout))) +
         fmt::format("{} in {}, {} samples/s; {}, {} bytes a spike\n",
                     plural(summary.samples, "sample"), duration_text(summary.seconds),
                     real_text(share(samples, summary.seconds)), bytes_text(summary.bytes),
                     real_text(share(bytes, static_cast<double>(total_spikes(summary)))));
}

EncodeSummary encode_with_progress(const Description& description, EncodeOptions options,
                                   const CommandLine& line) {
  Progress progress(stderr, progress_terminal(line), &steady_seconds);
  options.progress = [&](std::size_t done, std::size_t total) {
    progress.show(static_cast<double>(done), total);
  };
  options.interrupt = &catch_interrupts();
  return encode_data(description, options);
}

void print_notes(const Description& description, const EncodeOptions& options,
                 const EncodeSummary& summary) {
  if (summary.interrupted) return;
  const std::string& output = options.output;
  fmt::print(stderr, "wrote {}; to look at it: neurosim inspect {}\n", output, output);
  if (!learns(description) || !description.data) return;
  if (is_for_testing(*description.data)) {
    fmt::print(stderr,
               "these are samples of the test split; for those to train on: --split train\n");
    return;
  }
  fmt::print(stderr, "to train on it: neurosim train {} --traces {} -o weights.h5\n",
             description.file, output);
}

ExitCode encode(const CommandLine& line) {
  const EncodeOptions options = options_of(line);
  const Description description = read_network(line);
  refuse_inputs_of(description, "output", options.output);
  const EncodeSummary summary = encode_with_progress(description, options, line);
  fmt::print("{}",
             line.has("json") ? result_json(description, options, summary) : result_text(summary));
  std::fflush(stdout);
  if (!line.has("quiet")) print_notes(description, options, summary);
  if (!summary.interrupted) return ExitCode::kSuccess;
  fmt::print(stderr, "interrupted after {} of {} samples; {} is valid\n", summary.samples,
             summary.samples_planned, options.output);
  return ExitCode::kInterrupted;
}

}  // namespace

const CommandInfo kEncodeCommand = {
    .name = "encode",
    .operands = "net.yaml",
    .fewest = 1,
    .most = 1,
    .sentence = "Records the spikes of a network's sources to a trace file.",
    .examples =
        "  neurosim encode net.yaml -o traces.h5 --split train --samples 10000\n"
        "  neurosim encode net.yaml -o traces.h5 --set data.encoder='{type: latency}'\n"
        "  neurosim train net.yaml --traces traces.h5 -o weights.h5\n",
    .options = kOptions,
    .run = &encode};

}  // namespace neurosim
