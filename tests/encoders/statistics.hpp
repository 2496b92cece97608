#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/core/spike_train.hpp"

namespace neurosim::test {

// All statistical tests use fixed seeds: they pass or fail for good. Each was to fail with
// probability 1e-6 by chance when its seed was chosen, if the law holds.

/// One-sided normal quantile of 1 - 1e-6, and two-sided.
inline constexpr double kOneSided = 4.7534;
inline constexpr double kTwoSided = 4.8916;

/// The value that chi-square with `freedom` degrees exceeds with probability 1e-6, by the
/// approximation of Wilson and Hilferty (within 1 % for 8 degrees or more: 8 gives 42.9, exactly
/// 42.7; 100 gives 182.1, exactly 182.0).
inline double chi_square_limit(std::size_t freedom) {
  const auto n = static_cast<double>(freedom);
  const double root = 1 - 2 / (9 * n) + kOneSided * std::sqrt(2 / (9 * n));
  return n * root * root * root;
}

/// Counts k = 0 .. n of Binomial(n, p), as probabilities.
inline std::vector<double> binomial_law(int n, double p) {
  std::vector<double> law;
  for (int k = 0; k <= n; ++k) {
    law.push_back(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                           k * std::log(p) + (n - k) * std::log1p(-p)));
  }
  return law;
}

/// Checks observed counts against a law by chi-square. Neighbouring values are pooled until at
/// least 10 are expected; what is left at the end joins the last pool.
inline void check_law(const std::vector<double>& observed, const std::vector<double>& law) {
  double total = 0;
  for (const double count : observed) total += count;
  std::vector<double> seen, expected;
  double seen_pool = 0, expected_pool = 0;
  for (std::size_t k = 0; k < law.size(); ++k) {
    seen_pool += observed[k];
    expected_pool += total * law[k];
    if (expected_pool < 10) continue;
    seen.push_back(seen_pool);
    expected.push_back(expected_pool);
    seen_pool = expected_pool = 0;
  }
  seen.back() += seen_pool;
  expected.back() += expected_pool;
  double chi_square = 0;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    chi_square += (seen[k] - expected[k]) * (seen[k] - expected[k]) / expected[k];
  }
  CHECK(chi_square < chi_square_limit(seen.size() - 1));
}

/// The invariants that SpikeTrain states, and that every spike lies in [first, end) x neurons and
/// has a value if and only if the train is `graded`.
inline void check_invariants(const SpikeTrain& train, Tick first, Tick end, std::size_t neurons,
                             bool graded = false) {
  bool good = train.values().size() == (graded ? train.spike_count() : 0);
  std::size_t spikes = 0;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    good = good && packet.tick >= first && packet.tick < end && !packet.ids.empty();
    good = good && (k == 0 || packet.tick > train.packet(k - 1).tick);
    for (std::size_t i = 0; i < packet.ids.size(); ++i) {
      good = good && packet.ids[i] < neurons && (i == 0 || packet.ids[i] > packet.ids[i - 1]);
    }
    spikes += packet.ids.size();
  }
  CHECK(good);
  CHECK(spikes == train.spike_count());
}

/// FNV-1a over ticks and ids: whether a train has the same spikes on every machine.
inline std::uint64_t fingerprint(const SpikeTrain& train) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&hash](std::uint64_t word) {
    for (int byte = 0; byte < 8; ++byte) {
      hash = (hash ^ (word >> 8 * byte & 0xFF)) * 0x100000001b3u;
    }
  };
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    add(static_cast<std::uint64_t>(train.packet(k).tick));
    for (const NeuronId id : train.packet(k).ids) add(id);
  }
  return hash;
}

/// Visits every spike as (tick, id).
template <class Visit>
void for_each_spike(const SpikeTrain& train, Visit visit) {
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (const NeuronId id : packet.ids) visit(packet.tick, id);
  }
}

}  // namespace neurosim::test
