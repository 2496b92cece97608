// Noise on r and rs (arXiv:2306.03623, sec. 4.5.3): inferred from single steps.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "models/src_neuron.hpp"
#include "one_block.hpp"

namespace neurosim {
namespace {

using test::OneBlock;
using Src = OneBlock<SrcNeuron, double>;

constexpr std::size_t kH = 2;

/// A block that shows r (h = 0.5, hs = 0) or rs (h = 0, hs = -0.15) in its first step: without
/// input and bias, atanh(h[0]) = r h + rs hs, near 1.
Src probe(bool slow, double noise) {
  return Src({{"bias", {0}},
              {"bias_max", {}},
              {"noise", {noise}},
              {"initial_h", {slow ? 0 : 0.5}},
              {"initial_hs", {slow ? -0.15 : 0}}});
}

double inferred(const Src& block, bool slow, int lane) {
  return std::atanh(block.observe(kH, lane)) / (slow ? -0.15 : 0.5);
}

struct Key {
  std::uint64_t seed = 1;
  std::uint32_t sample = 0;
  Tick tick = 0;
  NeuronId first_neuron = 0;
};

/// r or rs of the 64 neurons of a block at one key.
std::vector<double> feedback(bool slow, double noise, const Key& key) {
  Src block = probe(slow, noise);
  block.context.seed = key.seed;
  block.context.sample = key.sample;
  block.context.first_neuron = key.first_neuron;
  block.advance(key.tick);
  std::vector<double> values;
  for (int lane = 0; lane < kBlock; ++lane) values.push_back(inferred(block, slow, lane));
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, within_one = 0;
};

Moments moments(const std::vector<double>& values, double expected_deviation) {
  const auto n = static_cast<double>(values.size());
  Moments m;
  for (const double v : values) m.mean += v / n;
  for (const double v : values) m.deviation += (v - m.mean) * (v - m.mean) / (n - 1);
  m.deviation = std::sqrt(m.deviation);
  for (const double v : values)
    m.within_one += std::fabs(v - m.mean) < expected_deviation ? 1 / n : 0;
  return m;
}

TEST_CASE("r and rs are normal about their values, independent of each other") {
  constexpr double kNoise = 0.2;
  constexpr int kTicks = 500;
  std::vector<double> r, rs;
  for (Tick tick = 0; tick < kTicks; ++tick) {
    for (const bool slow : {false, true}) {
      const auto values = feedback(slow, kNoise, {.tick = tick});
      (slow ? rs : r).insert((slow ? rs : r).end(), values.begin(), values.end());
    }
  }
  const double n = kTicks * kBlock;
  // Six standard deviations of each estimate; a normal number lies within one of its own in
  // 68.27 % of cases.
  for (const auto& [values, mean] : {std::pair{r, 2.0}, std::pair{rs, -7.0}}) {
    const Moments m = moments(values, kNoise);
    CHECK(std::fabs(m.mean - mean) < 6 * kNoise / std::sqrt(n));
    CHECK(std::fabs(m.deviation - kNoise) < 6 * kNoise / std::sqrt(2 * n));
    CHECK(std::fabs(m.within_one - 0.682689) < 6 * std::sqrt(0.6827 * 0.3173 / n));
  }
  double correlation = 0;
  for (std::size_t k = 0; k < r.size(); ++k) correlation += (r[k] - 2) * (rs[k] + 7);
  CHECK(std::fabs(correlation) / (n * kNoise * kNoise) < 6 / std::sqrt(n));
}

TEST_CASE("noise is keyed by seed, sample, tick and neuron") {
  const Key key = {.seed = 5, .sample = 3, .tick = 11, .first_neuron = 128};
  const auto values = feedback(false, 0.2, key);
  CHECK(feedback(false, 0.2, key) == values);
  for (Key other :
       {Key{6, 3, 11, 128}, Key{5, 4, 11, 128}, Key{5, 3, 12, 128}, Key{5, 3, 11, 192}}) {
    const auto changed = feedback(false, 0.2, other);
    for (std::size_t k = 0; k < values.size(); ++k) CHECK(changed[k] != values[k]);
  }
  // By the neuron, not by its place in a block.
  const auto shifted = feedback(false, 0.2, {5, 3, 11, 128 + 16});
  for (std::size_t k = 0; k + 16 < values.size(); ++k) CHECK(shifted[k] == values[k + 16]);
}

TEST_CASE("the noise scales with its standard deviation and vanishes at 0") {
  const Key key = {.tick = 7};
  const auto none = feedback(false, 0, key), small = feedback(false, 0.1, key),
             large = feedback(false, 0.3, key);
  for (std::size_t k = 0; k < none.size(); ++k) {
    CHECK(none[k] == doctest::Approx(2).epsilon(1e-14));
    CHECK(large[k] - 2 == doctest::Approx(3 * (small[k] - 2)).epsilon(1e-9));
  }
}

TEST_CASE_TEMPLATE("noise 0 is the model without noise, to the bit, whatever the key", T, float,
                   double) {
  OneBlock<SrcNeuron, T> plain, zero({{"noise", {0.0}}});
  zero.context.seed = 99;
  zero.context.sample = 12;
  for (int t = 0; t < 200; ++t) {
    plain.step(t % 5 ? 0 : 2);
    zero.step(t % 5 ? 0 : 2);
    REQUIRE(std::memcmp(&plain.state, &zero.state, sizeof plain.state) == 0);
    REQUIRE(plain.awake == zero.awake);
  }
}

TEST_CASE("noise leaves the input current alone and never lets a block sleep") {
  OneBlock<SrcNeuron, float> plain, noisy({{"noise", {0.2}}, {"rest_tolerance", {1e9}}});
  for (int t = 0; t < 3000; ++t) {
    plain.step(t == 0 ? 1 : 0);
    noisy.step(t == 0 ? 1 : 0);
    REQUIRE(noisy.observe(0) == plain.observe(0));
    REQUIRE(noisy.awake != 0);
  }
  CHECK(plain.awake == 0);
}

TEST_CASE("the paper's noise keeps spikes in (0, 1) and a neuron at b = -6 silent") {
  // Fig. 6: sigma 0.2.
  OneBlock<SrcNeuron, float> quiet({{"noise", {0.2}}}), busy({{"noise", {0.2}}, {"bias", {-4}}});
  std::size_t spikes = 0;
  for (int t = 0; t < 1000; ++t) {
    quiet.step(0);
    busy.step(0);
    for (int lane = 0; lane < kBlock; ++lane) {
      REQUIRE(quiet.output.at[lane] == 0);
      REQUIRE(busy.output.at[lane] >= 0);
      REQUIRE(busy.output.at[lane] < 1);
      spikes += busy.output.at[lane] > 0;
    }
  }
  // About 3 of 24 steps, as without noise.
  CHECK(static_cast<double>(spikes) / (1000 * kBlock) == doctest::Approx(3.0 / 24).epsilon(0.3));
}

}  // namespace
}  // namespace neurosim
