// The SRC against its equations, and what the paper says of it (arXiv:2306.03623).

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "models/src_neuron.hpp"
#include "one_block.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::OneBlock;
using test::Settings;

enum Variable : std::size_t { kI, kX, kH, kHs };

template <class T>
using Src = OneBlock<SrcNeuron, T>;

/// Where h = hs = tanh(-5 h + b), by bisection: the left side rises with h, the right side falls.
double fixed_point(double bias) {
  double low = -1, high = 1;
  for (int k = 0; k < 100; ++k) {
    const double h = (low + high) / 2;
    (h < std::tanh(-5 * h + bias) ? low : high) = h;
  }
  return low;
}

TEST_CASE("the fixed points are those of the paper's summary") {
  CHECK(fixed_point(-6) == doctest::Approx(-0.9027).epsilon(1e-4));
  CHECK(fixed_point(-5) == doctest::Approx(-0.7872).epsilon(1e-4));
}

TEST_CASE_TEMPLATE("without input and with b <= -5 a neuron is silent and settles", T, float,
                   double) {
  for (const double bias : {-6.0, -5.5, -5.0}) {
    CAPTURE(bias);
    Src<T> block({{"bias", {bias}}});
    for (int t = 0; t < 3000; ++t) REQUIRE(block.step(0) == 0);
    // At b = -5 the last bits may go round for ever: some units in the last place.
    const double tolerance = std::is_same_v<T, float> ? 2e-6 : 1e-14;
    CHECK(std::fabs(block.observe(kH) - fixed_point(bias)) < tolerance);
    CHECK(std::fabs(block.observe(kHs) - fixed_point(bias)) < tolerance);
    CHECK(block.observe(kI) == 0);
    if (bias < -5) CHECK(block.awake == 0);
  }
}

struct Spike {
  int start = 0, width = 0;
  double peak = 0;
};

/// Whole spikes without input after the start's 200 steps; also checks that all lie in (0, 1).
template <class T>
std::vector<Spike> spontaneous_spikes(const Settings& settings, int steps) {
  Src<T> block(settings);
  std::vector<Spike> spikes;
  double before = 0;
  for (int t = 0; t < steps; ++t) {
    const double s = block.step(0);
    REQUIRE(s >= 0);
    REQUIRE(s < 1);
    REQUIRE(s == std::max(block.observe(kH), 0.0));  // Eq. 5f
    if (s > 0 && before == 0) spikes.push_back({.start = t});
    if (s > 0) {
      ++spikes.back().width;
      spikes.back().peak = std::max(spikes.back().peak, s);
    }
    before = s;
  }
  spikes.pop_back();  // perhaps not whole
  std::erase_if(spikes, [](const Spike& spike) { return spike.start < 200; });
  return spikes;
}

TEST_CASE_TEMPLATE("at b = -4 a neuron spikes by itself, about 3 steps every 24", T, float,
                   double) {
  const auto spikes = spontaneous_spikes<T>({{"bias", {-4}}}, 5000);
  REQUIRE(spikes.size() > 190);
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    CHECK(spikes[k].width >= 2);
    CHECK(spikes[k].width <= 4);
    CHECK(spikes[k].peak == doctest::Approx(0.95).epsilon(0.03));
    if (k > 0) CHECK(std::abs(spikes[k].start - spikes[k - 1].start - 24) <= 1);
  }
  const int span = spikes.back().start - spikes.front().start;
  CHECK(static_cast<double>(span) / static_cast<double>(spikes.size() - 1) ==
        doctest::Approx(24).epsilon(0.03));
}

TEST_CASE_TEMPLATE("with the gate as printed spikes are brief and come every 16 to 21 steps", T,
                   float, double) {
  const auto spikes = spontaneous_spikes<T>({{"bias", {-4}}, {"slow_gate", {1}}}, 5000);
  REQUIRE(spikes.size() > 200);
  std::array<int, 100> intervals = {};
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    CHECK(spikes[k].width >= 1);
    CHECK(spikes[k].width <= 3);
    if (k == 0) continue;
    const int interval = spikes[k].start - spikes[k - 1].start;
    CHECK(interval >= 16);
    CHECK(interval <= 21);
    ++intervals[static_cast<std::size_t>(interval)];
  }
  // Irregular: no interval has them all.
  CHECK(std::ranges::max(intervals) < static_cast<int>(spikes.size()) * 9 / 10);
}

/// One step of Eq. 5a, 5b, 3a, 3b, 5c, 5e and 5f as the paper prints them, in long double.
struct Equations {
  double alpha = 0.9, rho = 3, r = 2, rs = -7, z = 0, zs_hyp = 0.9, zs_dep = 0, bias = -6;
  bool current_gate = false;
  double slope = 0;  ///< 0: Heaviside
  long double i = 0, x = 0, h = 0, hs = 0, gate = 0;

  void step(double input) {
    i = alpha * i + input;
    x = rho * std::tanh(i / rho);
    const long double c = std::tanh(x + r * h + rs * hs + bias);
    const long double next_h = z * h + (1 - static_cast<long double>(z)) * c;
    gate = (current_gate ? next_h : h) - 0.5L;
    const long double open = slope > 0 ? 1 / (1 + std::exp(-slope * gate)) : (gate > 0 ? 1 : 0);
    const long double zs = zs_hyp + (zs_dep - static_cast<long double>(zs_hyp)) * open;
    hs = zs * hs + (1 - zs) * h;
    h = next_h;
  }
  Settings settings() const {
    return {{"alpha", {alpha}},
            {"rho", {rho}},
            {"r", {r}},
            {"rs", {rs}},
            {"z", {z}},
            {"zs_hyp", {zs_hyp}},
            {"zs_dep", {zs_dep}},
            {"bias", {bias}},
            {"slow_gate", {current_gate ? 1.0 : 0.0}},
            {"slow_gate_slope", slope > 0 ? FieldValue{slope} : FieldValue{}}};
  }
};

/// Largest difference from the equations after any one step from the block's own states, so that
/// nothing adds up and chaos plays no part.
template <class T>
double step_error(Equations equations, std::uint64_t seed, std::size_t& spikes) {
  test::Draw draw(seed);
  Src<T> block(equations.settings());
  double worst = 0;
  for (int t = 0; t < 400; ++t) {
    const double input =
        static_cast<double>(static_cast<T>(draw.chance(0.3) ? draw.real(-2, 5) : 0));
    equations.i = block.observe(kI);
    equations.h = block.observe(kH);
    equations.hs = block.observe(kHs);
    equations.step(input);
    spikes += block.step(input) > 0;
    // At the very edge of the step either side is right; it is never met but by chance.
    if (equations.slope == 0 && std::fabs(equations.gate) < 1e-6L) continue;
    const long double truth[] = {equations.i, equations.x, equations.h, equations.hs};
    for (std::size_t v = 0; v < 4; ++v) {
      const double scale = std::max(1.0, std::fabs(static_cast<double>(truth[v])));
      worst = std::max(worst, std::fabs(static_cast<double>(block.observe(v) - truth[v])) / scale);
    }
  }
  return worst;
}

TEST_CASE("every step follows the equations, with any parameters") {
  std::size_t spikes = 0;
  test::for_each_seed(60, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    Equations equations;
    equations.bias = draw.real(-5, -3.9);
    equations.current_gate = seed % 2 == 1;
    if (seed % 3 == 1) equations.slope = draw.real(1, 20);
    if (seed % 4 >= 2) {
      equations.alpha = draw.real(0, 1);
      equations.rho = draw.real(1, 8);
      equations.z = draw.real(0, 0.9);
      equations.r = draw.real(1, 3);
      equations.rs = draw.real(-8, -5);
      equations.zs_hyp = draw.real(0.5, 0.95);
      equations.zs_dep = draw.real(0, 0.5);
    }
    // About ten roundings of arguments up to 20, which tanh does not enlarge.
    CHECK(step_error<double>(equations, seed, spikes) < 10 * 20 * 0x1p-53);
    CHECK(step_error<float>(equations, seed, spikes) < 10 * 20 * 0x1p-24);
  });
  CHECK(spikes > 2000);
}

TEST_CASE("z = 0 is the paper's Eq. 5d") {
  Src<double> block({{"bias", {-4}}});
  for (int t = 0; t < 200; ++t) {
    const double h = block.observe(kH), hs = block.observe(kHs);
    block.step(t % 7 == 0 ? 2 : 0);
    CHECK(block.observe(kH) ==
          doctest::Approx(std::tanh(block.observe(kX) + 2 * h - 7 * hs - 4)).epsilon(1e-13));
  }
}

TEST_CASE("z = 1 keeps h for ever") {
  Src<double> block({{"z", {1}}, {"initial_h", {-0.25}}});
  for (int t = 0; t < 50; ++t) block.step(5);
  CHECK(block.observe(kH) == -0.25);
}

TEST_CASE_TEMPLATE("rho bounds the drive and leaves small currents alone", T, float, double) {
  for (const double rho : {0.5, 3.0, 10.0}) {
    CAPTURE(rho);
    for (const double huge : {1e3, 1e10, 1e37}) {
      for (const double sign : {1.0, -1.0}) {
        Src<T> block({{"rho", {rho}}});
        for (int t = 0; t < 5; ++t) {
          const double s = block.step(sign * huge);
          CHECK(std::isfinite(block.observe(kH)));
          CHECK(std::isfinite(block.observe(kHs)));
          CHECK(s >= 0);
          CHECK(s <= 1);
          // tanh rounds to 1 up there.
          CHECK(std::fabs(block.observe(kX)) <= rho);
          CHECK(block.observe(kX) == doctest::Approx(sign * rho));
        }
      }
    }
    Src<T> block({{"rho", {rho}}});
    for (const double input : {0.3, -0.9, 2.0}) {
      block.step(input);
      const double i = block.observe(kI), x = block.observe(kX);
      CHECK(std::fabs(x) < rho);
      CHECK(std::fabs(x) < std::fabs(i));
      // tanh(y) = y - y^3 / 3 + ...
      CHECK(std::fabs(x - i) <= std::fabs(i * i * i) / (3 * rho * rho));
    }
  }
}

TEST_CASE_TEMPLATE("the input current decays by alpha each step", T, float, double) {
  for (const double alpha : {0.0, 0.5, 0.9, 0.99, 1.0}) {
    CAPTURE(alpha);
    Src<T> block({{"alpha", {alpha}}});
    block.step(2);
    CHECK(block.observe(kI) == 2);
    for (int t = 1; t <= 200; ++t) {
      block.step(0);
      // Two roundings a step; alpha itself is kept exactly enough.
      const double epsilon = std::is_same_v<T, float> ? 0x1p-24 : 0x1p-53;
      CHECK(block.observe(kI) == doctest::Approx(2 * std::pow(alpha, t)).epsilon(3 * t * epsilon));
    }
    block.step(-1);
    CHECK(block.observe(kI) == doctest::Approx(2 * std::pow(alpha, 201) - 1).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace neurosim
