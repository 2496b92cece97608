// Initial states, per-neuron parameters, and what lets silent SRC neurons rest.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "models/src_neuron.hpp"
#include "one_block.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::OneBlock;
using test::Settings;

enum Variable : std::size_t { kI, kX, kH, kHs };

template <class T>
bool same_state(const OneBlock<SrcNeuron, T>& a, const OneBlock<SrcNeuron, T>& b) {
  return std::memcmp(&a.state, &b.state, sizeof a.state) == 0;
}

TEST_CASE("each neuron has its own bias and initial state, and a reset restores them") {
  FieldValue bias(kBlock), h(kBlock), hs(kBlock);
  for (std::size_t k = 0; k < bias.size(); ++k) {
    bias[k] = -6 + static_cast<double>(k) / 100;
    h[k] = static_cast<double>(k) / kBlock - 0.5;
    hs[k] = -h[k] / 2;
  }
  OneBlock<SrcNeuron, double> block({{"bias", bias}, {"initial_h", h}, {"initial_hs", hs}});
  OneBlock<SrcNeuron, double> fresh = block;
  for (int lane = 0; lane < kBlock; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    CHECK(block.observe(kH, lane) == h[k]);
    CHECK(block.observe(kHs, lane) == hs[k]);
    CHECK(block.observe(kI, lane) == 0);
  }
  block.step(0);
  for (int lane = 0; lane < kBlock; ++lane) {
    const auto k = static_cast<std::size_t>(lane);
    CHECK(block.observe(kH, lane) ==
          doctest::Approx(std::tanh(2 * h[k] - 7 * hs[k] + bias[k])).epsilon(1e-13));
  }
  for (int t = 0; t < 30; ++t) block.step(3);
  CHECK(!same_state(block, fresh));
  block.reset();
  CHECK(same_state(block, fresh));
}

TEST_CASE("a partial block computes its own lanes only") {
  OneBlock<SrcNeuron, float> whole, part;
  part.context.width = 2 * kLaneGroup;
  const auto untouched = part.state;
  for (int t = 0; t < 20; ++t) {
    whole.step(1);
    part.step(1);
  }
  for (int lane = 0; lane < kBlock; ++lane) {
    CHECK(part.state.h.at[lane] ==
          (lane < 2 * kLaneGroup ? whole.state.h.at[lane] : untouched.h.at[lane]));
  }
}

TEST_CASE_TEMPLATE("a block that may sleep would not change and not send", T, float, double) {
  std::size_t slept = 0, awake_silent = 0;
  test::for_each_seed(40, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    Settings settings = {{"bias", {draw.real(-6.5, -4)}}, {"alpha", {draw.real(0, 0.7)}}};
    if (seed % 2) settings.push_back({"slow_gate", {1}});
    if (seed % 3 == 1) settings.push_back({"slow_gate_slope", {10}});
    if (seed % 5 == 0) settings.push_back({"rest_tolerance", {1e-4}});
    if (seed % 5 == 1) settings.push_back({"current_cutoff", {1e-4}});
    if (seed % 7 < 3) settings.push_back({"output", {1}});
    OneBlock<SrcNeuron, T> block(settings);
    for (int t = 0; t < 1500; ++t) {
      const double input = t % 700 < 10 && draw.chance(0.5) ? draw.real(-1, 4) : 0;
      block.step(input);
      if (block.awake != 0) {
        awake_silent += input == 0;
        continue;
      }
      CHECK(input == 0);
      OneBlock<SrcNeuron, T> next = block;
      next.step(0);
      REQUIRE(same_state(next, block));
      for (const T s : block.output.at) REQUIRE(s == 0);
      for (const T s : next.output.at) REQUIRE(s == 0);
      REQUIRE(next.awake == 0);
      ++slept;
    }
  });
  CHECK(slept > 5000);
  CHECK(awake_silent > 5000);
}

TEST_CASE("one neuron that moves keeps its block awake") {
  FieldValue bias(kBlock, -6.0);
  bias[37] = -4;  // never rests
  OneBlock<SrcNeuron, float> block({{"bias", bias}});
  for (int t = 0; t < 3000; ++t) {
    block.step(0);
    REQUIRE(block.awake != 0);
  }
}

TEST_CASE_TEMPLATE("an input current below the cutoff becomes 0", T, float, double) {
  for (const double sign : {1.0, -1.0}) {
    OneBlock<SrcNeuron, T> block({{"alpha", {0.5}}, {"current_cutoff", {0.125}}});
    block.step(sign);
    // 0.125 itself is not smaller.
    for (const double expected : {0.5, 0.25, 0.125, 0.0, 0.0}) {
      block.step(0);
      CHECK(block.observe(kI) == sign * expected);
    }
    // It applies to the sum of what is left and the input.
    block.step(sign * 0.1);
    CHECK(block.observe(kI) == 0);
    block.step(sign * 0.2);
    CHECK(block.observe(kI) == static_cast<double>(static_cast<T>(sign * 0.2)));
    block.step(sign * 0.1);
    CHECK(block.observe(kI) == doctest::Approx(sign * 0.2));
  }
}

TEST_CASE_TEMPLATE("h and hs hold within the tolerance while no current flows, and only then", T,
                   float, double) {
  constexpr double kTolerance = 1e-3;
  std::size_t held = 0, moved_while_free = 0, small_while_driven = 0;
  test::for_each_seed(20, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    // With a small alpha the current underflows within the run, or the cutoff ends it.
    Settings settings = {{"bias", {draw.real(-6, -4)}},
                         {"alpha", {seed % 2 ? 0.5 : 0.9}},
                         {"current_cutoff", {seed % 2 ? 1e-4 : 1e-3}}};
    OneBlock<SrcNeuron, T> free(settings);
    settings.push_back({"rest_tolerance", {kTolerance}});
    OneBlock<SrcNeuron, T> holding(settings);
    for (int t = 0; t < 400; ++t) {
      const double input = draw.chance(0.01) ? draw.real(-1, 4) : 0;
      const auto before = holding.state;
      free.state = holding.state;
      free.context.tick = holding.context.tick;
      holding.step(input);
      free.step(input);
      // The tolerance as the kernel's type holds it, and differences rounded as it rounds them.
      const T moved = std::max(std::fabs(free.state.h.at[0] - before.h.at[0]),
                               std::fabs(free.state.hs.at[0] - before.hs.at[0]));
      const bool small = moved <= static_cast<T>(kTolerance);
      const bool silent = free.observe(kI) == 0;
      REQUIRE(holding.state.i.at[0] == free.state.i.at[0]);
      if (small && silent) {
        REQUIRE(holding.state.h.at[0] == before.h.at[0]);
        REQUIRE(holding.state.hs.at[0] == before.hs.at[0]);
        ++held;
      } else {
        REQUIRE(same_state(holding, free));
        moved_while_free += silent;
        small_while_driven += small;
      }
    }
  });
  CHECK(held > 500);
  CHECK(moved_while_free > 500);
  CHECK(small_while_driven > 20);
}

TEST_CASE("the tolerance ends the last bits' cycle at b = -5") {
  OneBlock<SrcNeuron, double> block({{"bias", {-5}}, {"rest_tolerance", {1e-9}}});
  int t = 0;
  do {
    block.step(0);
  } while (block.awake != 0 && ++t < 3000);
  CHECK(t < 3000);
  // It rests where it was going.
  CHECK(block.observe(kH) == doctest::Approx(-0.7872).epsilon(1e-4));
}

TEST_CASE("the cutoff lets a neuron rest sooner") {
  const auto steps_to_rest = [](double cutoff) {
    OneBlock<SrcNeuron, double> block({{"current_cutoff", {cutoff}}});
    block.step(1);
    int steps = 0;
    while (block.awake != 0 && steps < 10000) {
      block.step(0);
      ++steps;
    }
    return steps;
  };
  CHECK(steps_to_rest(1e-6) < steps_to_rest(1e-12));
  CHECK(steps_to_rest(1e-12) < steps_to_rest(0));
  CHECK(steps_to_rest(0) < 10000);
}

}  // namespace
}  // namespace neurosim
