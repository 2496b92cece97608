#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <thread>

#include "encoders/encoder.hpp"
#include "tests/encoders/statistics.hpp"

namespace neurosim {
namespace {

using test::check_invariants;
using test::for_each_spike;

/// Images of 16 x 16 pixels, one of each brightness: row 0 has 0 .. 15.
constexpr std::size_t kSide = 16;

std::vector<std::uint8_t> all_levels() {
  std::vector<std::uint8_t> pixels(kSide * kSide);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  return pixels;
}

SpikeTrain encode(const RowsCode& code, const std::vector<std::uint8_t>& pixels, Tick first,
                  Tick steps, EncodingKey key) {
  SpikeTrain train;
  make_rows_encoder(code)->encode(pixels, first, steps, key, train);
  return train;
}

TEST_CASE("rows: where every pixel spikes or none, each row shows for its steps and no longer") {
  // Row r of 5 has its pixels on in columns r and 3; 3 steps a row, from tick 10 on.
  constexpr std::size_t kRows = 5, kColumns = 6;
  constexpr Tick kSteps = 3, kFirst = 10;
  std::vector<std::uint8_t> pixels(kRows * kColumns, 0);
  for (std::size_t row = 0; row < kRows; ++row) {
    pixels[row * kColumns + row] = pixels[row * kColumns + 3] = 255;
  }
  SpikeTrain expected;
  expected.clear();
  for (Tick tick = 0; tick < kSteps * static_cast<Tick>(kRows); ++tick) {
    const auto row = static_cast<NeuronId>(tick / kSteps);
    std::vector<NeuronId> ids = {std::min(row, NeuronId{3}), std::max(row, NeuronId{3})};
    if (row == 3) ids.pop_back();
    expected.append_packet(kFirst + tick, ids);
  }
  const RowsCode code = {.gain = 1, .steps_per_row = kSteps, .columns = kColumns};
  CHECK(encode(code, pixels, kFirst, kSteps * kRows, {}) == expected);
  CHECK(encode(code, pixels, kFirst, 1000, {}) == expected);  // silent after the last row
  CHECK(make_rows_encoder(code)->neurons(pixels.size()) == kColumns);
}

TEST_CASE("rows: the chance of a spike is gain times the pixel, kept within 0 and 1") {
  const auto spikes = [](double gain, std::uint8_t pixel) {
    return encode({.gain = gain, .steps_per_row = 10, .columns = 2}, {pixel, pixel}, 0, 10, {})
        .spike_count();
  };
  CHECK(spikes(1, 255) == 20);
  CHECK(spikes(100, 3) == 20);
  CHECK(spikes(1, 0) == 0);
  CHECK(spikes(0, 255) == 0);
  CHECK(spikes(-1, 255) == 0);
}

TEST_CASE("rows: spikes of each pixel follow its brightness, at each step of its row") {
  constexpr std::uint32_t kSamples = 2000;
  constexpr Tick kSteps = 5;
  constexpr double kGain = 0.7;
  const auto encoder =
      make_rows_encoder({.gain = kGain, .steps_per_row = kSteps, .columns = kSide});
  const auto steps = static_cast<Tick>(kSide) * kSteps;
  std::vector<std::array<double, kSteps>> counts(kSide * kSide);
  SpikeTrain train;
  for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
    encoder->encode(all_levels(), 0, steps, {.seed = 3, .sample = sample}, train);
    check_invariants(train, 0, steps, kSide);
    for_each_spike(train, [&](Tick tick, NeuronId column) {
      const auto row = static_cast<std::size_t>(tick / kSteps);
      ++counts[row * kSide + column][static_cast<std::size_t>(tick % kSteps)];
    });
  }
  // Squares of standardised binomials; brightnesses whose counts are far from normal are left out.
  double sum = 0;
  std::size_t freedom = 0;
  for (std::size_t level = 5; level < counts.size(); ++level) {
    const double p = kGain * static_cast<double>(level) / 255;
    const double mean = p * kSamples;
    for (const double count : counts[level]) {
      sum += (count - mean) * (count - mean) / (mean * (1 - p));
      ++freedom;
    }
  }
  CHECK(sum < test::chi_square_limit(freedom));
}

TEST_CASE("rows: a pixel's spikes are those of the rate code, later by the rows above") {
  const RowsCode code = {.gain = 0.6, .steps_per_row = 7, .columns = kSide};
  const EncodingKey key = {.seed = 9, .sample = 4, .epoch = 2, .population = 1};
  SpikeTrain image;
  make_rate_encoder({.gain = 0.6})->encode(all_levels(), 0, 7, key, image);
  std::vector<std::vector<Tick>> expected(kSide * kSide), seen(kSide * kSide);
  for_each_spike(image, [&](Tick tick, NeuronId pixel) { expected[pixel].push_back(tick); });
  for_each_spike(encode(code, all_levels(), 0, 7 * kSide, key), [&](Tick tick, NeuronId column) {
    const Tick row = tick / 7;
    seen[static_cast<std::size_t>(row) * kSide + column].push_back(tick - 7 * row);
  });
  CHECK(seen == expected);
}

TEST_CASE("rows: a train depends on its key only, not on calls before it nor on the thread") {
  const auto encoder = make_rows_encoder({.gain = 0.5, .steps_per_row = 4, .columns = kSide});
  const auto pixels = all_levels();
  std::vector<SpikeTrain> forward(20), backward(20);
  for (std::uint32_t k = 0; k < 20; ++k) encoder->encode(pixels, 0, 64, {.sample = k}, forward[k]);
  std::thread([&] {
    for (std::uint32_t k = 20; k-- > 0;) {
      encoder->encode(pixels, 5, 90, {.sample = k, .epoch = 8}, backward[k]);
      encoder->encode(pixels, 0, 64, {.sample = k}, backward[k]);
    }
  }).join();
  CHECK(forward == backward);
  CHECK(forward[0] != forward[1]);
  SpikeTrain other;
  for (const EncodingKey key : {EncodingKey{.seed = 2}, EncodingKey{.epoch = 1}}) {
    encoder->encode(pixels, 0, 64, key, other);
    CHECK(other != forward[0]);
  }
}

TEST_CASE("rows: nothing to show") {
  const RowsCode code = {.columns = 3};
  CHECK(encode(code, {}, 0, 100, {}).spike_count() == 0);
  CHECK(encode(code, {}, 0, 0, {}).spike_count() == 0);
  CHECK(encode(code, std::vector<std::uint8_t>(9, 0), 0, 12, {}).spike_count() == 0);
}

}  // namespace
}  // namespace neurosim
