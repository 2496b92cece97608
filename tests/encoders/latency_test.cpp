#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "encoders/encoder.hpp"
#include "sim/network/config_node.hpp"
#include "support/random_tests.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

constexpr const char* kFile = "reference/encoders.json";
using Pixels = std::vector<std::uint8_t>;

struct Case {
  Pixels pixels;
  Tick steps = 0;
  LatencyCode code;
  std::vector<double> step;  ///< by pixel; -1: none
};

SpikeTrain encoded(const LatencyCode& code, const Pixels& pixels, Tick steps, Tick first = 0) {
  SpikeTrain train;
  make_latency_encoder(code)->encode(pixels, first, steps, {}, train);
  return train;
}

/// The step of each pixel's spike, -1 where it has none; checks that none has two.
std::vector<double> steps_of(const SpikeTrain& train, std::size_t pixels) {
  std::vector<double> steps(pixels, -1);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    CHECK(std::ranges::is_sorted(packet.ids));
    if (k > 0) CHECK(packet.tick > train.tick(k - 1));
    for (const NeuronId id : packet.ids) {
      CHECK(steps[id] == -1);
      steps[id] = static_cast<double>(packet.tick);
    }
  }
  return steps;
}

std::vector<double> numbers(const ConfigNode& node) {
  std::vector<double> values;
  for (const ConfigNode& item : node.items()) REQUIRE(item.read(values.emplace_back()));
  return values;
}

Case read_case(const ConfigNode& node) {
  ConfigMap map = node.map();
  Case c;
  for (const double pixel : numbers(map.get("pixels"))) {
    c.pixels.push_back(static_cast<std::uint8_t>(std::lround(pixel * 255)));
  }
  bool linear = false, clip = false, bypass = false;
  REQUIRE(map.get("num_steps").read(c.steps));
  REQUIRE(map.get("tau").read(c.code.tau));
  REQUIRE(map.get("threshold").read(c.code.threshold));
  REQUIRE(map.get("normalize").read(c.code.normalize));
  REQUIRE(map.get("linear").read(linear));
  REQUIRE(map.get("clip").read(clip));
  REQUIRE(map.get("bypass").read(bypass));
  c.code.curve = linear ? LatencyCode::Curve::kLinear : LatencyCode::Curve::kLogarithmic;
  c.code.below =
      clip ? LatencyCode::BelowThreshold::kClip : LatencyCode::BelowThreshold::kSpikeLast;
  c.code.late = bypass ? LatencyCode::LateSpikes::kDrop : LatencyCode::LateSpikes::kRefuse;
  c.step = numbers(map.get("step"));
  return c;
}

TEST_CASE("latency: the spike steps of snnTorch, exactly") {
  if (!test::have_shared(kFile)) return;
  std::ifstream stream(test::shared_path(kFile), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  ConfigLog log("encoders.json");
  const ConfigValuePtr root = parse_config(text, log);
  ConfigMap map = ConfigNode(root, "", root->place, log).map();
  const auto items = map.get("latency").items();
  REQUIRE(items.size() >= 12);
  for (const ConfigNode& item : items) {
    const Case c = read_case(item);
    CAPTURE(c.steps);
    CAPTURE(c.code.normalize);
    CAPTURE(static_cast<int>(c.code.curve));
    CHECK(steps_of(encoded(c.code, c.pixels, c.steps), c.pixels.size()) == c.step);
  }
  log.throw_if_any();
}

TEST_CASE("latency: what snnTorch's documentation shows") {
  const auto of = [](double x) { return static_cast<std::uint8_t>(std::lround(x * 255)); };
  const Pixels pixels = {0, of(0.1), of(0.5), 255};
  const LatencyCode linear = {.below = LatencyCode::BelowThreshold::kSpikeLast};
  LatencyCode logarithmic = linear;
  logarithmic.curve = LatencyCode::Curve::kLogarithmic;
  CHECK(steps_of(encoded(linear, pixels, 100), 4) == std::vector<double>{98, 89, 49, 0});
  CHECK(steps_of(encoded(logarithmic, pixels, 100), 4) == std::vector<double>{99, 1, 0, 0});
  // Half to even: 2.5 steps are 2, and a constant image of the logarithmic code comes last.
  CHECK(steps_of(encoded(logarithmic, {200, 200}, 50), 2) == std::vector<double>{49, 49});
}

TEST_CASE("latency: a plain restatement in single precision gives the same steps") {
  test::for_each_seed(200, [](std::uint64_t seed) {
    test::Draw draw(seed);
    Pixels pixels(1 + draw.below(300));
    for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(draw.below(256));
    const Tick steps = static_cast<Tick>(2 + draw.below(300));
    LatencyCode code = {.tau = draw.real(0.5, 40),
                        .threshold = draw.real(0.001, 0.5),
                        .first_spike_time = static_cast<Tick>(draw.below(2)),
                        .normalize = draw.chance(0.7),
                        .late = LatencyCode::LateSpikes::kDrop};
    if (draw.chance(0.5)) code.below = LatencyCode::BelowThreshold::kSpikeLast;
    const auto first = static_cast<float>(code.first_spike_time);
    const auto room = static_cast<float>(steps - 1 - code.first_spike_time);
    std::vector<double> expected;
    for (const std::uint8_t pixel : pixels) {
      const float x = static_cast<float>(pixel) / 255.0f;
      const float tau = code.normalize ? room : static_cast<float>(code.tau);
      const double real_tau = code.normalize ? static_cast<double>(room) : code.tau;
      const float time =
          std::min(-tau * (x - 1), static_cast<float>(-real_tau * (code.threshold - 1)));
      const float step = std::nearbyint(time + first);
      const bool removed = code.below == LatencyCode::BelowThreshold::kClip &&
                           x < static_cast<float>(code.threshold);
      expected.push_back(removed || step >= static_cast<float>(steps) ? -1 : step);
    }
    CHECK(steps_of(encoded(code, pixels, steps), pixels.size()) == expected);
    const SpikeTrain later = encoded(code, pixels, steps, 17);
    for (std::size_t k = 0; k < later.packet_count(); ++k) CHECK(later.tick(k) >= 17);
    CHECK(later.spike_count() == encoded(code, pixels, steps).spike_count());
  });
}

TEST_CASE("latency: the latest spike is no later than said, and reached by a dark pixel") {
  test::for_each_seed(200, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const LatencyCode code = {
        .tau = draw.real(0.5, 40),
        .threshold = draw.real(0.001, 0.5),
        .normalize = false,
        .curve = draw.chance(0.5) ? LatencyCode::Curve::kLinear : LatencyCode::Curve::kLogarithmic,
        .below = LatencyCode::BelowThreshold::kSpikeLast};
    const Tick latest = latest_spike(code, 1);
    CHECK(steps_of(encoded(code, {0, 255}, latest + 1), 2)[0] == static_cast<double>(latest));
    CHECK_THROWS_AS(encoded(code, {0, 255}, latest), InternalError);
  });
}

}  // namespace
}  // namespace neurosim
