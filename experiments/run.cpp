#include "experiments/run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "experiments/samples.hpp"
#include "experiments/summary.hpp"
#include "experiments/worker_pool.hpp"
#include "sim/core/error.hpp"
#include "sim/engine/engine.hpp"
#include "sim/io/arrays.hpp"
#include "sim/io/recorder.hpp"
#include "sim/network/network.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

std::size_t variable_index(const ModelInfo& model, const std::string& name) {
  const auto found = std::ranges::find(model.variables, name);
  NS_ASSERT(found != model.variables.end());
  return static_cast<std::size_t>(found - model.variables.begin());
}

Observation observe(const Description& description) {
  Observation observation;
  for (const StateRecordSpec& state : description.record.states) {
    const PopulationSpec& population = description.populations[state.population];
    Probe& probe = observation.probes.emplace_back();
    probe.population = state.population;
    probe.names = state.variables;
    probe.neurons = state.neurons;
    for (const std::string& name : state.variables) {
      probe.variables.push_back(variable_index(*population.info, name));
    }
  }
  // Only an unambiguous readout predicts.
  std::vector<std::size_t> readouts;
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    const ModelInfo* info = description.populations[p].info;
    if (info != nullptr && !info->spikes) readouts.push_back(p);
  }
  if (readouts.size() == 1) observation.readout = readouts.front();
  return observation;
}

const SpikeRecordSpec* recorded_spikes(const Description& description, std::size_t population) {
  const auto& recorded = description.record.spikes;
  const auto found = std::ranges::find(recorded, population, &SpikeRecordSpec::population);
  return found != recorded.end() ? &*found : nullptr;
}

template <class T>
std::uint64_t stored_parameters(const NeuronBlocks<T>* neurons) {
  std::uint64_t count = 0;
  if (neurons == nullptr) return count;
  for (const FieldValue& value : neurons->values()) count += value.size();
  return count;
}

template <class T>
RunHeader make_header(const Description& description, const Network<T>& network,
                      const Samples& samples, const RunOptions& options) {
  RunHeader header = {
      .network_name = description.name,
      .network_yaml = to_yaml(description),
      .seed = description.seed,
      .version = NEUROSIM_VERSION,
      .engine = options.engine == EngineKind::kEvent ? "event" : "reference",
      .precision = description.precision == Precision::kSingle ? "single" : "double",
      .step_ms = description.time.step_ms,
      .ticks_per_sample = description.time.total(),
      .class_names = samples.class_names()};
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    const PopulationSpec& population = description.populations[p];
    const SpikeRecordSpec* const recorded = recorded_spikes(description, p);
    header.populations.push_back(
        {.name = population.name,
         .model = population.model,
         .shape = population.shape,
         .size = population.size,
         .parameters = stored_parameters(network.neurons[p].get()),
         .spikes = population.info == nullptr || population.info->spikes,
         .record_raster = recorded != nullptr,
         .raster_neurons = recorded != nullptr ? recorded->neurons : std::vector<NeuronId>(),
         .graded = population.info != nullptr ? network.neurons[p]->graded() : samples.graded(p),
         .repeating_values = population.info == nullptr});
  }
  for (std::size_t p = 0; p < description.projections.size(); ++p) {
    const ProjectionSpec& projection = description.projections[p];
    header.projections.push_back({.name = projection.name,
                                  .from = description.populations[projection.from].name,
                                  .to = description.populations[projection.to].name,
                                  .synapses = network.projections[p].synapses,
                                  .nonzero_synapses = network.projections[p].nonzero_synapses(),
                                  .delay = projection.delay});
  }
  for (const StateRecordSpec& state : description.record.states) {
    header.traces.push_back(
        {.population = state.population, .variables = state.variables, .neurons = state.neurons});
  }
  return header;
}

std::vector<std::string> names(const Description& description) {
  std::vector<std::string> result;
  for (const PopulationSpec& population : description.populations) {
    result.push_back(population.name);
  }
  return result;
}

/// What one thread needs to run samples.
template <class T>
SampleRunner make_runner(const Description& description, const Network<T>& network,
                         const Samples& samples, const RunOptions& options, unsigned threads) {
  Observation observation = observe(description);
  const auto make_engine = [&](EngineKind kind) -> std::shared_ptr<Engine> {
    return kind == EngineKind::kEvent
               ? make_event_engine(network, observation, Partition{.threads = threads})
               : make_reference_engine(network, observation);
  };
  auto input = std::make_shared<SampleInput>();
  if (options.check == Check::kNone) {
    return [&samples, input, engine = make_engine(options.engine)](
               std::size_t sample, SampleRecord& record, SampleWatch& watch) {
      samples.fill(sample, 0, *input);
      engine->run(samples.number(sample), *input, record, watch);
    };
  }
  observation.final_states = FinalStates::kKeep;
  auto other_record = std::make_shared<SampleRecord>();
  return [&samples, input, other_record, event = make_engine(EngineKind::kEvent),
          reference = make_engine(EngineKind::kReference), populations = names(description),
          keep_reference = options.engine == EngineKind::kReference](
             std::size_t sample, SampleRecord& record, SampleWatch& watch) {
    samples.fill(sample, 0, *input);
    reference->run(samples.number(sample), *input, *other_record, watch);
    event->run(samples.number(sample), *input, record, watch);
    if (watch.gave_up()) return;
    const std::string difference = first_difference(record, *other_record, populations);
    if (!difference.empty()) {
      throw CheckError("the event engine differs from the reference engine: " + difference);
    }
    if (keep_reference) std::swap(record, *other_record);
  };
}

template <class T>
RunSummary run_typed(const Description& description, const RunOptions& options) {
  const unsigned threads =
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  const Network<T> network = compile<T>(description, &load_hdf5_array, threads);
  const Samples samples(description, options.data_dir);
  SummarySink summary(description);
  std::unique_ptr<Sink> recorder;
  if (!options.output.empty()) {
    recorder = make_hdf5_recorder(
        options.output, make_header(description, network, samples, options),
        options.existing == OutputFile::kReplaceExisting ? Overwrite::kAllow : Overwrite::kRefuse);
  }
  // Samples are run side by side; threads beyond their number share the neurons of each.
  const unsigned threads_a_sample = std::max(
      1u, threads / static_cast<unsigned>(std::clamp<std::size_t>(samples.size(), 1, threads)));
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0;
  run_samples(
      {.samples = samples.size(),
       .threads = threads,
       .interrupt = options.interrupt,
       .waiting =
           [&](double so_far) {
             if (options.waiting) options.waiting(so_far, samples.size());
           }},
      [&] { return make_runner(description, network, samples, options, threads_a_sample); },
      [&](const SampleRecord& record) {
        summary.sample(record);
        if (recorder) recorder->sample(record);
        if (options.progress) options.progress(++done, samples.size());
      });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const RunEnd how = summary.samples() == samples.size() ? RunEnd::kComplete : RunEnd::kInterrupted;
  summary.end(how);
  if (recorder) recorder->end(how);
  RunSummary result = summary.summary();
  result.samples_planned = samples.size();
  result.seconds = elapsed.count();
  return result;
}

}  // namespace

RunSummary run_network(const Description& description, const RunOptions& options) {
  return description.precision == Precision::kSingle ? run_typed<float>(description, options)
                                                     : run_typed<double>(description, options);
}

void validate_network(const Description& description, const std::string& data_dir) {
  if (description.precision == Precision::kSingle) {
    compile<float>(description, &load_hdf5_array);
  } else {
    compile<double>(description, &load_hdf5_array);
  }
  const Samples samples(description, data_dir);
}

}  // namespace neurosim
