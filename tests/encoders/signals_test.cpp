// Delta and current: encoders of analogue values.

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "encoders/encoder.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using Reference = DeltaCode::Reference;
using Directions = DeltaCode::Directions;

struct Spike {
  Tick tick;
  NeuronId id;
  double value;
  friend bool operator==(const Spike&, const Spike&) = default;
};

std::vector<Spike> spikes(const SpikeTrain& train) {
  std::vector<Spike> all;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t j = 0; j < packet.ids.size(); ++j) {
      all.push_back({packet.tick, packet.ids[j], packet.values.empty() ? 1 : packet.values[j]});
    }
  }
  return all;
}

std::vector<Spike> delta(const DeltaCode& code, const std::vector<float>& values,
                         std::size_t channels, Tick steps, Tick first = 0) {
  SpikeTrain train;
  make_delta_encoder(code)->encode(values, channels, first, steps, train);
  CHECK(!train.graded());
  return spikes(train);
}

TEST_CASE("delta: changes since the step before, or since the level of the last crossing") {
  const std::vector<float> values = {0, 0.6f, 1.2f, 1.2f, 3, 3, 3, 0};
  const std::vector<Spike> previous = {{4, 1, 1}, {7, 0, 1}};
  CHECK(delta({.threshold = 1, .reference = Reference::kPrevious}, values, 1, 8) == previous);
  // The level follows by one threshold a step: 0, 0, 1, 1, 2, 3, 3, 2.
  const std::vector<Spike> level = {{2, 1, 1}, {4, 1, 1}, {5, 1, 1}, {7, 0, 1}};
  CHECK(delta({.threshold = 1, .reference = Reference::kLevel}, values, 1, 8) == level);
  const std::vector<Spike> rises = {{4, 0, 1}};
  CHECK(delta({.threshold = 1, .directions = Directions::kRises}, values, 1, 8) == rises);
  CHECK(delta({.threshold = 1}, values, 1, 5, 10) == std::vector<Spike>{{14, 1, 1}});
  CHECK(delta({.threshold = 1}, {}, 1, 5).empty());
}

TEST_CASE("delta: a plain loop gives the same spikes") {
  test::for_each_seed(200, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const std::size_t channels = 1 + draw.below(5);
    std::vector<float> values(channels * draw.below(60));
    for (float& value : values) value = static_cast<float>(draw.real(-1, 1));
    const DeltaCode code = {
        .threshold = draw.real(0.05, 1),
        .reference = draw.chance(0.5) ? Reference::kPrevious : Reference::kLevel,
        .directions = draw.chance(0.5) ? Directions::kRises : Directions::kBoth};
    const bool both = code.directions == Directions::kBoth;
    CHECK(make_delta_encoder(code)->neurons(channels) == (both ? 2 : 1) * channels);
    std::vector<Spike> expected;
    for (std::size_t c = 0; c < channels; ++c) {
      double reference = values.empty() ? 0 : static_cast<double>(values[c]);
      for (std::size_t t = 0; t * channels < values.size() && t < 50; ++t) {
        const double change = static_cast<double>(values[t * channels + c]) - reference;
        const bool rise = change >= code.threshold, fall = change <= -code.threshold;
        if (rise) {
          expected.push_back(
              {static_cast<Tick>(t), static_cast<NeuronId>(both ? channels + c : c), 1});
        }
        if (fall && both) {
          expected.push_back({static_cast<Tick>(t), static_cast<NeuronId>(c), 1});
        }
        reference += code.reference == Reference::kPrevious ? change
                     : rise                                 ? code.threshold
                     : fall                                 ? -code.threshold
                                                            : 0;
        if (code.reference == Reference::kPrevious) {
          reference = static_cast<double>(values[t * channels + c]);
        }
      }
    }
    std::ranges::sort(expected, {}, [](const Spike& s) { return std::pair(s.tick, s.id); });
    CHECK(delta(code, values, channels, 50) == expected);
  });
}

TEST_CASE("current: every pixel at every step, but for those without any") {
  SpikeTrain train;
  const std::vector<std::uint8_t> pixels = {0, 255, 51};
  make_current_encoder({.gain = 2})->encode(pixels, 3, 2, {}, train);
  const double dim = 2 * (51.0 / 255);
  CHECK(spikes(train) == std::vector<Spike>{{3, 1, 2}, {3, 2, dim}, {4, 1, 2}, {4, 2, dim}});
  make_current_encoder({.gain = -1, .offset = 1})->encode(pixels, 0, 1, {}, train);
  CHECK(spikes(train) == std::vector<Spike>{{0, 0, 1}, {0, 2, 1 - 51.0 / 255}});
  make_current_encoder({})->encode(std::vector<std::uint8_t>(5, 0), 0, 9, {}, train);
  CHECK(train.spike_count() == 0);
}

TEST_CASE("current: a signal as it is, its zeros left out, as long as it lasts") {
  SpikeTrain train;
  const std::vector<float> values = {1, 0, 0, -2, 0.5f, 0};
  make_signal_current_encoder({.gain = 2})->encode(values, 2, 1, 10, train);
  CHECK(spikes(train) == std::vector<Spike>{{1, 0, 2}, {2, 1, -4}, {3, 0, 1}});
  make_signal_current_encoder({.gain = 2})->encode(values, 2, 1, 1, train);
  CHECK(spikes(train) == std::vector<Spike>{{1, 0, 2}});
}

}  // namespace
}  // namespace neurosim
