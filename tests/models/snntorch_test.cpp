// LIF against membranes and spikes of snnTorch 0.9.4 (snn.Leaky), computed by running it. Its
// `reset_delay=True` is our `reset_timing: next_step`, its `beta` our `leak`.
//
// One thing is deliberately not shared. In snnTorch a membrane that is still above the threshold
// after `reset_mechanism="subtract", reset_delay=False` neither fires nor is reset at the next
// step: the flag of the reset is taken from the membrane, not from the spike. Our neuron fires
// whenever V is above the threshold. The two agree up to the first such membrane.

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "models/lif.hpp"
#include "one_block.hpp"
#include "sim/network/config_node.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

constexpr const char* kFile = "reference/encoders.json";

struct Case {
  double beta = 0.5, threshold = 1;
  std::string mechanism;
  bool delay = false;
  std::vector<double> input, membrane, spike;
};

test::Settings settings(const Case& c) {
  double reset = -1;
  for (std::size_t k = 0; k < std::size(LifNeuron::kResets); ++k) {
    if (LifNeuron::kResets[k] == c.mechanism) reset = static_cast<double>(k);
  }
  REQUIRE(reset >= 0);
  return {{"leak", {c.beta}},
          {"threshold", {c.threshold}},
          {"reset", {reset}},
          {"reset_timing",
           {static_cast<double>(c.delay ? LifNeuron::kNextStep : LifNeuron::kSameStep)}}};
}

/// Whether snnTorch's flag and its spikes part after this membrane.
bool left_above(const Case& c, std::size_t t) {
  return c.mechanism == "subtract" && !c.delay && c.membrane[t] > c.threshold;
}

/// Steps through a case until the end or the first membrane that was left above the threshold;
/// returns how many steps agreed.
std::size_t agreeing_steps(const Case& c, test::OneBlock<LifNeuron, float>& block) {
  for (std::size_t t = 0; t < c.input.size(); ++t) {
    CAPTURE(t);
    REQUIRE(block.step(c.input[t]) == c.spike[t]);
    // Both in single precision; one rounding of values below 4 a step adds up at most to this.
    REQUIRE(std::fabs(block.observe(0) - c.membrane[t]) <=
            4 * 0x1p-24 * static_cast<double>(2 * t + 2));
    if (left_above(c, t)) return t + 1;
  }
  return c.input.size();
}

// From docstrings and a run: beta 0.5, threshold 1, six inputs of 0.8.
TEST_CASE("six equal inputs give snnTorch's traces") {
  const std::vector<double> input(6, 0.8);
  const Case cases[] = {
      {.mechanism = "subtract",
       .delay = true,
       .input = input,
       .membrane = {0.8, 1.2, 0.4, 1.0, 1.3, 0.45},
       .spike = {0, 1, 0, 0, 1, 0}},
      {.mechanism = "subtract",
       .delay = false,
       .input = input,
       .membrane = {0.8, 0.2, 0.9, 0.25, 0.925, 0.2625},
       .spike = {0, 1, 0, 1, 0, 1}},
      {.mechanism = "zero",
       .delay = true,
       .input = input,
       .membrane = {0.8, 1.2, 0.8, 1.2, 0.8, 1.2},
       .spike = {0, 1, 0, 1, 0, 1}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.mechanism);
    CAPTURE(c.delay);
    test::OneBlock<LifNeuron, float> block(settings(c));
    CHECK(agreeing_steps(c, block) == 6);
  }
}

TEST_CASE("a V left above the threshold fires again, unlike snnTorch's") {
  // beta 0.9, inputs 3, 0, 0, 0; snnTorch: membrane 2, 1.8, 1.62, ... and a single spike.
  const Case c = {.beta = 0.9,
                  .mechanism = "subtract",
                  .delay = false,
                  .input = {3, 0, 0, 0},
                  .membrane = {2, 1.8, 1.62, 1.458},
                  .spike = {1, 0, 0, 0}};
  test::OneBlock<LifNeuron, float> block(settings(c));
  CHECK(agreeing_steps(c, block) == 1);
  CHECK(block.step(0) == 1);
  CHECK(block.observe(0) == doctest::Approx(0.8));
  CHECK(block.step(0) == 0);
  CHECK(block.observe(0) == doctest::Approx(0.72));
}

std::vector<double> numbers(const ConfigNode& node) {
  std::vector<double> values;
  for (const ConfigNode& item : node.items()) REQUIRE(item.read(values.emplace_back()));
  return values;
}

/// JSON is YAML: the project's own reader takes it.
std::vector<Case> recorded_cases() {
  std::ifstream stream(test::shared_path(kFile), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  ConfigLog log("encoders.json");
  const ConfigValuePtr root = parse_config(text, log);
  ConfigMap map = ConfigNode(root, "", root->place, log).map();
  std::vector<Case> cases;
  for (const ConfigNode& item : map.get("leaky").items()) {
    ConfigMap fields = item.map();
    Case& c = cases.emplace_back();
    REQUIRE(fields.get("beta").read(c.beta));
    REQUIRE(fields.get("threshold").read(c.threshold));
    REQUIRE(fields.get("reset_mechanism").read(c.mechanism));
    REQUIRE(fields.get("reset_delay").read(c.delay));
    c.input = numbers(fields.get("input"));
    c.membrane = numbers(fields.get("membrane"));
    c.spike = numbers(fields.get("spike"));
    REQUIRE(c.input.size() == c.membrane.size());
    REQUIRE(c.input.size() == c.spike.size());
  }
  log.throw_if_any();
  return cases;
}

TEST_CASE("recorded traces of snnTorch") {
  if (!test::have_shared(kFile)) return;
  const auto cases = recorded_cases();
  CHECK(cases.size() == 6);
  for (const Case& c : cases) {
    CAPTURE(c.mechanism);
    CAPTURE(c.delay);
    test::OneBlock<LifNeuron, float> block(settings(c));
    const std::size_t steps = agreeing_steps(c, block);
    if (c.mechanism != "subtract" || c.delay) {
      CHECK(steps == c.input.size());
      continue;
    }
    // The tenth input, 2.5, leaves 1.863 after the subtraction: our neuron fires at once again.
    CHECK(steps == 10);
    CHECK(c.spike[10] == 0);
    CHECK(block.step(c.input[10]) == 1);
    CHECK(block.observe(0) ==
          doctest::Approx(c.beta * c.membrane[9] + c.input[10] - c.threshold).epsilon(1e-6));
  }
}

}  // namespace
}  // namespace neurosim
