#include <doctest/doctest.h>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "tests/encoders/statistics.hpp"
#include "tests/support/random_tests.hpp"

namespace neurosim {
namespace {

TEST_CASE("current: an image sends gain x + offset at every step") {
  test::for_each_seed(60, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const CurrentCode code = {.gain = draw.real(-3, 3),
                              .offset = draw.chance(0.5) ? 0 : draw.real(-3, 3)};
    std::vector<std::uint8_t> pixels(draw.below(40));
    for (auto& pixel : pixels) {
      pixel = static_cast<std::uint8_t>(draw.chance(0.5) ? 0 : draw.below(256));
    }
    const auto steps = static_cast<Tick>(draw.below(20));
    SpikeTrain train, expected;
    train.append(0, 3);  // to be overwritten
    make_current_encoder(code)->encode(pixels, 7, steps, {}, train);
    expected.clear();
    for (Tick step = 0; step < steps; ++step) {
      for (NeuronId id = 0; id < pixels.size(); ++id) {
        const double value = code.gain * (pixels[id] / 255.0) + code.offset;
        if (value != 0) expected.append(7 + step, id, value);
      }
    }
    CHECK(train == expected);
    test::check_invariants(train, 7, 7 + steps, pixels.size(), true);
  });
}

TEST_CASE("current: pixels of 0 without offset send nothing, full ones exactly gain + offset") {
  SpikeTrain train;
  make_current_encoder({.gain = 2})->encode(std::vector<std::uint8_t>(9), 0, 5, {}, train);
  CHECK(train == SpikeTrain());
  const std::vector<std::uint8_t> full = {255};
  make_current_encoder({.gain = 0.1, .offset = 1})->encode(full, 0, 1, {}, train);
  CHECK(train.packet(0).values[0] == 1.1);
  make_current_encoder({.gain = 1, .offset = -1})->encode(full, 0, 4, {}, train);
  CHECK(train == SpikeTrain());
}

TEST_CASE("current: a signal sends gain v + offset of each point") {
  test::for_each_seed(60, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const CurrentCode code = {.gain = draw.real(-3, 3),
                              .offset = draw.chance(0.5) ? 0 : draw.real(-3, 3)};
    const std::size_t channels = 1 + draw.below(5), points = draw.below(20);
    const auto steps = static_cast<Tick>(draw.below(25));
    std::vector<float> values(channels * points);
    for (float& v : values) v = draw.chance(0.3) ? 0 : static_cast<float>(draw.real(-2, 2));
    const auto encoder = make_signal_current_encoder(code);
    SpikeTrain train, expected;
    train.append(0, 3);
    encoder->encode(values, channels, 11, steps, train);
    expected.clear();
    for (std::size_t k = 0; k < values.size(); ++k) {
      const auto point = static_cast<Tick>(k / channels);
      const double value = code.gain * static_cast<double>(values[k]) + code.offset;
      if (point < steps && value != 0) {
        expected.append(11 + point, static_cast<NeuronId>(k % channels), value);
      }
    }
    CHECK(train == expected);
    CHECK(encoder->neurons(channels) == channels);
    test::check_invariants(train, 11, 11 + steps, channels, true);
  });
}

TEST_CASE("current: a signal without points, and one cut off within a point") {
  SpikeTrain train;
  const auto encoder = make_signal_current_encoder({});
  encoder->encode({}, 3, 0, 10, train);
  CHECK(train == SpikeTrain());
  CHECK_THROWS_AS(encoder->encode(std::vector<float>(4), 3, 0, 10, train), InternalError);
}

}  // namespace
}  // namespace neurosim
