#include "models/lif.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>

#include "one_block.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::OneBlock;
using test::Settings;

template <class T>
using Lif = OneBlock<LifNeuron, T>;

constexpr double kZero = LifNeuron::kZero, kSubtract = LifNeuron::kSubtract,
                 kNone = LifNeuron::kNoReset, kNextStep = LifNeuron::kNextStep;

/// The comment at the head of lif.hpp, written down plainly, one step after the other.
struct Plain {
  double leak = 0.9, threshold = 1, rest = 0, reset = kZero;
  bool next_step = false;
  int refractory = 0;
  double v = 0;
  int held = 0;  ///< steps still to hold

  bool step(double input) {
    if (held > 0) {
      --held;
      return false;
    }
    const bool delayed = next_step && v > threshold;
    double from = v;
    if (delayed && reset == kZero) from = rest;
    v = leak * from + input;
    if (delayed && reset == kSubtract) v -= threshold;
    const bool spike = v > threshold;
    if (spike) held = refractory;
    if (spike && !next_step && reset == kZero) v = rest;
    if (spike && !next_step && reset == kSubtract) v -= threshold;
    return spike;
  }
  Settings settings() const {
    return {{"leak", {leak}},
            {"threshold", {threshold}},
            {"rest", {rest}},
            {"reset", {reset}},
            {"reset_timing", {next_step ? kNextStep : 0.0}},
            {"refractory_steps", {static_cast<double>(refractory)}},
            {"initial_v", {v}}};
  }
};

/// One of every combination of reset, timing, refractory time, rest and start.
Plain drawn_neuron(std::uint64_t seed) {
  test::Draw draw(seed);
  Plain plain;
  plain.leak = draw.real(0.3, 1);
  plain.threshold = draw.real(0.3, 2);
  plain.reset = static_cast<double>(seed % 3);
  plain.next_step = seed / 3 % 2 == 1;
  if (!plain.next_step && seed / 6 % 2 == 1) plain.refractory = static_cast<int>(1 + draw.below(5));
  if (draw.chance(0.5)) plain.rest = draw.real(-1, plain.threshold);
  if (draw.chance(0.5)) plain.v = draw.real(-1, 3);
  return plain;
}

double drawn_input(test::Draw& draw, int tick) {
  const double density = tick / 50 % 2 == 0 ? 0.4 : 0.02;  // busy and quiet stretches
  return draw.chance(density) ? draw.real(-1, 4) : 0;
}

TEST_CASE("every variant does what its description says") {
  std::size_t spikes = 0;
  test::for_each_seed(240, [&](std::uint64_t seed) {
    Plain plain = drawn_neuron(seed);
    Lif<double> block(plain.settings());
    test::Draw draw(seed + 1000);
    for (int t = 0; t < 300; ++t) {
      CAPTURE(t);
      const double input = drawn_input(draw, t);
      const bool spike = plain.step(input);
      REQUIRE((block.step(input) == 1) == spike);
      // The jump over silent steps rounds otherwise than step after step.
      REQUIRE(block.observe(0) == doctest::Approx(plain.v).epsilon(1e-11));
      spikes += spike;
    }
  });
  CHECK(spikes > 5000);
}

TEST_CASE_TEMPLATE("silent steps taken or jumped over give the same bits", T, float, double) {
  std::size_t spikes = 0, jumped = 0;
  test::for_each_seed(240, [&](std::uint64_t seed) {
    const Settings settings = drawn_neuron(seed).settings();
    Lif<T> every(settings), jumps(settings);
    test::Draw draw(seed + 1000);
    jumps.awake = 1;  // the first tick is always taken
    for (int t = 0; t < 300; ++t) {
      CAPTURE(t);
      const double input = drawn_input(draw, t);
      const double output = every.step_at(t, input);
      spikes += output > 0;
      if (input != 0 || jumps.awake != 0) {
        REQUIRE(jumps.step_at(t, input) == output);
      } else {
        REQUIRE(output == 0);  // a sleeping neuron never fires
        ++jumped;
      }
      REQUIRE(every.observe_at(t, 0) == jumps.observe_at(t, 0));
    }
  });
  CHECK(spikes > 5000);
  CHECK(jumped > 10000);
}

TEST_CASE_TEMPLATE("a decay over any number of silent steps is leak to that power", T, float,
                   double) {
  Lif<T> block({{"leak", {0.75}}, {"threshold", {10}}});
  block.step(8);
  for (Tick tick = 0; tick < 40; ++tick) {
    // Small powers of 3/4 are exact.
    if (tick < 7) CHECK(block.observe_at(tick, 0) == 8 * std::pow(0.75, tick));
    CHECK(block.observe_at(tick, 0) == doctest::Approx(8 * std::pow(0.75, tick)).epsilon(1e-6));
    Lif<T> later = block;
    later.step_at(tick + 1, 0);
    CHECK(later.observe(0) == block.observe_at(tick + 1, 0));
  }
}

TEST_CASE("the longest silence decays to 0 at once") {
  Lif<float> block;
  block.step(0.9);
  block.step_at(kMaxTicks - 1, 0.5);
  CHECK(block.observe(0) == 0.5);
  CHECK(block.output.at[0] == 0);
}

TEST_CASE_TEMPLATE("V at the threshold is no spike, the next number above is", T, float, double) {
  for (const double threshold : {0.25, 1.0, 3.0}) {
    Lif<T> at({{"threshold", {threshold}}}), above({{"threshold", {threshold}}});
    CHECK(at.step(threshold) == 0);
    CHECK(at.observe(0) == threshold);
    const T next = std::nextafter(static_cast<T>(threshold), T(10));
    CHECK(above.step(static_cast<double>(next)) == 1);
    CHECK(above.observe(0) == 0);
  }
}

TEST_CASE("a threshold of 0 takes any positive V") {
  Lif<float> block({{"threshold", {0.0}}});
  CHECK(block.step(0) == 0);
  CHECK(block.awake == 0);
  CHECK(block.step(1e-30) == 1);
  CHECK(block.step(-1) == 0);
}

struct Trace {
  std::vector<double> membrane, spikes;
};

Trace trace(const Settings& settings, const std::vector<double>& inputs) {
  Lif<double> block(settings);
  Trace result;
  for (const double input : inputs) {
    result.spikes.push_back(block.step(input));
    result.membrane.push_back(std::round(block.observe(0) * 1e6) / 1e6);
  }
  return result;
}

TEST_CASE("the paper's LIF resets to rest in the step of the spike") {
  const Trace zero = trace({{"leak", {0.5}}}, {0.8, 0.8, 0.8, 2, 0, 0.8});
  CHECK(zero.membrane == std::vector<double>{0.8, 0, 0.8, 0, 0, 0.8});
  CHECK(zero.spikes == std::vector<double>{0, 1, 0, 1, 0, 0});
  const Trace rest = trace({{"leak", {0.5}}, {"rest", {-0.4}}}, {0.8, 0.8, 0, 0.8, 0.8});
  CHECK(rest.membrane == std::vector<double>{0.8, -0.4, -0.2, 0.7, -0.4});
  CHECK(rest.spikes == std::vector<double>{0, 1, 0, 0, 1});
  // The reset that comes a step later shows V first.
  const Trace later =
      trace({{"leak", {0.5}}, {"rest", {-0.4}}, {"reset_timing", {kNextStep}}}, {1.2, 0.8, 0.8});
  CHECK(later.membrane == std::vector<double>{1.2, 0.6, 1.1});
  CHECK(later.spikes == std::vector<double>{1, 0, 1});
}

TEST_CASE("without a reset V goes on, and fires as long as it is above the threshold") {
  const Trace none = trace({{"leak", {0.5}}, {"reset", {kNone}}}, {4.4, 0, 0, 0, 1});
  CHECK(none.membrane == std::vector<double>{4.4, 2.2, 1.1, 0.55, 1.275});
  CHECK(none.spikes == std::vector<double>{1, 1, 1, 0, 1});
}

TEST_CASE("after a spike V holds for the refractory steps and input is ignored") {
  const Trace zero = trace({{"leak", {0.5}}, {"rest", {-0.4}}, {"refractory_steps", {2}}},
                           {1.5, 9, 9, 0.5, 0.8, 9});
  CHECK(zero.membrane == std::vector<double>{-0.4, -0.4, -0.4, 0.3, 0.95, -0.4});
  CHECK(zero.spikes == std::vector<double>{1, 0, 0, 0, 0, 1});
  // What is left above the threshold fires again right after.
  const Trace subtract = trace({{"leak", {0.5}}, {"reset", {kSubtract}}, {"refractory_steps", {2}}},
                               {5, 9, 9, 0, 0, 0});
  CHECK(subtract.membrane == std::vector<double>{4, 4, 4, 1, 1, 1});
  CHECK(subtract.spikes == std::vector<double>{1, 0, 0, 1, 0, 0});
  const Trace none = trace({{"leak", {0.5}}, {"reset", {kNone}}, {"refractory_steps", {2}}},
                           {8, 9, 9, 0, 9, 0, 0});
  CHECK(none.membrane == std::vector<double>{8, 8, 8, 4, 4, 4, 2});
  CHECK(none.spikes == std::vector<double>{1, 0, 0, 1, 0, 0, 1});
}

TEST_CASE("a start above the threshold decays once before it may fire") {
  const Trace high = trace({{"leak", {0.5}}, {"initial_v", {3}}}, {0, 0});
  CHECK(high.spikes == std::vector<double>{1, 0});
  const Trace low = trace({{"leak", {0.5}}, {"initial_v", {1.8}}}, {0, 0});
  CHECK(low.spikes == std::vector<double>{0, 0});
  CHECK(low.membrane == std::vector<double>{0.9, 0.45});
}

TEST_CASE("each neuron has its own leak, threshold, rest and start") {
  FieldValue leak(kBlock), threshold(kBlock), rest(kBlock), start(kBlock);
  for (std::size_t k = 0; k < leak.size(); ++k) {
    leak[k] = static_cast<double>(k) / kBlock;
    threshold[k] = 1 + static_cast<double>(k) / 16;
    rest[k] = -static_cast<double>(k) / 8;
    start[k] = 0.25 * leak[k];
  }
  Lif<double> block(
      {{"leak", leak}, {"threshold", threshold}, {"rest", rest}, {"initial_v", start}});
  block.step(3);
  for (int lane = 0; lane < kBlock; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    const double v = leak[k] * start[k] + 3;
    CHECK((block.output.at[lane] == 1) == (v > threshold[k]));
    CHECK(block.observe(0, lane) == (v > threshold[k] ? rest[k] : v));
  }
}

}  // namespace
}  // namespace neurosim
