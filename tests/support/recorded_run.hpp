#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sim/io/recorder.hpp"

namespace neurosim::test {

/// One sample of a results file that is made by hand.
struct HandSample {
  std::int64_t label = -1, prediction = -1;
  std::vector<std::pair<Tick, NeuronId>> spikes;  ///< ascending
};

inline SpikeTrain train_of(const std::vector<std::pair<Tick, NeuronId>>& spikes) {
  SpikeTrain train;
  for (const auto& [tick, neuron] : spikes) train.append(tick, neuron);
  return train;
}

struct HandRun {
  std::string network_name = "hand";
  std::size_t neurons = 2;
  Tick ticks = 4;
  double step_ms = 1;
  std::vector<std::string> class_names;
  bool raster = true;
  std::vector<HandSample> samples;
};

/// Writes a results file with one population, `cells` of LIF neurons.
inline void write_hand_run(const std::string& path, const HandRun& run) {
  RunHeader header;
  header.network_name = run.network_name;
  header.network_yaml = "format: neurosim/1\n";
  header.version = "0";
  header.engine = "event";
  header.precision = "single";
  header.step_ms = run.step_ms;
  header.ticks_per_sample = run.ticks;
  header.class_names = run.class_names;
  header.populations.push_back({.name = "cells",
                                .model = "lif",
                                .shape = {run.neurons},
                                .size = run.neurons,
                                .record_raster = run.raster});
  const auto sink = make_hdf5_recorder(path, header, Overwrite::kAllow);
  for (std::size_t k = 0; k < run.samples.size(); ++k) {
    const HandSample& sample = run.samples[k];
    SampleRecord record;
    record.sample = k;
    record.ticks = run.ticks;
    record.label = sample.label;
    record.prediction = sample.prediction;
    record.spikes = {train_of(sample.spikes)};
    record.spiking_ticks = {std::vector<std::uint32_t>(run.neurons, 0)};
    for (const auto& [tick, neuron] : sample.spikes) ++record.spiking_ticks[0][neuron];
    record.populations.resize(1);
    record.populations[0].spikes = sample.spikes.size();
    record.final_states.resize(1);
    sink->sample(record);
  }
  sink->end(RunEnd::kComplete);
}

}  // namespace neurosim::test
