// The counters of both engines against a count over every tick, source, target and weight.

#include <doctest/doctest.h>

#include <cmath>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "sim/network/synapses.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"
#include "support/window_networks.hpp"

namespace neurosim {
namespace {

/// weight[source][target], 0 where there is no synapse; ones where there is.
template <class T>
struct Matrix {
  std::size_t sources, targets;
  std::vector<T> weight;
  std::vector<std::uint64_t> degree;

  /// Of the synapses with one of the delays.
  Matrix(const Synapses<T>& synapses, std::size_t group)
      : sources(synapses.sources), targets(synapses.targets) {
    for (std::size_t s = 0; s < sources; ++s) {
      degree.push_back(synapses.out_degree[s * synapses.delays.size() + group]);
    }
    if (synapses.dense) {
      weight = synapses.weight;
      return;
    }
    weight.assign(sources * targets, T(0));
    for (std::size_t s = 0; s < sources; ++s) {
      const auto row = synapses.row(s, group);
      for (std::size_t k = 0; k < row.count; ++k) {
        weight[s * targets + row.first_target + row.target[k]] += synapses.weight_at(row.begin + k);
      }
    }
  }
};

/// value[tick][neuron] of what a population sent.
template <class T>
std::vector<std::vector<T>> outputs(const SampleRecord& record, std::size_t p, std::size_t size) {
  std::vector<std::vector<T>> values(static_cast<std::size_t>(record.ticks),
                                     std::vector<T>(size, T(0)));
  const SpikeTrain& train = record.spikes[p];
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t n = 0; n < packet.ids.size(); ++n) {
      values[static_cast<std::size_t>(packet.tick)][packet.ids[n]] =
          packet.values.empty() ? T(1) : static_cast<T>(packet.values[n]);
    }
  }
  return values;
}

struct Totals {
  std::uint64_t accumulates = 0, multiply_accumulates = 0, driven = 0, idle = 0;
};

template <class T>
void check_counts(const Description& description, std::uint64_t seed, Totals& totals) {
  const Network<T> network = compile<T>(description, &test::no_files);
  SampleRecord record;
  make_reference_engine(network, {})->run(0, test::random_input(description, seed, 0.05), record);
  const auto ticks = static_cast<std::size_t>(record.ticks);
  constexpr std::size_t kReceptors = 4;
  std::vector<std::vector<std::vector<T>>> input;  // [population][tick][receptor and neuron]
  for (const PopulationSpec& population : description.populations) {
    input.emplace_back(ticks, std::vector<T>(kReceptors * population.size, T(0)));
  }
  for (std::size_t p = 0; p < description.projections.size(); ++p) {
    const ProjectionSpec& projection = description.projections[p];
    ThreadTeam team(1);
    const auto synapses = build_synapses<T>(description, p, &test::no_files, team);
    const auto sent = outputs<T>(record, projection.from, synapses.sources);
    ProjectionCounters expected;
    for (std::size_t group = 0; group < synapses.delays.size(); ++group) {
      const Matrix<T> matrix(synapses, group);
      const auto delay = static_cast<std::size_t>(synapses.delays[group]);
      const std::size_t first = static_cast<std::size_t>(projection.receptor) * matrix.targets;
      for (std::size_t tick = delay; tick < ticks; ++tick) {
        const auto& values = sent[tick - delay];
        std::uint64_t effective = 0;
        bool units = true;
        for (std::size_t s = 0; s < matrix.sources; ++s) {
          if (values[s] == T(0)) continue;
          units = units && std::abs(values[s]) == T(1);
          expected.events += group + 1 == synapses.delays.size();
          expected.synaptic_operations += matrix.degree[s];
          for (std::size_t t = 0; t < matrix.targets; ++t) {
            const T weight = matrix.weight[s * matrix.targets + t];
            effective += weight != T(0);
            T& sum = input[projection.to][tick][first + t];
            sum = std::fma(weight, values[s], sum);
          }
        }
        (units ? expected.accumulates : expected.multiply_accumulates) += effective;
      }
    }
    CAPTURE(p);
    CHECK(record.projections[p] == expected);
    totals.accumulates += expected.accumulates;
    totals.multiply_accumulates += expected.multiply_accumulates;
  }
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    if (description.populations[p].source) continue;
    std::uint64_t driven = 0;
    const std::size_t size = description.populations[p].size;
    for (const auto& row : input[p]) {
      for (std::size_t n = 0; n < size; ++n) {
        bool any = false;
        for (std::size_t r = 0; r < kReceptors; ++r) any = any || row[r * size + n] != T(0);
        driven += any;
      }
    }
    CAPTURE(p);
    CHECK(record.populations[p].updates_driven == driven);
    totals.driven += driven;
    totals.idle += record.populations[p].updates_done - driven;
  }
}

TEST_CASE("counters are what a count by hand gives, on random networks") {
  Totals totals;
  test::for_each_seed(200, [&](std::uint64_t seed) {
    const Description description = parse_description(test::random_network(seed), "random.yaml");
    if (description.precision == Precision::kSingle) {
      check_counts<float>(description, seed, totals);
    } else {
      check_counts<double>(description, seed, totals);
    }
  });
  // The property would be empty without work of every kind.
  CHECK(totals.accumulates > 10000);
  CHECK(totals.multiply_accumulates > 10000);
  CHECK(totals.driven > 10000);
  CHECK(totals.idle > 10000);
}

TEST_CASE("shared weights count at every place") {
  Totals totals;
  test::for_each_seed(50, [&](std::uint64_t seed) {
    const std::string yaml = test::random_window_network(seed);
    CAPTURE(yaml);
    check_counts<double>(parse_description(yaml, "random.yaml"), seed, totals);
  });
  CHECK(totals.accumulates > 1000);
  CHECK(totals.multiply_accumulates > 1000);
}

}  // namespace
}  // namespace neurosim
