#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>

#include "sim/core/error.hpp"
#include "sim/engine/engine.hpp"

namespace neurosim {
namespace {

/// Where and how two records differ; ordered by time first.
struct Difference {
  Tick tick;
  std::size_t population;
  NeuronId neuron;
  std::string what;
};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

struct Spike {
  Tick tick;
  NeuronId id;
  std::optional<double> value;

  std::string text() const { return value ? fmt::format("spike {:.17g}", *value) : "spike"; }
};

std::vector<Spike> list(const SpikeTrain& train) {
  std::vector<Spike> spikes;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t n = 0; n < packet.ids.size(); ++n) {
      spikes.push_back({packet.tick, packet.ids[n], std::nullopt});
      if (train.graded()) spikes.back().value = packet.values[n];
    }
  }
  return spikes;
}

std::optional<Difference> spike_difference(const SampleRecord& a, const SampleRecord& b,
                                           std::size_t p) {
  if (a.spikes[p] == b.spikes[p]) return std::nullopt;
  const std::vector<Spike> x = list(a.spikes[p]), y = list(b.spikes[p]);
  for (std::size_t k = 0;; ++k) {
    if (k < x.size() && k < y.size() && x[k].tick == y[k].tick && x[k].id == y[k].id) {
      if (x[k].value == y[k].value) continue;
      return Difference{x[k].tick, p, x[k].id, x[k].text() + " against " + y[k].text()};
    }
    const auto place = [](const Spike& s) { return std::tuple(s.tick, s.id); };
    const bool in_x = k < x.size() && (k == y.size() || place(x[k]) < place(y[k]));
    const Spike& spike = in_x ? x.at(k) : y.at(k);
    return Difference{spike.tick, p, spike.id,
                      in_x ? spike.text() + " against silence" : "silence against " + spike.text()};
  }
}

std::optional<Difference> state_difference(const SampleRecord& a, const SampleRecord& b,
                                           std::size_t p, std::size_t neurons) {
  if (p >= a.final_states.size() || p >= b.final_states.size()) return std::nullopt;
  const std::vector<double>&x = a.final_states[p], &y = b.final_states[p];
  NS_ASSERT(x.size() == y.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (same_bits(x[k], y[k])) continue;
    return Difference{a.ticks - 1, p, static_cast<NeuronId>(k % neurons),
                      fmt::format("state {:.17g} against {:.17g}", x[k], y[k])};
  }
  return std::nullopt;
}

std::optional<Difference> trace_difference(const StateTrace& x, const StateTrace& y, Tick ticks) {
  const std::size_t neurons = x.neurons.size();
  std::optional<Difference> first;
  for (std::size_t k = 0; k < x.values.size(); ++k) {
    if (same_bits(x.values[k], y.values[k])) continue;
    const auto tick = static_cast<Tick>(k / neurons % static_cast<std::size_t>(ticks));
    if (first && first->tick <= tick) continue;
    const std::string& variable = x.variables[k / neurons / static_cast<std::size_t>(ticks)];
    first =
        Difference{tick, x.population, x.neurons[k % neurons],
                   fmt::format("{} {:.17g} against {:.17g}", variable, x.values[k], y.values[k])};
  }
  return first;
}

std::optional<Difference> count_difference(const SampleRecord& a, const SampleRecord& b,
                                           std::size_t projection) {
  const ProjectionCounters &x = a.projections[projection], &y = b.projections[projection];
  if (x == y) return std::nullopt;
  const auto text = [](const ProjectionCounters& counters) {
    return fmt::format("{} events, {} synaptic operations, {} accumulates, {} multiply-accumulates",
                       counters.events, counters.synaptic_operations, counters.accumulates,
                       counters.multiply_accumulates);
  };
  return Difference{
      a.ticks, 0, 0,
      fmt::format("projection {} counts {} against {}", projection, text(x), text(y))};
}

}  // namespace

std::string first_difference(const SampleRecord& a, const SampleRecord& b,
                             const std::vector<std::string>& population_names) {
  std::optional<Difference> first;
  const auto consider = [&](std::optional<Difference> found) {
    if (found && (!first || found->tick < first->tick)) first = std::move(found);
  };
  for (std::size_t p = 0; p < a.spikes.size(); ++p) {
    consider(spike_difference(a, b, p));
    consider(state_difference(a, b, p, a.spiking_ticks[p].size()));
  }
  for (std::size_t t = 0; t < a.traces.size(); ++t) {
    consider(trace_difference(a.traces[t], b.traces[t], a.ticks));
  }
  for (std::size_t p = 0; p < a.projections.size(); ++p) consider(count_difference(a, b, p));
  if (!first) return {};
  if (first->tick == a.ticks) return fmt::format("sample {}: {}", a.sample, first->what);
  return fmt::format("sample {}, tick {}, {} neuron {}: {}", a.sample, first->tick,
                     population_names[first->population], first->neuron, first->what);
}

}  // namespace neurosim
