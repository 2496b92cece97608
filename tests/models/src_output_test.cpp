// Binary output of the SRC (arXiv:2605.10679): what is sent, and what stays as it is with graded
// spikes.

#include <doctest/doctest.h>

#include <cstring>

#include "models/src_neuron.hpp"
#include "one_block.hpp"
#include "sim/network/neuron_blocks.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::OneBlock;
using test::Settings;

const std::pair<std::string_view, FieldValue> kBinary = {"output", {SrcFields::kBinary}};

TEST_CASE("the threshold is h > 0.5 itself") {
  // With z = 1, h holds its first value.
  const std::pair<double, double> cases[] = {{0.5, 0}, {0.5 + 1e-15, 1}, {0.5 - 1e-15, 0},
                                             {1, 1},   {0.2, 0},         {-0.9, 0}};
  for (const auto& [h, spike] : cases) {
    CAPTURE(h);
    OneBlock<SrcNeuron, double> block({{"z", {1}}, {"initial_h", {h}}, kBinary});
    CHECK(block.step(0) == spike);
    CHECK(block.step(1) == spike);
    CHECK(block.observe(2) == h);
  }
}

TEST_CASE_TEMPLATE("binary output changes what is sent and nothing else", T, float, double) {
  std::size_t binary_spikes = 0, graded_only = 0;
  test::for_each_seed(40, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    Settings settings = {{"bias", {draw.real(-5, -4)}}, {"alpha", {draw.real(0.3, 0.9)}}};
    if (seed % 2) settings.push_back({"slow_gate", {1}});
    if (seed % 3 == 1) settings.push_back({"rest_tolerance", {1e-4}});
    if (seed % 5 == 1) settings.push_back({"noise", {0.2}});
    OneBlock<SrcNeuron, T> graded(settings);
    settings.push_back(kBinary);
    OneBlock<SrcNeuron, T> binary(settings);
    for (int t = 0; t < 200; ++t) {
      const double input = draw.chance(0.2) ? draw.real(-1, 4) : 0;
      graded.step(input);
      binary.step(input);
      REQUIRE(std::memcmp(&graded.state, &binary.state, sizeof graded.state) == 0);
      for (int lane = 0; lane < kBlock; ++lane) {
        const T h = graded.state.h.at[lane];
        REQUIRE(graded.output.at[lane] == (h > 0 ? h : T(0)));
        REQUIRE(binary.output.at[lane] == (h > T(0.5) ? T(1) : T(0)));
        binary_spikes += h > T(0.5);
        graded_only += h > 0 && !(h > T(0.5));
      }
    }
  });
  CHECK(binary_spikes > 1000);
  CHECK(graded_only > 1000);
}

TEST_CASE_TEMPLATE("a neuron that rests above 0 sleeps if its output is binary", T, float, double) {
  // With z = 1 and hs = h nothing moves.
  const Settings resting = {{"z", {1}}, {"initial_h", {0.25}}, {"initial_hs", {0.25}}};
  OneBlock<SrcNeuron, T> graded(resting);
  CHECK(graded.step(0) == 0.25);
  CHECK(graded.awake != 0);
  Settings settings = resting;
  settings.push_back(kBinary);
  OneBlock<SrcNeuron, T> silent(settings);
  CHECK(silent.step(0) == 0);
  CHECK(silent.awake == 0);
  // While one that rests above 0.5 goes on sending.
  OneBlock<SrcNeuron, T> sending(
      {{"z", {1}}, {"initial_h", {0.75}}, {"initial_hs", {0.75}}, kBinary});
  for (int t = 0; t < 3; ++t) {
    CHECK(sending.step(0) == 1);
    CHECK(sending.awake != 0);
  }
}

TEST_CASE("the adjoint of binary output is that of graded spikes") {
  for (const bool full : {false, true}) {
    for (const bool bypass : {false, true}) {
      CAPTURE(full);
      CAPTURE(bypass);
      const GradientMode mode = {.bypass_relu = bypass, .full_recurrence = full};
      test::Draw draw(3);
      constexpr int kTicks = 30;
      std::vector<double> inputs(kTicks), d_output(kTicks * kBlock);
      for (double& x : inputs) x = draw.chance(0.3) ? draw.real(0, 3) : 0;
      for (double& d : d_output) d = draw.real(-1, 1);
      const auto gradient = [&](const Settings& settings) {
        OneBlock<SrcNeuron, double> block(settings);
        const auto rows = static_cast<std::size_t>(SrcNeuron::tape_rows(mode)) * kBlock;
        std::vector<double> tape(kTicks * rows), result(kTicks * kBlock + 3 * kBlock);
        for (int t = 0; t < kTicks; ++t) {
          const auto at = static_cast<std::size_t>(t);
          std::fill_n(block.input.at, kBlock, inputs[at]);
          block.context.tick = t;
          SrcNeuron::step(block.parameters, block.cells, block.state, block.input.at, block.context,
                          block.output.at, Tape<double>{tape.data() + at * rows, &mode});
        }
        SrcNeuron::Carry<double> carry = {};
        SrcNeuron::adjoint(block.parameters, block.cells, mode, carry,
                           AdjointRange<double>{.first = 0,
                                                .ticks = kTicks,
                                                .width = kBlock,
                                                .tape = tape.data(),
                                                .d_output = d_output.data(),
                                                .error = result.data()},
                           result.data() + kTicks * kBlock);
        return result;
      };
      const auto graded = gradient({{"bias", {-4.5}}});
      CHECK(gradient({{"bias", {-4.5}}, kBinary}) == graded);
      CHECK(std::ranges::count_if(graded, [](double d) { return d != 0; }) > 300);
    }
  }
}

TEST_CASE("a population says whether its spikes carry values") {
  const auto graded = [](const Settings& settings) {
    return make_neuron_blocks<float>("src", 3, test::values_with<SrcNeuron>(settings), 1)->graded();
  };
  CHECK(graded({}));
  CHECK_FALSE(graded({kBinary}));
}

}  // namespace
}  // namespace neurosim
