// The parts `time:` and `record:` of a description.

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include "sim/network/readers.hpp"

namespace neurosim {
namespace {

constexpr IntegerRange kTicks = {0, kMaxTicks};

/// `20`, meaning before the stimulus, or `{ before: 20, after: 5 }`.
bool read_blank_steps(const ConfigNode& node, TimeSpec& time) {
  if (!node.present()) return true;
  if (!node.is_map()) return node.read(time.blank_before, kTicks);
  ConfigMap map = node.map();
  const ConfigNode before = map.get("before");
  const ConfigNode after = map.get("after");
  const bool before_ok = !before.present() || before.read(time.blank_before, kTicks);
  const bool after_ok = !after.present() || after.read(time.blank_after, kTicks);
  map.reject_unknown();
  return before_ok && after_ok;
}

/// `0..9`, both ends included.
bool parse_id_range(const std::string& text, std::size_t& first, std::size_t& last) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return false;
  const char* const middle = text.data() + dots;
  const char* const end = text.data() + text.size();
  const auto low = std::from_chars(text.data(), middle, first);
  const auto high = std::from_chars(middle + 2, end, last);
  return low.ec == std::errc() && low.ptr == middle && high.ec == std::errc() && high.ptr == end &&
         first <= last;
}

void fill_ids(std::size_t first, std::size_t last, std::vector<NeuronId>& neurons) {
  neurons.resize(last - first + 1);
  std::iota(neurons.begin(), neurons.end(), static_cast<NeuronId>(first));
}

void read_neuron_list(const ConfigNode& node, std::size_t size, std::vector<NeuronId>& neurons) {
  if (node.items().empty()) node.expected("at least one neuron");
  std::set<NeuronId> seen;
  const auto last = static_cast<std::int64_t>(size) - 1;
  for (const ConfigNode& item : node.items()) {
    std::int64_t id = 0;
    if (!item.read(id, {0, last})) continue;
    const auto neuron = static_cast<NeuronId>(id);
    if (!seen.insert(neuron).second) {
      item.error("neuron " + std::to_string(neuron) + " is listed twice");
    }
    neurons.push_back(neuron);
  }
}

/// A list of ids, a range `0..9`, or `all`. Absent means all.
void read_neurons(const ConfigNode& node, std::size_t size, std::vector<NeuronId>& neurons) {
  if (size == 0) return;  // malformed, and reported there
  if (!node.present() || node.is_word("all")) return fill_ids(0, size - 1, neurons);
  if (node.is_list()) return read_neuron_list(node, size, neurons);
  std::size_t first = 0;
  std::size_t last = 0;
  std::string text;
  if (!node.is_scalar() || !node.read(text) || !parse_id_range(text, first, last)) {
    node.expected("a list of neurons, a range such as 0..9, or all");
  } else if (last >= size) {
    node.error("neuron " + std::to_string(last) + " does not exist; the last one is " +
               std::to_string(size - 1));
  } else {
    fill_ids(first, last, neurons);
  }
}

/// REQUIRES: a population of neurons.
void read_variables(const ConfigNode& node, const PopulationSpec& population,
                    std::vector<std::string>& variables) {
  auto known = population.info->variables;
  if (population.info->variables_of != nullptr) {
    known = known.first(population.info->variables_of(literals(population.parameters)));
  }
  for (const ConfigNode& item : node.items()) {
    std::size_t index = 0;
    if (!item.read_choice(index, known)) continue;
    const std::string name(known[index]);
    if (std::find(variables.begin(), variables.end(), name) != variables.end()) {
      item.error("variable " + quoted(name) + " is listed twice");
    }
    variables.push_back(name);
  }
  if (node.is_list() && node.items().empty()) node.expected("at least one variable");
}

void read_state_record(const ConfigMap::Entry& entry, Description& description) {
  std::vector<std::string_view> names;
  for (const auto& population : description.populations) names.push_back(population.name);
  const auto found = std::find(names.begin(), names.end(), entry.key);
  if (found == names.end()) {
    entry.key_node.error("unknown population " + unknown_name(entry.key, names));
    return;
  }
  StateRecordSpec record;
  record.population = static_cast<std::size_t>(found - names.begin());
  const PopulationSpec& population = description.populations[record.population];
  if (population.source) {
    entry.key_node.error("population " + quoted(entry.key) + " is a source (model: " +
                         population.model + ") and has no state to record");
    return;
  }
  ConfigMap map = entry.value.map();
  const ConfigNode variables = map.required("variables");
  if (population.info != nullptr) read_variables(variables, population, record.variables);
  read_neurons(map.get("neurons"), population.size, record.neurons);
  map.reject_unknown();
  description.record.states.push_back(std::move(record));
}

/// The spikes of a population whose name stands at `name`.
void read_spiking_population(const ConfigNode& name, const ConfigNode* neurons,
                             Description& description) {
  const auto index = read_population_name(name, description);
  if (!index) return;
  const PopulationSpec& population = description.populations[*index];
  auto& recorded = description.record.spikes;
  SpikeRecordSpec record = {.population = *index, .neurons = {}};
  if (neurons != nullptr) read_neurons(*neurons, population.size, record.neurons);
  std::sort(record.neurons.begin(), record.neurons.end());
  if (record.neurons.size() == population.size) record.neurons.clear();
  if (population.info != nullptr && !population.info->spikes) {
    name.error("population " + quoted(population.name) + " (model: " + population.model +
               ") never spikes; record its states instead");
  } else if (std::any_of(recorded.begin(), recorded.end(),
                         [&](const auto& other) { return other.population == *index; })) {
    name.error("population " + quoted(population.name) + " is listed twice");
  } else {
    recorded.push_back(std::move(record));
  }
}

/// A list of populations, `exc` or `{ population: exc, neurons: 0..99 }`.
void read_spike_record(const ConfigNode& node, Description& description) {
  for (const ConfigNode& item : node.items()) {
    if (!item.is_map()) {
      read_spiking_population(item, nullptr, description);
      continue;
    }
    ConfigMap map = item.map();
    const ConfigNode name = map.required("population");
    const ConfigNode neurons = map.get("neurons");
    if (name.present()) read_spiking_population(name, &neurons, description);
    map.reject_unknown();
  }
}

}  // namespace

KnownTime read_time(const ConfigNode& node, Description& description) {
  TimeSpec& time = description.time;
  if (!node.present()) return {time.steps, time.step_ms};
  KnownTime known;
  ConfigMap map = node.map();
  const ConfigNode steps = map.get("steps");
  const ConfigNode step_ms = map.get("step_ms");
  const bool steps_ok = map.ok() && (!steps.present() || steps.read(time.steps, {1, kMaxTicks}));
  if (steps_ok) known.steps = time.steps;
  const Range positive = {.low = 0, .low_open = true};
  if (map.ok() && (!step_ms.present() || step_ms.read(time.step_ms, positive))) {
    known.step_ms = time.step_ms;
  }
  const bool blank_ok = read_blank_steps(map.get("blank_steps"), time);
  map.reject_unknown();
  if (steps_ok && blank_ok && time.total() > kMaxTicks) {
    node.error("steps and blank_steps together are " + std::to_string(time.total()) +
               " ticks; at most " + std::to_string(kMaxTicks) + " are possible");
  }
  return known;
}

void read_record(const ConfigNode& node, Description& description) {
  if (!node.present()) return;
  ConfigMap map = node.map();
  read_spike_record(map.get("spikes"), description);
  const ConfigNode states = map.get("states");
  if (states.present()) {
    for (const auto& entry : states.map().entries()) read_state_record(entry, description);
  }
  map.reject_unknown();
}

}  // namespace neurosim
