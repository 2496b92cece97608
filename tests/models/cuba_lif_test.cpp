#include "models/cuba_lif.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "one_block.hpp"
#include "support/exact_cuba.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::ExactCuba;
using test::Settings;

using Inputs = std::vector<std::pair<std::size_t, double>>;  // receptor, weight

/// One block, driven by hand, with the same inputs for every neuron.
template <class T>
struct Cuba {
  CubaLif::Parameters<T> parameters;
  CubaLif::Cells<T> cells;
  CubaLif::State<T> state;
  StepContext context;
  Lanes<T> output;
  std::uint32_t awake = 1;

  explicit Cuba(const Settings& settings = {}, double step_ms = 1) {
    const auto values = test::values_with<CubaLif>(settings);
    parameters = CubaLif::parameters<T>(values, step_ms);
    for (int lane = 0; lane < kBlock; ++lane) {
      CubaLif::fill(cells, lane, values, static_cast<std::size_t>(lane));
    }
    CubaLif::reset(parameters, cells, state);
    context.tick = -1;
  }

  bool step(const Inputs& inputs = {}) { return step_at(context.tick + 1, inputs); }
  bool step_at(Tick tick, const Inputs& inputs = {}) {
    Lanes<T> input[CubaLif::kMostReceptors] = {};
    for (const auto& [receptor, weight] : inputs) {
      for (T& x : input[receptor].at) x += static_cast<T>(weight);
    }
    context.tick = tick;
    awake = CubaLif::step(parameters, cells, state, input[0].at, context, output.at);
    return output.at[0] == 1;
  }
  double observe(std::size_t variable, int lane = 0) const {
    return CubaLif::observe(parameters, cells, state, variable, lane, context.tick);
  }
  double v() const { return observe(0); }
};

Settings settings_of(const ExactCuba& exact, double drive) {
  return {{"tau_mem_ms", {exact.tau_mem}},
          {"tau_syn_ms", exact.tau_syn},
          {"v_leak", {exact.rest - drive}},
          {"drive", {drive}},
          {"v_threshold", {exact.threshold}},
          {"v_reset", {exact.reset}},
          {"refractory_ms", {exact.refractory * exact.step_ms}},
          {"initial_v", {exact.v}}};
}

/// Any number of currents; every other seed has one of the membrane's time constant, or nearly.
ExactCuba drawn_neuron(test::Draw& draw, std::uint64_t seed) {
  ExactCuba exact;
  const double steps[] = {0.1, 0.5, 1};
  exact.step_ms = steps[seed % 3];
  exact.tau_mem = draw.real(2, 30);
  exact.tau_syn.clear();
  for (std::size_t k = 0; k < seed % 5; ++k) exact.tau_syn.push_back(draw.real(0.5, 15));
  if (seed % 2 == 1 && !exact.tau_syn.empty()) {
    const double nearly[] = {0, 1e-12, 1e-9, 1e-6, 1e-5, 1e-4, 1e-2};
    exact.tau_syn[0] = exact.tau_mem * (1 + nearly[draw.below(7)]);
  }
  exact.rest = draw.real(-65, -50);
  exact.threshold = -50;
  exact.reset = draw.real(-70, -55);
  exact.v = draw.real(-70, -45);
  exact.refractory = static_cast<int>(draw.below(4));
  return exact;
}

Inputs drawn_inputs(test::Draw& draw, int tick, std::size_t receptors) {
  const double density = tick / 50 % 2 == 0 ? 0.5 : 0.05;  // busy and quiet stretches
  Inputs inputs;
  while (draw.chance(density)) inputs.emplace_back(draw.below(receptors), draw.real(-4, 12));
  return inputs;
}

TEST_CASE("V, currents and spikes are those of the closed form") {
  std::size_t spikes = 0;
  test::for_each_seed(300, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    ExactCuba exact = drawn_neuron(draw, seed);
    Cuba<double> block(settings_of(exact, draw.real(-5, 15)), exact.step_ms);
    const std::size_t currents = exact.tau_syn.size();
    for (int t = 0; t < 200; ++t) {
      CAPTURE(t);
      const Inputs inputs = drawn_inputs(draw, t, std::max<std::size_t>(currents, 1));
      const bool spike = exact.step(t, inputs);
      REQUIRE(block.step(inputs) == spike);
      REQUIRE(std::abs(block.v() - exact.v) < 1e-9);
      for (std::size_t k = 0; k < CubaLif::kMostReceptors; ++k) {
        const double g = k < currents ? exact.current(k, t) : 0;
        REQUIRE(std::abs(block.observe(1 + k) - g) < 1e-9);
      }
      spikes += spike;
    }
  });
  CHECK(spikes > 5000);
}

TEST_CASE("single precision follows as closely as it can") {
  test::for_each_seed(50, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    ExactCuba exact = drawn_neuron(draw, seed);
    exact.threshold = 1e4;  // no spike that a last bit could decide
    Cuba<float> block(settings_of(exact, 0), exact.step_ms);
    for (int t = 0; t < 200; ++t) {
      const Inputs inputs = drawn_inputs(draw, t, std::max<std::size_t>(exact.tau_syn.size(), 1));
      exact.step(t, inputs);
      block.step(inputs);
      REQUIRE(std::abs(block.v() - exact.v) < 1e-3);
    }
  });
}

TEST_CASE("time constants far from the step give no overflow") {
  struct Case {
    double tau_mem, tau_syn;
  };
  for (const Case& c : {Case{1e-3, 5}, Case{5, 1e-3}, Case{1e-3, 1e-3}, Case{1e6, 5}, Case{5, 1e6},
                        Case{1e6, 1e6}, Case{0.5, 20}, Case{1e-300, 1e300}, Case{1e300, 1e-300}}) {
    CAPTURE(c.tau_mem);
    CAPTURE(c.tau_syn);
    ExactCuba exact;
    exact.tau_mem = c.tau_mem;
    exact.tau_syn = {c.tau_syn};
    exact.threshold = 100;
    Cuba<double> block(settings_of(exact, 0));
    block.step({{0, 8}});
    block.step();
    // As the exact solution has it, whose own form overflows where tau_mem is short.
    const double keep_g = std::exp(-1 / c.tau_syn), keep_u = std::exp(-1 / c.tau_mem);
    const double plain = c.tau_mem == c.tau_syn
                             ? 8 / c.tau_mem * keep_u
                             : 8 * (keep_g - keep_u) / (1 - c.tau_mem / c.tau_syn);
    CHECK(block.v() == doctest::Approx(plain).epsilon(1e-9));
    CHECK(block.observe(1) == doctest::Approx(8 * keep_g).epsilon(1e-12));
  }
}

TEST_CASE("constant drive fires at the interval that the logarithm gives") {
  for (const double refractory : {0.0, 2.0}) {
    // From reset to threshold in tau_mem ln((rest - reset) / (rest - threshold)).
    const double ms = 20 * std::log((-40.0 + 60) / (-40.0 + 50));
    const int interval = static_cast<int>(std::floor(ms / 0.1)) + 1 +
                         static_cast<int>(std::lround(refractory / 0.1));
    Cuba<double> block({{"v_leak", {-60}},
                        {"drive", {20}},
                        {"v_threshold", {-50}},
                        {"v_reset", {-60}},
                        {"initial_v", {-60}},
                        {"refractory_ms", {refractory}}},
                       0.1);
    std::vector<Tick> spikes;
    for (int k = 0; k < 5 * interval && spikes.size() < 4; ++k) {
      if (block.step()) spikes.push_back(block.context.tick);
    }
    REQUIRE(spikes.size() == 4);
    for (std::size_t k = 1; k < spikes.size(); ++k) CHECK(spikes[k] - spikes[k - 1] == interval);
  }
}

TEST_CASE("the refractory time is rounded to whole steps, and input without a current is lost") {
  struct Case {
    double ms;
    int steps;
  };
  for (const Case& c : {Case{0, 0}, Case{0.04, 0}, Case{0.05, 1}, Case{0.24, 2}, Case{0.26, 3},
                        Case{0.3, 3}, Case{5, 50}}) {
    CAPTURE(c.ms);
    Cuba<double> block({{"tau_syn_ms", {}}, {"v_reset", {-3}}, {"refractory_ms", {c.ms}}}, 0.1);
    CHECK(block.step({{0, 1.5}}));
    for (int k = 0; k < c.steps; ++k) {
      CHECK(!block.step({{0, 50}}));
      CHECK(block.v() == -3);
    }
    CHECK(block.step({{0, 50}}));
  }
}

TEST_CASE("currents go on during the refractory time") {
  Cuba<double> block({{"tau_syn_ms", {10}}, {"v_threshold", {0.3}}, {"refractory_ms", {3}}});
  block.step({{0, 12}});
  CHECK(block.step());  // V follows the current a step later
  for (int k = 0; k < 3; ++k) {
    CHECK(!block.step({{0, 1}}));
    CHECK(block.v() == 0);
  }
  CHECK(block.observe(1) ==
        doctest::Approx(12 * std::exp(-0.4) + 1 + std::exp(-0.1) + std::exp(-0.2)));
  CHECK(block.step());
}

TEST_CASE("a refractory time beyond the last step lasts to the end") {
  Cuba<float> block({{"tau_syn_ms", {}}, {"refractory_ms", {1e6}}}, 1e-6);
  CHECK(block.step({{0, 2}}));
  CHECK(!block.step({{0, 2}}));
  CHECK(!block.step_at(kMaxTicks - 1, {{0, 2}}));
}

TEST_CASE_TEMPLATE("V at the threshold is no spike, the next number above is", T, float, double) {
  for (const double threshold : {0.25, 1.0, 3.0}) {
    const Settings settings = {{"tau_syn_ms", {}}, {"v_threshold", {threshold}}};
    Cuba<T> at(settings), above(settings);
    CHECK(!at.step({{0, threshold}}));
    CHECK(at.v() == threshold);
    const T next = std::nextafter(static_cast<T>(threshold), T(10));
    CHECK(above.step({{0, static_cast<double>(next)}}));
    CHECK(above.v() == 0);
  }
}

TEST_CASE("a neuron starts at rest unless told otherwise") {
  CHECK(
      Cuba<double>({{"v_leak", {-60}}, {"drive", {4}}, {"v_threshold", {-50}}, {"v_reset", {-60}}})
          .v() == -56);
  CHECK(Cuba<double>({{"initial_v", {0.5}}}).v() == 0.5);
  // A start above the threshold decays once before it may fire.
  Cuba<double> high({{"tau_mem_ms", {1}}, {"initial_v", {3}}});
  CHECK(high.step());
  Cuba<double> low({{"tau_mem_ms", {1}}, {"initial_v", {2.5}}});
  CHECK(!low.step());
}

TEST_CASE("each neuron has its own threshold, drive and start") {
  FieldValue threshold(kBlock), drive(kBlock), start(kBlock);
  for (std::size_t k = 0; k < kBlock; ++k) {
    threshold[k] = 1 + static_cast<double>(k) / 16;
    drive[k] = -static_cast<double>(k) / 8;
    start[k] = static_cast<double>(k) / 64;
  }
  Cuba<double> block(
      {{"tau_syn_ms", {}}, {"v_threshold", threshold}, {"drive", drive}, {"initial_v", start}});
  block.step({{0, 3}});
  for (int lane = 0; lane < kBlock; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    const double v = drive[k] + (start[k] - drive[k]) * std::exp(-1.0 / 20) + 3;
    CHECK((block.output.at[lane] == 1) == (v > threshold[k]));
    CHECK(block.observe(0, lane) == doctest::Approx(v > threshold[k] ? 0 : v).epsilon(1e-12));
  }
}

TEST_CASE_TEMPLATE("a block at rest may sleep, and sleeping changes no bit", T, float, double) {
  std::size_t slept = 0, spikes = 0;
  test::for_each_seed(60, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    ExactCuba exact = drawn_neuron(draw, seed);
    Settings settings = settings_of(exact, 0);
    settings.emplace_back("rest_tolerance", FieldValue{1e-2});
    Cuba<T> every(settings, exact.step_ms), sleeps(settings, exact.step_ms);
    for (int t = 0; t < 3000; ++t) {
      CAPTURE(t);
      Inputs inputs;
      if (draw.chance(0.003)) {
        inputs.emplace_back(draw.below(std::max<std::size_t>(exact.tau_syn.size(), 1)), 30);
      }
      const bool spike = every.step_at(t, inputs);
      if (sleeps.awake != 0 || !inputs.empty()) {
        REQUIRE(sleeps.step_at(t, inputs) == spike);
      } else {
        REQUIRE(!spike);
        ++slept;
      }
      for (std::size_t variable = 0; variable < 5; ++variable) {
        REQUIRE(every.observe(variable) == sleeps.observe(variable));
      }
      spikes += spike;
    }
  });
  CHECK(slept > 10000);
  CHECK(spikes > 100);
}

TEST_CASE("rest_tolerance is a distance from rest, and of a current from 0") {
  const auto settles = [](double tolerance) {
    Cuba<double> block({{"tau_mem_ms", {1}},
                        {"tau_syn_ms", {1}},
                        {"v_leak", {-60}},
                        {"v_threshold", {-50}},
                        {"v_reset", {-60}},
                        {"initial_v", {-58}},
                        {"rest_tolerance", {tolerance}}});
    for (int k = 1; k < 10000; ++k) {
      block.step();
      if (block.awake == 0) {
        CHECK(block.v() == -60);
        return k;
      }
    }
    return 0;
  };
  CHECK(settles(2.0 / 3) == 2);  // 2 e^-1 = 0.74, 2 e^-2 = 0.27
  CHECK(settles(0.8) == 1);
  CHECK(settles(1e-3) == 8);
  CHECK(settles(0) > 300);  // until nothing is left that a double can hold
  // The current counts by itself.
  Cuba<double> current({{"rest_tolerance", {0.1}}});
  current.step({{0, 0.11}});
  CHECK(current.awake != 0);
  CHECK(current.observe(1) == 0.11);
  current.step();
  CHECK(current.observe(1) == 0);
  Cuba<double> nothing({{"rest_tolerance", {0.1}}});
  nothing.step({{0, 0.1}});
  CHECK(nothing.awake == 0);
}

TEST_CASE("a neuron whose rest lies above its threshold never sleeps") {
  Cuba<double> block({{"tau_syn_ms", {}},
                      {"drive", {2}},
                      {"v_reset", {1}},
                      {"refractory_ms", {5}},
                      {"rest_tolerance", {0.5}}});
  int spikes = 0;
  for (int k = 0; k < 600; ++k) {
    spikes += block.step();
    CHECK(block.awake != 0);
  }
  CHECK(spikes == 100);  // V is above the threshold in the first step that is not refractory
}

TEST_CASE("a reset above the threshold is refused") {
  const auto check = [](const Settings& settings) {
    return CubaLif::check(test::values_with<CubaLif>(settings));
  };
  const std::string refused = "v_reset must not exceed v_threshold";
  CHECK(check({}) == "");
  CHECK(check({{"v_reset", {1}}}) == "");
  CHECK(check({{"v_reset", {1.01}}}) == refused);
  CHECK(check({{"v_reset", {0.5}}, {"v_threshold", {1, 0.4}}}) == refused);
  CHECK(check({{"v_reset", {0.5}}, {"v_threshold", {1, 0.5}}}) == "");
}

TEST_CASE("there is a receptor a time constant, and one without any") {
  const auto receptors = [](const FieldValue& tau) {
    return CubaLif::receptors(test::values_with<CubaLif>({{"tau_syn_ms", tau}}));
  };
  CHECK(receptors({}) == 1);
  CHECK(receptors({5}) == 1);
  CHECK(receptors({5, 10}) == 2);
  CHECK(receptors({1, 2, 3, 4}) == 4);
}

}  // namespace
}  // namespace neurosim
