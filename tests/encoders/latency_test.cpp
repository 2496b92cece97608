#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "tests/encoders/statistics.hpp"
#include "tests/support/random_tests.hpp"
#include "tests/support/shared_data.hpp"

namespace neurosim {
namespace {

using Pixels = std::vector<std::uint8_t>;
using Curve = LatencyCode::Curve;
using Below = LatencyCode::BelowThreshold;
using Late = LatencyCode::LateSpikes;

constexpr Tick kNone = -1;

/// One pixel of each brightness.
Pixels all_levels() {
  Pixels pixels(256);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  return pixels;
}

/// The step of each pixel's spike, kNone where there is none.
std::vector<Tick> encode(const LatencyCode& code, const Pixels& pixels, Tick steps,
                         Tick first = 0) {
  SpikeTrain train;
  make_latency_encoder(code)->encode(pixels, first, steps, {}, train);
  test::check_invariants(train, first, first + steps, pixels.size());
  std::vector<Tick> result(pixels.size(), kNone);
  test::for_each_spike(train, [&](Tick tick, NeuronId id) {
    CHECK(result[id] == kNone);
    result[id] = tick - first;
  });
  return result;
}

TEST_CASE("latency: every step that snnTorch 0.9.4 gave") {
  if (!test::have_shared("reference/encoders.json")) return;
  std::ifstream file(test::shared_path("reference/encoders.json"));
  const auto cases = nlohmann::json::parse(file).at("latency");
  REQUIRE(cases.size() == 12);
  for (const auto& given : cases) {
    Pixels pixels;
    for (const double x : given.at("pixels")) {
      pixels.push_back(static_cast<std::uint8_t>(std::lround(255 * x)));
    }
    const LatencyCode code = {
        .tau = given.at("tau"),
        .threshold = given.at("threshold"),
        .normalize = given.at("normalize"),
        .curve = given.at("linear") ? Curve::kLinear : Curve::kLogarithmic,
        .below = given.at("clip") ? Below::kClip : Below::kSpikeLast,
        .late = given.at("bypass") ? Late::kDrop : Late::kRefuse,
    };
    CAPTURE(given.at("num_steps").get<Tick>());
    CHECK(encode(code, pixels, given.at("num_steps")) == given.at("step"));
  }
}

/// spikegen.latency line by line, on the tensor of one sample.
std::vector<Tick> plain_latency(const LatencyCode& code, const Pixels& pixels, Tick steps) {
  const auto first = static_cast<float>(code.first_spike_time);
  const auto threshold = static_cast<float>(code.threshold);
  std::vector<float> data, times;
  for (const std::uint8_t pixel : pixels) data.push_back(static_cast<float>(pixel) / 255.0f);
  if (code.curve == Curve::kLinear) {
    const double tau =
        code.normalize ? static_cast<double>(steps - 1 - code.first_spike_time) : code.tau;
    for (const float x : data) {
      const float time = static_cast<float>(-tau) * (x - 1.0f);
      times.push_back(std::min(time, static_cast<float>(-tau * (code.threshold - 1))) + first);
    }
  } else {
    for (const float x : data) {
      const float clamped = std::max(x, static_cast<float>(code.threshold + 1e-7));
      const auto ratio = static_cast<double>(clamped / (clamped - threshold));
      times.push_back(static_cast<float>(code.tau) * static_cast<float>(std::log(ratio)) + first);
    }
    if (code.normalize) {
      float most = 0;
      for (const float time : times) most = std::max(most, time - first);
      const auto span = static_cast<float>(steps - code.first_spike_time - 1);
      for (float& time : times) time = (time - first) * span / most + first;
    }
  }
  std::vector<Tick> result;
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    const auto step = static_cast<Tick>(std::nearbyint(times[k]));
    const bool removed = code.below == Below::kClip && data[k] < threshold;
    result.push_back(removed || step >= steps ? kNone : step);
  }
  return result;
}

TEST_CASE("latency: follows the formulas of snnTorch for any options and images") {
  test::for_each_seed(400, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const LatencyCode code = {
        .tau = draw.real(0.1, 80),
        .threshold = draw.chance(0.3) ? 0.01 : draw.real(0.002, 0.999),
        .first_spike_time = draw.chance(0.5) ? 0 : static_cast<Tick>(draw.below(30)),
        .normalize = draw.chance(0.5),
        .curve = draw.chance(0.5) ? Curve::kLinear : Curve::kLogarithmic,
        .below = draw.chance(0.5) ? Below::kClip : Below::kSpikeLast,
        .late = Late::kDrop,
    };
    const Tick steps = code.first_spike_time + 1 + static_cast<Tick>(draw.below(300));
    Pixels pixels(draw.below(900));
    const std::size_t levels = 1 + draw.below(256);
    for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(255 - draw.below(levels));
    CHECK(encode(code, pixels, steps, 17) == plain_latency(code, pixels, steps));
  });
}

TEST_CASE("latency: ties go to the even step") {
  // Pixels below the threshold 1/2 spike at tau / 2.
  for (const auto& [tau, step] : {std::pair{1.0, 0}, {3.0, 2}, {5.0, 2}, {7.0, 4}, {9.0, 4}}) {
    CAPTURE(tau);
    CHECK(encode({.tau = tau, .threshold = 0.5, .normalize = false, .below = Below::kSpikeLast},
                 {0, 255}, 10) == std::vector<Tick>{step, 0});
  }
}

TEST_CASE("latency: an image of one brightness") {
  const LatencyCode linear = {.below = Below::kSpikeLast};
  const LatencyCode logarithmic = {.curve = Curve::kLogarithmic, .below = Below::kSpikeLast};
  CHECK(encode(linear, {255, 255}, 100) == std::vector<Tick>{0, 0});
  CHECK(encode(linear, {0, 0}, 100) == std::vector<Tick>{98, 98});  // 0.99 x 99
  for (const std::uint8_t level : Pixels{0, 100, 255}) {
    CHECK(encode(logarithmic, {level, level}, 100) == std::vector<Tick>{99, 99});
  }
}

TEST_CASE("latency: few steps, no pixels, and times that vanish") {
  for (const Curve curve : {Curve::kLinear, Curve::kLogarithmic}) {
    const LatencyCode code = {.first_spike_time = 5, .curve = curve};
    CHECK(encode(code, {0, 255}, 0) == std::vector<Tick>{kNone, kNone});
    CHECK(encode(code, {0, 255}, 5) == std::vector<Tick>{kNone, kNone});
    CHECK(encode(code, {0, 100, 255}, 6) == std::vector<Tick>{kNone, 5, 5});
    CHECK(encode(code, {}, 20).empty());
    CHECK(encode({.curve = curve}, {0, 1, 2}, 20) == std::vector<Tick>(3, kNone));  // all below
  }
  // x / (x - 1e-30) is 1 in float32.
  CHECK(encode({.threshold = 1e-30, .first_spike_time = 3, .curve = Curve::kLogarithmic}, {1, 255},
               50) == std::vector<Tick>{3, 3});
  CHECK(encode({.tau = 1e-300, .first_spike_time = 3, .curve = Curve::kLogarithmic}, {0, 10, 255},
               50) == std::vector<Tick>{kNone, 3, 3});
}

TEST_CASE("latency: thresholds so small that rounding makes most of the times") {
  test::for_each_seed(500, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const LatencyCode code = {.threshold = std::exp(draw.real(-20, -8)),
                              .curve = Curve::kLogarithmic};
    Pixels pixels = all_levels();
    pixels[0] = 1;  // 0 would leave no time to the others
    const auto steps = encode(code, pixels, 300);
    CHECK(steps == plain_latency(code, pixels, 300));
    CHECK(std::is_sorted(steps.rbegin(), steps.rend()));
  });
}

TEST_CASE("latency: the latest spike is known before encoding") {
  test::for_each_seed(100, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const LatencyCode code = {
        .tau = draw.real(0.1, 80),
        .threshold = draw.real(0.002, 0.999),
        .first_spike_time = static_cast<Tick>(draw.below(30)),
        .normalize = draw.chance(0.3),
        .curve = draw.chance(0.5) ? Curve::kLinear : Curve::kLogarithmic,
        .below = draw.chance(0.5) ? Below::kClip : Below::kSpikeLast,
    };
    const Tick latest = latest_spike(code, 5000);
    if (code.normalize) {
      CHECK(latest == 4999);
      return;
    }
    const auto steps = encode(code, all_levels(), 5000);
    CHECK(latest == *std::max_element(steps.begin(), steps.end()));
    CHECK(encode(code, all_levels(), latest + 1) == steps);
    if (latest > code.first_spike_time) {
      CHECK_THROWS_AS(encode(code, all_levels(), latest), InternalError);
    }
  });
  CHECK(latest_spike({.tau = 1e300, .normalize = false}, 10) == kMaxTicks);
}

TEST_CASE("latency: enormous times and samples") {
  for (const Curve curve : {Curve::kLinear, Curve::kLogarithmic}) {
    CAPTURE(curve == Curve::kLinear);
    const LatencyCode code = {
        .tau = 1e300, .normalize = false, .curve = curve, .late = Late::kDrop};
    CHECK(encode(code, {3, 100}, kMaxTicks) == std::vector<Tick>{kNone, kNone});
    const auto steps = encode({.tau = 1e300, .curve = curve}, {3, 255}, kMaxTicks);
    CHECK(steps[0] > 0.98 * kMaxTicks);
    CHECK(steps[1] < 0.01 * kMaxTicks);
  }
  CHECK(encode({.curve = Curve::kLogarithmic}, {3, 3}, kMaxTicks)[1] == kMaxTicks - 1);
}

TEST_CASE("latency: threads and earlier calls change nothing") {
  const auto encoder = make_latency_encoder({.curve = Curve::kLogarithmic});
  std::vector<SpikeTrain> here(40), there(40);
  const auto image = [](std::size_t sample) {
    test::Draw draw(sample + 1);
    Pixels pixels(50 + 20 * sample);
    for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(draw.below(256));
    return pixels;
  };
  std::thread other([&] {
    for (std::size_t k = 40; k-- > 0;) encoder->encode(image(k), 0, 100, {}, there[k]);
  });
  for (std::size_t k = 0; k < 40; ++k) encoder->encode(image(k), 0, 100, {}, here[k]);
  other.join();
  CHECK(here == there);
}

}  // namespace
}  // namespace neurosim
