#include "experiments/compare_values.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/io/file_format.hpp"

namespace neurosim {
namespace {

/// Spikes of a train one by one.
class Spikes {
 public:
  explicit Spikes(const SpikeTrain& train) : train_(train) {}

  bool done() const { return packet_ == train_.packet_count(); }
  std::pair<Tick, NeuronId> place() const {
    return {train_.tick(packet_), train_.packet(packet_).ids[spike_]};
  }
  double value() const {
    const SpikePacket packet = train_.packet(packet_);
    return packet.values.empty() ? 1 : packet.values[spike_];
  }
  void next() {
    if (++spike_ < train_.packet(packet_).ids.size()) return;
    ++packet_;
    spike_ = 0;
  }

 private:
  const SpikeTrain& train_;
  std::size_t packet_ = 0, spike_ = 0;
};

double distance(double a, double b) {
  if (same_bits(a, b)) return 0;
  const double size = std::abs(a - b);
  return std::isnan(size) ? std::numeric_limits<double>::infinity() : size;
}

ConfigValuePtr parse_yaml(const std::string& file, const std::string& yaml) {
  try {
    ConfigLog log(file);
    return parse_config(yaml, log);
  } catch (const ConfigError& error) {
    throw DataError(file, "/neurosim/network_yaml: " + error.diagnostics().front().message);
  }
}

}  // namespace

bool FileComparison::same_results() const {
  const auto same = [](const Compared& compared) { return compared.differ == 0; };
  const auto harmless = [](const Unmatched& found) { return !found.differs; };
  return std::ranges::all_of(quantities, same) && std::ranges::all_of(unmatched, harmless);
}

bool FileComparison::same_configuration() const {
  return configuration.empty() && a.seed == b.seed && a.precision == b.precision &&
         a.network == b.network && a.length == b.length && a.complete == b.complete;
}

std::vector<SampleRun> sample_runs(const Results& results) {
  std::vector<SampleRun> runs;
  std::size_t row = 0;
  results.for_each_number([&](std::uint64_t number) {
    if (runs.empty() || number != runs.back().rows.sample + runs.back().count) {
      runs.push_back({{number, row, row}, 0});
    }
    ++runs.back().count;
    ++row;
  });
  std::ranges::sort(runs, {}, [](const SampleRun& run) { return run.rows.sample; });
  return runs;
}

std::vector<SampleRun> common_runs(const std::vector<SampleRun>& a,
                                   const std::vector<SampleRun>& b) {
  std::vector<SampleRun> common;
  const auto end_of = [](const SampleRun& run) { return run.rows.sample + run.count; };
  for (auto at_a = a.begin(), at_b = b.begin(); at_a != a.end() && at_b != b.end();) {
    const std::uint64_t begin = std::max(at_a->rows.sample, at_b->rows.sample);
    const std::uint64_t end = std::min(end_of(*at_a), end_of(*at_b));
    if (begin < end) {
      common.push_back({{begin, at_a->rows.a + (begin - at_a->rows.sample),
                         at_b->rows.b + (begin - at_b->rows.sample)},
                        end - begin});
    }
    ++(end_of(*at_a) < end_of(*at_b) ? at_a : at_b);
  }
  return common;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool compare_pair(Compared& compared, const FirstDifference& place, double a, double b) {
  if (same_bits(a, b)) return false;
  compared.largest = std::max(compared.largest, distance(a, b));
  if (!compared.first) {
    compared.first = place;
    compared.first->a = a;
    compared.first->b = b;
  }
  return true;
}

void compare_row(Compared& compared, std::span<const double> a, std::span<const double> b,
                 const std::function<FirstDifference(std::size_t)>& place) {
  NS_ASSERT(a.size() == b.size());
  ++compared.rows;
  bool differs = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!same_bits(a[k], b[k])) differs |= compare_pair(compared, place(k), a[k], b[k]);
  }
  compared.differ += differs;
}

void compare_trains(Compared& compared, std::uint64_t row, double step_ms, const SpikeTrain& a,
                    const SpikeTrain& b) {
  ++compared.rows;
  compared.a = compared.a.value_or(0) + static_cast<double>(a.spike_count());
  compared.b = compared.b.value_or(0) + static_cast<double>(b.spike_count());
  Spikes in_a(a), in_b(b);
  while (!in_a.done() && !in_b.done() && in_a.place() == in_b.place() &&
         same_bits(in_a.value(), in_b.value())) {
    in_a.next();
    in_b.next();
  }
  if (in_a.done() && in_b.done()) return;
  ++compared.differ;
  if (compared.first) return;
  const bool a_first = !in_a.done() && (in_b.done() || in_a.place() <= in_b.place());
  const bool b_first = !in_b.done() && (in_a.done() || in_b.place() <= in_a.place());
  const auto [tick, neuron] = a_first ? in_a.place() : in_b.place();
  FirstDifference& first = compared.first.emplace();
  first.row = row;
  first.time_ms = static_cast<double>(tick) * step_ms;
  first.neuron = neuron;
  if (a_first) first.a = in_a.value();
  if (b_first) first.b = in_b.value();
}

StateColumns common_columns(const StateTrace& a, const StateTrace& b) {
  StateColumns columns;
  columns.width_a = a.neurons.size();
  columns.width_b = b.neurons.size();
  std::map<NeuronId, std::size_t> in_b;
  for (std::size_t k = 0; k < b.neurons.size(); ++k) in_b.emplace(b.neurons[k], k);
  for (std::size_t k = 0; k < a.neurons.size(); ++k) {
    const auto found = in_b.find(a.neurons[k]);
    if (found == in_b.end()) continue;
    columns.a.push_back(k);
    columns.b.push_back(found->second);
    columns.neurons.push_back(a.neurons[k]);
  }
  return columns;
}

void compare_states(Compared& compared, std::uint64_t row, double step_ms,
                    const StateColumns& columns, std::span<const double> a,
                    std::span<const double> b) {
  const std::size_t ticks = std::min(a.size() / columns.width_a, b.size() / columns.width_b);
  ++compared.rows;
  bool differs = false;
  FirstDifference place = {.row = row};
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    place.time_ms = static_cast<double>(tick) * step_ms;
    for (std::size_t n = 0; n < columns.neurons.size(); ++n) {
      place.neuron = columns.neurons[n];
      differs |= compare_pair(compared, place, a[tick * columns.width_a + columns.a[n]],
                              b[tick * columns.width_b + columns.b[n]]);
    }
  }
  compared.differ += differs;
}

std::vector<ConfigDifference> compare_yaml(const std::string& file_a, const std::string& yaml_a,
                                           const std::string& file_b, const std::string& yaml_b) {
  if (yaml_a == yaml_b) return {};
  return config_differences(parse_yaml(file_a, yaml_a), parse_yaml(file_b, yaml_b));
}

FileComparison compare_files(const std::string& a, const std::string& b) {
  if (kind_of_file(a) == FileKind::kWeights) {
    return compare_weights(a, read_checkpoint(a), b, read_checkpoint(b));
  }
  return compare_results(Results(a), Results(b));
}

}  // namespace neurosim
