#include "experiments/work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/registry.hpp"
#include "sim/core/error.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

/// 1 - part / whole; NaN when there is nothing.
double sparsity(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::numeric_limits<double>::quiet_NaN();
  return 1 - static_cast<double>(part) / static_cast<double>(whole);
}

/// a x b. Throws DataError where a damaged header makes it too large to count.
std::uint64_t product(const Results& results, std::uint64_t a, std::uint64_t b) {
  std::uint64_t value = 0;
  if (!__builtin_mul_overflow(a, b, &value)) return value;
  throw DataError(results.path(), fmt::format("{} times {} is too large to count", a, b));
}

bool is_source(const Results& results, const RecordedPopulation& population) {
  if (find_model(population.model) != nullptr) return false;
  if (std::ranges::count(kSourceNames, population.model) > 0) return true;
  throw DataError(results.path(), fmt::format("population {}: unknown model \"{}\"",
                                              population.name, population.model));
}

PopulationWork population_work(const Results& results, std::size_t index, bool single) {
  const RecordedPopulation& population = results.header().populations[index];
  const PopulationTotals totals = results.population(index);
  PopulationWork work = {.name = population.name,
                         .model = population.model,
                         .neurons = population.size,
                         .spikes = population.spikes,
                         .spike_events = totals.spikes,
                         .updates_driven = totals.updates_driven,
                         .updates_idle = totals.updates_done - totals.updates_driven,
                         .updates_skipped = totals.updates_skipped};
  if (totals.updates_driven > totals.updates_done) {
    throw DataError(results.path(),
                    fmt::format("population {}: more updates driven than done", population.name));
  }
  work.source = is_source(results, population);
  if (work.source) return work;
  const ModelInfo* model = find_model(population.model);
  const std::uint64_t bytes = single ? model->state_bytes_single : model->state_bytes_double;
  work.state_bytes = bytes * population.size;
  work.state_bytes_moved = product(results, 2 * bytes, totals.updates_done);
  work.parameter_bytes = product(results, population.parameters, single ? 4 : 8);
  return work;
}

}  // namespace

NetworkWork count_work(const Results& results) {
  const RunHeader& header = results.header();
  NetworkWork work = {.network = header.network_name,
                      .engine = header.engine,
                      .samples = results.samples(),
                      .steps = static_cast<std::uint64_t>(header.ticks_per_sample),
                      .value_bytes = header.precision == "single" ? 4u : 8u};
  for (std::size_t p = 0; p < header.populations.size(); ++p) {
    work.populations.push_back(population_work(results, p, work.value_bytes == 4));
  }
  const auto neurons = [&](const std::string& name) -> std::uint64_t {
    const auto found = std::ranges::find(header.populations, name, &RecordedPopulation::name);
    if (found != header.populations.end()) return found->size;
    throw DataError(results.path(), fmt::format("a projection names population \"{}\", which the "
                                                "file does not hold",
                                                name));
  };
  for (std::size_t p = 0; p < header.projections.size(); ++p) {
    const RecordedProjection& projection = header.projections[p];
    const ProjectionCounters counters = results.projection(p);
    if (projection.nonzero_synapses > projection.synapses) {
      throw DataError(results.path(), fmt::format("projection {}: more synapses with a weight than "
                                                  "synapses",
                                                  projection.name));
    }
    // Several synapses of one pair are as many weights.
    const std::uint64_t pairs = std::max(
        product(results, neurons(projection.from), neurons(projection.to)), projection.synapses);
    const std::uint64_t steps = product(results, work.steps, work.samples);
    work.projections.push_back(
        {.name = projection.name,
         .from = projection.from,
         .to = projection.to,
         .synapses = projection.synapses,
         .nonzero_synapses = projection.nonzero_synapses,
         .pairs = pairs,
         .events = counters.events,
         .synaptic_operations = counters.synaptic_operations,
         .accumulates = counters.accumulates,
         .multiply_accumulates = counters.multiply_accumulates,
         .dense_operations = product(results, pairs, steps),
         .weight_bytes = product(results, projection.synapses, work.value_bytes),
         .weight_bytes_read = product(results, counters.synaptic_operations, work.value_bytes)});
  }
  return work;
}

double NetworkWork::a_sample(std::uint64_t ProjectionWork::*count) const {
  if (samples == 0) return std::numeric_limits<double>::quiet_NaN();
  std::uint64_t sum = 0;
  for (const ProjectionWork& projection : projections) sum += projection.*count;
  return static_cast<double>(sum) / static_cast<double>(samples);
}

double NetworkWork::activation_sparsity() const {
  std::uint64_t spikes = 0, places = 0;
  for (const PopulationWork& population : populations) {
    if (population.source || !population.spikes) continue;
    spikes += population.spike_events;
    places += population.dense_updates();
  }
  return sparsity(spikes, places);
}

double NetworkWork::connection_sparsity() const {
  std::uint64_t nonzero = 0, pairs = 0;
  for (const ProjectionWork& projection : projections) {
    nonzero += projection.nonzero_synapses;
    pairs += projection.pairs;
  }
  return sparsity(nonzero, pairs);
}

std::uint64_t NetworkWork::footprint_bytes() const {
  std::uint64_t bytes = 0;
  for (const PopulationWork& population : populations) {
    bytes += population.state_bytes + population.parameter_bytes;
  }
  for (const ProjectionWork& projection : projections) bytes += projection.weight_bytes;
  return bytes;
}

}  // namespace neurosim
