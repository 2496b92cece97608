#include "models/leaky_readout.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "one_block.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::OneBlock;

TEST_CASE("the readout follows V[t] = alpha V[t-1] + input") {
  test::for_each_seed(20, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const double alpha = draw.real(0.5, 1);
    OneBlock<LeakyReadout, double> block({{"alpha", {alpha}}});
    double v = 0;
    for (Tick tick = 0; tick < 300; ++tick) {
      const double input = draw.chance(0.3) ? draw.real(-1, 2) : 0;
      v = alpha * v + input;
      CHECK(block.step(input) == 0);  // it never fires
      // Relative rounding of at most 300 multiplications.
      REQUIRE(block.observe(0) == doctest::Approx(v).epsilon(300 * 0x1p-52));
    }
  });
}

TEST_CASE("the readout never keeps a block awake") {
  OneBlock<LeakyReadout, float> block;
  for (const double input : {0.0, 5.0, -3.0, 0.0, 1e30}) {
    block.step(input);
    CHECK(block.awake == 0);
  }
}

TEST_CASE_TEMPLATE("silent steps taken or jumped over give the same bits", T, float, double) {
  test::for_each_seed(20, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const test::Settings settings = {{"alpha", {draw.real(0.2, 1)}}};
    OneBlock<LeakyReadout, T> every(settings), jumps(settings);
    for (Tick tick = 0; tick < 400; ++tick) {
      const double input = draw.chance(0.05) ? draw.real(-1, 1) : 0;
      every.step_at(tick, input);
      if (input != 0) jumps.step_at(tick, input);
      REQUIRE(every.observe_at(tick, 0) == jumps.observe_at(tick, 0));
    }
    CHECK(every.observe(0) != 0);
  });
}

TEST_CASE("each neuron has its own alpha") {
  FieldValue alphas(kBlock);
  for (std::size_t k = 0; k < alphas.size(); ++k) alphas[k] = static_cast<double>(k) / kBlock;
  OneBlock<LeakyReadout, double> block({{"alpha", alphas}});
  block.step(1);
  block.step(1);
  for (int lane = 0; lane < kBlock; ++lane) {
    CHECK(block.observe(0, lane) == 1 + alphas[static_cast<std::size_t>(lane)]);
    CHECK(block.observe_at(3, 0, lane) ==
          doctest::Approx((1 + alphas[static_cast<std::size_t>(lane)]) *
                          std::pow(alphas[static_cast<std::size_t>(lane)], 2)));
  }
}

TEST_CASE("a reset forgets everything") {
  OneBlock<LeakyReadout, double> block;
  block.step_at(1000, 3);
  block.reset();
  CHECK(block.observe_at(-1, 0) == 0);
  CHECK(block.observe_at(5, 0) == 0);
  block.step(2);
  CHECK(block.observe(0) == 2);
}

TEST_CASE("without a leak the readout counts") {
  OneBlock<LeakyReadout, float> block({{"alpha", {1}}});
  for (int k = 0; k < 1000; ++k) block.step_at(3 * k, k % 4);
  CHECK(block.observe_at(1'000'000, 0) == 1500);
}

}  // namespace
}  // namespace neurosim
