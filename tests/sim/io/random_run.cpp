#include "random_run.hpp"

namespace neurosim::test {
namespace {

RecordedPopulation random_population(std::size_t index, Draw& draw) {
  RecordedPopulation population;
  // Names that could be confused: "p_1" and "p" with a variable "1...".
  population.name = index == 0 ? "p" : "p_" + std::to_string(index);
  population.model = draw.chance(0.5) ? "src" : "lif";
  population.shape = {1 + draw.below(5), 1 + draw.below(7)};
  population.size = population.shape[0] * population.shape[1];
  population.spikes = draw.chance(0.8);
  population.record_raster = population.spikes && draw.chance(0.7);
  population.graded = population.spikes && draw.chance(0.5);
  population.parameters = draw.bits();
  return population;
}

StateTrace random_trace(const RunHeader& header, Draw& draw) {
  StateTrace trace;
  trace.population = draw.below(header.populations.size());
  trace.variables = {"h"};
  if (draw.chance(0.5)) trace.variables.push_back("1_h");
  const std::size_t size = header.populations[trace.population].size;
  for (NeuronId neuron = 0; neuron < size; ++neuron) {
    if (draw.chance(0.5)) trace.neurons.push_back(neuron);
  }
  if (trace.neurons.empty()) trace.neurons.push_back(0);
  return trace;
}

/// A real number of the run's precision.
double random_value(const RunHeader& header, Draw& draw, double low = -2) {
  const double value = draw.real(low, 2);
  return header.precision == "single" ? static_cast<double>(static_cast<float>(value)) : value;
}

void fill_population(const RunHeader& header, std::size_t p, SampleRecord& record, Draw& draw) {
  const auto& population = header.populations[p];
  auto& spiking_ticks = record.spiking_ticks[p];
  spiking_ticks.assign(population.size, 0);
  const double density = draw.chance(0.2) ? 0.0 : draw.real(0, 0.6);
  for (Tick tick = 0; tick < record.ticks && population.spikes; ++tick) {
    for (NeuronId neuron = 0; neuron < population.size; ++neuron) {
      if (!draw.chance(density)) continue;
      ++spiking_ticks[neuron];
      if (population.graded) {
        record.spikes[p].append(tick, neuron, random_value(header, draw, 0.125));
      } else {
        record.spikes[p].append(tick, neuron);
      }
    }
  }
  record.populations[p] = {record.spikes[p].spike_count(), draw.bits(), draw.bits(), draw.bits(),
                           draw.bits()};
}

}  // namespace

RunHeader random_header(Draw& draw) {
  RunHeader header;
  header.network_name = "réseau";
  header.network_yaml = "network:\n  name: réseau\n";
  header.seed = (std::uint64_t{draw.bits()} << 32) | draw.bits();
  header.version = "0.1.0";
  header.engine = "event";
  header.precision = draw.chance(0.5) ? "single" : "double";
  header.step_ms = draw.chance(0.5) ? 1.0 : draw.real(0.01, 3);
  header.ticks_per_sample = static_cast<Tick>(1 + draw.below(12));
  if (draw.chance(0.5)) header.class_names = {"T-shirt/top", "", "0"};
  const std::size_t populations = 1 + draw.below(4);
  for (std::size_t p = 0; p < populations; ++p) {
    header.populations.push_back(random_population(p, draw));
  }
  for (std::size_t p = 0; p + 1 < populations; ++p) {
    header.projections.push_back({.name = "z" + std::to_string(populations - p),
                                  .from = header.populations[p].name,
                                  .to = header.populations[p + 1].name,
                                  .synapses = draw.bits(),
                                  .nonzero_synapses = draw.bits(),
                                  .delay = static_cast<Tick>(draw.below(4))});
  }
  for (std::size_t k = draw.below(4); k > 0; --k) {
    header.traces.push_back(random_trace(header, draw));
  }
  return header;
}

SampleRecord random_record(const RunHeader& header, std::size_t sample, Draw& draw) {
  SampleRecord record;
  record.sample = sample;
  record.ticks = header.ticks_per_sample;
  record.label = static_cast<std::int64_t>(draw.below(11)) - 1;
  record.prediction = static_cast<std::int64_t>(draw.below(11)) - 1;
  for (int k = 0; k < 10; ++k) record.readout.push_back(draw.real(-5, 5));
  record.spikes.resize(header.populations.size());
  record.spiking_ticks.resize(header.populations.size());
  record.populations.resize(header.populations.size());
  for (std::size_t p = 0; p < header.populations.size(); ++p) {
    fill_population(header, p, record, draw);
  }
  for (std::size_t p = 0; p < header.projections.size(); ++p) {
    record.projections.push_back({draw.bits(), draw.bits(), draw.bits(), draw.bits()});
  }
  record.traces = header.traces;
  for (auto& trace : record.traces) {
    trace.values.resize(trace.variables.size() * trace.neurons.size() *
                        static_cast<std::size_t>(record.ticks));
    for (double& value : trace.values) value = random_value(header, draw);
  }
  return record;
}

Run random_run(std::uint64_t seed, std::size_t samples) {
  Draw draw(seed);
  Run run{random_header(draw), {}};
  for (std::size_t s = 0; s < samples; ++s) {
    run.records.push_back(random_record(run.header, s, draw));
  }
  return run;
}

RunHeader small_header() {
  RunHeader header;
  header.network_name = "small";
  header.network_yaml = "name: small\n";
  header.version = "0.1.0";
  header.engine = "event";
  header.precision = "single";
  header.step_ms = 0.5;
  header.ticks_per_sample = 5;
  header.class_names = {"a", "b", "c"};
  header.populations = {
      {.name = "in", .model = "source", .shape = {2, 3}, .size = 6, .record_raster = true},
      {.name = "hidden",
       .model = "src",
       .shape = {4},
       .size = 4,
       .parameters = 8,
       .record_raster = true,
       .graded = true},
      {.name = "out", .model = "leaky_readout", .shape = {3}, .size = 3, .spikes = false}};
  header.projections = {{.name = "in_to_hidden",
                         .from = "in",
                         .to = "hidden",
                         .synapses = 24,
                         .nonzero_synapses = 23},
                        {.name = "hidden_to_out",
                         .from = "hidden",
                         .to = "out",
                         .synapses = 12,
                         .nonzero_synapses = 12,
                         .delay = 1}};
  header.traces.push_back(
      {.population = 1, .variables = {"h", "hs"}, .neurons = {1, 3}, .values = {}});
  return header;
}

Run small_run(std::size_t samples) {
  Draw draw(4);
  Run run{small_header(), {}};
  for (std::size_t s = 0; s < samples; ++s) {
    SampleRecord record = random_record(run.header, s, draw);
    record.label = static_cast<std::int64_t>(s % 3);
    record.readout.resize(3);
    record.spikes[0].clear();
    record.spikes[1].clear();
    record.spikes[0].append(1, 2);
    record.spikes[0].append(1, 5);
    record.spikes[0].append(4, 0);
    record.spikes[1].append(2, 1, 0.25);
    record.spikes[1].append(3, 3, 0.75);
    run.records.push_back(std::move(record));
  }
  return run;
}

void write_run(const std::string& path, const Run& run, RunEnd how) {
  const auto recorder = make_hdf5_recorder(path, run.header, Overwrite::kAllow);
  for (const auto& record : run.records) recorder->sample(record);
  recorder->end(how);
}

}  // namespace neurosim::test
