#include "sim/io/run_header.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <set>

#include "sim/core/error.hpp"
#include "sim/io/file_format.hpp"

namespace neurosim {
namespace {

void write_population(hdf5::Group group, const RecordedPopulation& population, std::size_t index) {
  group.set_number<std::uint64_t>("index", index);
  group.set_text("model", population.model);
  group.set_number<std::uint64_t>("size", population.size);
  const std::vector<std::uint64_t> shape(population.shape.begin(), population.shape.end());
  group.set_numbers<std::uint64_t>("shape", shape);
  group.set_number<std::uint64_t>("parameters", population.parameters);
  group.set_flag("spikes", population.spikes);
  group.set_flag("graded", population.graded);
  group.set_flag("raster", population.record_raster);
  if (population.raster_neurons.empty()) return;
  group
      .create_dataset("raster_neurons", hdf5::Type::kU32,
                      {.shape = {population.raster_neurons.size()}})
      .write<NeuronId>(population.raster_neurons);
}

/// A list of neurons of a population of `size`, no longer than that.
std::vector<NeuronId> read_neurons(const hdf5::Dataset& neurons, std::size_t size) {
  if (neurons.shape().size() != 1 || neurons.rows() > size) {
    neurons.fail(fmt::format("expected a list of at most {} neurons", size));
  }
  std::vector<NeuronId> ids(neurons.rows());
  neurons.read(0, neurons.rows(), ids.data());
  return ids;
}

void read_population(const hdf5::Group& group, RecordedPopulation& population) {
  population.model = group.text("model");
  population.size = group.number<std::uint64_t>("size");
  if (population.size < 1) group.fail("attribute size: a population has at least one neuron");
  if (population.size > std::uint64_t{1} << 32) {
    group.fail(fmt::format("attribute size: {} neurons are too many", population.size));
  }
  std::uint64_t product = 1;
  for (const std::uint64_t extent : group.numbers<std::uint64_t>("shape")) {
    population.shape.push_back(extent);
    product = extent <= population.size ? product * extent : population.size + 1;
    if (product > population.size) break;
  }
  if (product != population.size) group.fail("attribute shape: does not multiply to size");
  population.parameters = group.number<std::uint64_t>("parameters");
  population.spikes = group.flag("spikes");
  population.graded = group.flag("graded");
  population.record_raster = group.flag("raster");
  if (!group.contains_dataset("raster_neurons")) return;
  const auto neurons = group.dataset("raster_neurons");
  population.raster_neurons = read_neurons(neurons, population.size);
  if (population.raster_neurons.empty()) neurons.fail("expected at least one neuron");
  std::optional<NeuronId> last;
  for (const NeuronId neuron : population.raster_neurons) {
    if (neuron >= population.size || (last && neuron <= *last)) {
      neurons.fail(fmt::format("neuron {} does not ascend in [0, {})", neuron, population.size));
    }
    last = neuron;
  }
}

void write_projection(hdf5::Group group, const RecordedProjection& projection, std::size_t index) {
  group.set_number<std::uint64_t>("index", index);
  group.set_text("from", projection.from);
  group.set_text("to", projection.to);
  group.set_number<std::uint64_t>("synapses", projection.synapses);
  group.set_number<std::uint64_t>("nonzero_synapses", projection.nonzero_synapses);
  group.set_number<std::int64_t>("delay", projection.delay);
}

void read_projection(const hdf5::Group& group, RecordedProjection& projection) {
  projection.from = group.text("from");
  projection.to = group.text("to");
  projection.synapses = group.number<std::uint64_t>("synapses");
  projection.nonzero_synapses = group.number<std::uint64_t>("nonzero_synapses");
  projection.delay = group.number<std::int64_t>("delay");
}

void write_trace(hdf5::Group group, const RunHeader& header, std::size_t index) {
  const StateTrace& trace = header.traces[index];
  group.set_number<std::uint64_t>("index", index);
  group.set_text("population", header.populations[trace.population].name);
  group.write_texts("variables", trace.variables);
  std::vector<std::string> reports;
  for (std::size_t v = 0; v < trace.variables.size(); ++v) {
    reports.push_back(report_name(header, index, v));
  }
  group.write_texts("reports", reports);
  auto neurons =
      group.create_dataset("neurons", hdf5::Type::kU32, {.shape = {trace.neurons.size()}});
  neurons.write<NeuronId>(trace.neurons);
}

void read_trace(const hdf5::Group& group, const RunHeader& header, StateTrace& trace) {
  const std::string name = group.text("population");
  const auto& populations = header.populations;
  while (trace.population < populations.size() && populations[trace.population].name != name) {
    ++trace.population;
  }
  if (trace.population == populations.size()) {
    group.fail(fmt::format("attribute population: no population is named \"{}\"", name));
  }
  trace.variables = group.read_texts("variables");
  const auto neurons = group.dataset("neurons");
  trace.neurons = read_neurons(neurons, populations[trace.population].size);
}

/// Calls `read(group, item)` for each member of own/<folder>, in the order of attribute index.
template <class T, class Read>
void read_members(const hdf5::Group& own, const std::string& folder, std::vector<T>& items,
                  Read read) {
  const auto parent = own.group(folder);
  const auto names = parent.names();
  items.resize(names.size());
  std::set<std::uint64_t> seen;
  for (const auto& name : names) {
    const auto group = parent.group(name);
    T& item = at_index(items, group, seen);
    if constexpr (requires { item.name; }) item.name = name;
    read(group, item);
  }
}

}  // namespace

std::string report_name(const RunHeader& header, std::size_t trace, std::size_t variable) {
  // Two traces of one population, or populations a_b and a, could claim one name: count them.
  std::set<std::string> taken;
  std::string name;
  for (std::size_t k = 0; k <= trace; ++k) {
    const StateTrace& other = header.traces[k];
    const std::size_t count = k == trace ? variable + 1 : other.variables.size();
    for (std::size_t v = 0; v < count; ++v) {
      const std::string plain =
          header.populations[other.population].name + "_" + other.variables[v];
      name = plain;
      for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}_{}", plain, n);
    }
  }
  return name;
}

void write_run_header(hdf5::Group& own, const RunHeader& header) {
  write_format(own, kResultsFormat);
  own.set_text("version", header.version);
  own.set_text("network_name", header.network_name);
  own.set_text("engine", header.engine);
  own.set_text("precision", header.precision);
  own.set_number<std::uint64_t>("seed", header.seed);
  own.set_number<double>("step_ms", header.step_ms);
  own.set_number<std::int64_t>("ticks_per_sample", header.ticks_per_sample);
  own.write_text("network_yaml", header.network_yaml);
  own.write_texts("class_names", header.class_names);

  auto populations = own.create_group("populations");
  for (std::size_t p = 0; p < header.populations.size(); ++p) {
    const auto& population = header.populations[p];
    write_population(populations.create_group(population.name), population, p);
  }
  auto projections = own.create_group("projections");
  for (std::size_t p = 0; p < header.projections.size(); ++p) {
    const auto& projection = header.projections[p];
    write_projection(projections.create_group(projection.name), projection, p);
  }
  auto traces = own.create_group("traces");
  for (std::size_t k = 0; k < header.traces.size(); ++k) {
    write_trace(traces.create_group(std::to_string(k)), header, k);
  }
}

RunHeader read_run_header(const hdf5::Group& own) {
  RunHeader header;
  header.version = own.text("version");
  header.network_name = own.text("network_name");
  header.engine = own.text("engine");
  header.precision = own.text("precision");
  header.seed = own.number<std::uint64_t>("seed");
  header.step_ms = own.number<double>("step_ms");
  if (!std::isnormal(header.step_ms) || header.step_ms < 0) {
    own.fail(fmt::format("attribute step_ms: {} is no length of time", header.step_ms));
  }
  header.ticks_per_sample = own.number<std::int64_t>("ticks_per_sample");
  if (header.ticks_per_sample < 1 || header.ticks_per_sample > kMaxTicks) {
    own.fail(fmt::format("attribute ticks_per_sample: {} is not in [1, {}]",
                         header.ticks_per_sample, kMaxTicks));
  }
  header.network_yaml = own.read_text("network_yaml");
  header.class_names = own.read_texts("class_names");
  read_members(own, "populations", header.populations, read_population);
  read_members(own, "projections", header.projections, read_projection);
  read_members(own, "traces", header.traces, [&](const hdf5::Group& group, StateTrace& trace) {
    read_trace(group, header, trace);
  });
  return header;
}

}  // namespace neurosim
