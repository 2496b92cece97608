#include <doctest/doctest.h>

#include <limits>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "tests/encoders/statistics.hpp"
#include "tests/support/random_tests.hpp"

namespace neurosim {
namespace {

using Reference = DeltaCode::Reference;
using Directions = DeltaCode::Directions;

SpikeTrain encode(const DeltaCode& code, const std::vector<float>& values, std::size_t channels,
                  Tick first = 0, Tick steps = 1000) {
  SpikeTrain train;
  train.append(0, 3);  // to be overwritten
  make_delta_encoder(code)->encode(values, channels, first, steps, train);
  return train;
}

/// What one channel does at each point: 1 rise, -1 fall.
std::vector<int> encode_channel(const DeltaCode& code, const std::vector<float>& values) {
  std::vector<int> result(values.size());
  test::for_each_spike(encode(code, values, 1), [&](Tick tick, NeuronId id) {
    result[static_cast<std::size_t>(tick)] += id == 1 ? 1 : -1;
  });
  return result;
}

/// One channel by itself, the whole way through.
std::vector<int> plain_delta(const DeltaCode& code, const std::vector<float>& values) {
  std::vector<int> result(values.size());
  int crossings = 0;
  for (std::size_t t = 1; t < values.size(); ++t) {
    if (code.reference == Reference::kPrevious) {
      const auto threshold = static_cast<float>(code.threshold);
      const float change = values[t] - values[t - 1];
      result[t] = (change >= threshold ? 1 : 0) - (change <= -threshold ? 1 : 0);
    } else {
      const double level = static_cast<double>(values[0]) + crossings * code.threshold;
      const double above = static_cast<double>(values[t]) - level;
      result[t] = (above >= code.threshold ? 1 : 0) - (above <= -code.threshold ? 1 : 0);
      crossings += result[t];
    }
  }
  return result;
}

TEST_CASE("delta: every option against a plain loop over each channel") {
  test::for_each_seed(200, [](std::uint64_t seed) {
    test::Draw draw(seed);
    // Quarters, so that changes of exactly the threshold are frequent.
    const DeltaCode code = {
        .threshold =
            draw.chance(0.5) ? 0.25 * static_cast<double>(1 + draw.below(4)) : draw.real(0.01, 2),
        .reference = draw.chance(0.5) ? Reference::kPrevious : Reference::kLevel,
        .directions = draw.chance(0.5) ? Directions::kBoth : Directions::kRises,
    };
    const bool both = code.directions == Directions::kBoth;
    const std::size_t channels = 1 + draw.below(6), points = draw.below(60);
    const auto steps = static_cast<Tick>(draw.below(80));
    std::vector<float> values(channels * points);
    for (std::size_t k = 0; k < values.size(); ++k) {
      const float before = k < channels ? 0 : values[k - channels];
      values[k] = before + 0.25f * static_cast<float>(static_cast<int>(draw.below(9)) - 4);
    }
    std::vector<std::vector<int>> expected(channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      std::vector<float> own;
      for (std::size_t k = channel; k < values.size(); k += channels) own.push_back(values[k]);
      expected[channel] = plain_delta(code, own);
    }
    SpikeTrain train;
    for (std::size_t t = 0; t < points && static_cast<Tick>(t) < steps; ++t) {
      const Tick tick = 13 + static_cast<Tick>(t);
      for (NeuronId c = 0; c < channels; ++c) {
        if (both && expected[c][t] == -1) train.append(tick, c);
      }
      for (NeuronId c = 0; c < channels; ++c) {
        const auto rise = static_cast<NeuronId>(both ? channels + c : c);
        if (expected[c][t] == 1) train.append(tick, rise);
      }
    }
    const SpikeTrain encoded = encode(code, values, channels, 13, steps);
    CHECK(encoded == train);
    CHECK(make_delta_encoder(code)->neurons(channels) == (both ? 2 : 1) * channels);
    test::check_invariants(encoded, 13, 13 + steps, (both ? 2 : 1) * channels);
  });
}

TEST_CASE("delta: the examples of snnTorch, with padding") {
  CHECK(encode_channel({.threshold = 1}, {1, 2, 0, 2, 2.9f}) == std::vector<int>{0, 1, -1, 1, 0});
  // The code's result; the text beside it names a spike at the fourth value too.
  CHECK(encode_channel({.threshold = 1}, {1, 2, 2.9f, 3, 3.9f}) == std::vector<int>{0, 1, 0, 0, 0});
}

TEST_CASE("delta: changes of the threshold are seen as float32 sees them") {
  // 0.5f - 0.4f is below 0.1f, 1 - 0.9f above.
  CHECK(encode_channel({.threshold = 0.1}, {0.4f, 0.5f, 0.4f}) == std::vector<int>{0, 0, 0});
  CHECK(encode_channel({.threshold = 0.1}, {0.9f, 1.0f, 0.9f}) == std::vector<int>{0, 1, -1});
}

TEST_CASE("delta: the level moves by one threshold a step, in both directions") {
  const DeltaCode level = {.threshold = 1, .reference = Reference::kLevel};
  CHECK(encode_channel(level, {0, 0.5, 1, 1.5, 2, 1.5, 1, 0.5}) ==
        std::vector<int>{0, 0, 1, 0, 1, 0, -1, 0});
  CHECK(encode_channel(level, {0, 3, 3, 3, 3}) == std::vector<int>{0, 1, 1, 1, 0});
  const DeltaCode rises = {
      .threshold = 1, .reference = Reference::kLevel, .directions = Directions::kRises};
  CHECK(encode(rises, {0, 1, 0, 1}, 1).spike_count() == 2);
}

TEST_CASE("delta: the level does not drift by rounding") {
  // A saw of 10 thresholds of 0.1 up and down: summed up one by one, 0.1 would be off by now.
  std::vector<float> values;
  for (int k = 0; k < 100000; ++k) values.push_back(k / 10 % 2 == 0 ? 0.0f : 1.05f);
  const auto spikes = encode({.threshold = 0.1, .reference = Reference::kLevel}, values, 1, 0,
                             static_cast<Tick>(values.size()));
  CHECK(spikes.spike_count() == 100000 - 10);
}

TEST_CASE("delta: values that are no numbers cross nothing") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const Reference reference : {Reference::kPrevious, Reference::kLevel}) {
    const DeltaCode code = {.threshold = 1, .reference = reference};
    CHECK(encode_channel(code, {kNan, kNan, 0}) == std::vector<int>{0, 0, 0});
    CHECK(encode_channel(code, {0, kNan, 0}) == std::vector<int>{0, 0, 0});
    CHECK(encode_channel(code, {0, kInf})[1] == 1);
    CHECK(encode_channel(code, {-kInf, -kInf}) == std::vector<int>{0, 0});
  }
}

TEST_CASE("delta: a signal without points, and one cut off within a point") {
  CHECK(encode({}, {}, 3) == SpikeTrain());
  CHECK(encode({}, {0, 1, 2}, 1, 0, 0) == SpikeTrain());
  CHECK_THROWS_AS(encode({}, {0, 1, 2, 3}, 3), InternalError);
}

}  // namespace
}  // namespace neurosim
