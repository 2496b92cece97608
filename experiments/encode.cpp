#include "experiments/encode.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "experiments/samples.hpp"
#include "experiments/worker_pool.hpp"
#include "sim/core/error.hpp"
#include "sim/io/recorder.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

RunHeader make_header(const Description& description, const Samples& samples) {
  RunHeader header = {
      .network_name = description.name,
      .network_yaml = to_yaml(description),
      .seed = description.seed,
      .version = NEUROSIM_VERSION,
      .engine = "encoder",
      .precision = description.precision == Precision::kSingle ? "single" : "double",
      .step_ms = description.time.step_ms,
      .ticks_per_sample = description.time.total(),
      .class_names = samples.class_names()};
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    const PopulationSpec& population = description.populations[p];
    if (!population.source) continue;
    header.populations.push_back({.name = population.name,
                                  .model = population.model,
                                  .shape = population.shape,
                                  .size = population.size,
                                  .record_raster = true,
                                  .graded = samples.graded(p),
                                  .repeating_values = true});
  }
  return header;
}

void count_spikes(const std::vector<RecordedPopulation>& populations, SampleRecord& record) {
  record.populations.resize(populations.size());
  record.spiking_ticks.resize(populations.size());
  for (std::size_t p = 0; p < populations.size(); ++p) {
    const SpikeTrain& train = record.spikes[p];
    record.populations[p] = {.spikes = train.spike_count(), .onsets = train.spike_count()};
    record.spiking_ticks[p].assign(populations[p].size, 0);
    for (const NeuronId id : train.ids()) ++record.spiking_ticks[p][id];
  }
}

SampleRunner make_runner(const RunHeader& header, const Samples& samples) {
  auto input = std::make_shared<SampleInput>();
  return [&header, &samples, input](std::size_t index, SampleRecord& record, SampleWatch&) {
    samples.fill(index, 0, *input);
    record.sample = samples.number(index);
    record.ticks = header.ticks_per_sample;
    record.label = input->label;
    std::swap(record.spikes, input->sources);
    count_spikes(header.populations, record);
  };
}

void add(const SampleRecord& record, EncodeSummary& summary) {
  ++summary.samples;
  if (record.label >= 0) ++summary.labelled;
  for (std::size_t p = 0; p < summary.sources.size(); ++p) {
    summary.sources[p].spikes += record.populations[p].spikes;
  }
}

}  // namespace

EncodeSummary encode_data(const Description& description, const EncodeOptions& options) {
  NS_ASSERT(!options.output.empty());
  const Samples samples(description, options.data_dir);
  const RunHeader header = make_header(description, samples);
  if (header.populations.empty()) {
    throw ConfigError({{description.file, 0, 0, "populations",
                        "there is no source of spikes to record, e.g. `pixels: { model: source, "
                        "shape: [28, 28] }`"}});
  }
  EncodeSummary summary = {.samples_planned = samples.size()};
  for (const RecordedPopulation& population : header.populations) {
    summary.sources.push_back({.name = population.name, .neurons = population.size});
  }
  const auto recorder = make_hdf5_recorder(
      options.output, header,
      options.existing == OutputFile::kReplaceExisting ? Overwrite::kAllow : Overwrite::kRefuse);
  const auto start = std::chrono::steady_clock::now();
  run_samples(
      {.samples = samples.size(),
       .threads = options.threads > 0 ? options.threads
                                      : std::max(1u, std::thread::hardware_concurrency()),
       .interrupt = options.interrupt},
      [&] { return make_runner(header, samples); },
      [&](const SampleRecord& record) {
        recorder->sample(record);
        add(record, summary);
        if (options.progress) options.progress(summary.samples, samples.size());
      });
  summary.interrupted = summary.samples < samples.size();
  recorder->end(summary.interrupted ? RunEnd::kInterrupted : RunEnd::kComplete);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  summary.seconds = elapsed.count();
  summary.bytes = std::filesystem::file_size(options.output);
  return summary;
}

}  // namespace neurosim
