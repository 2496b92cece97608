#include "sim/train/plan.hpp"

#include <doctest/doctest.h>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

Description describe(const std::string& populations, const std::string& projections) {
  return parse_description(
      "format: neurosim/1\ntime: { steps: 10 }\npopulations:\n"
      "  in: { model: spike_list, size: 4, spikes: [] }\n" +
          populations + "projections:\n" + projections,
      "net.yaml");
}

/// Every message of the ConfigError that a plan gives, a line each.
std::string errors_of(const Description& description, const GradientMode& mode = {}) {
  try {
    make_plan(description, mode);
  } catch (const ConfigError& error) {
    std::string lines;
    for (const Diagnostic& diagnostic : error.diagnostics()) lines += diagnostic.text() + "\n";
    return lines;
  }
  return "";
}

constexpr const char* kOut = "  out: { model: leaky_readout, size: 2 }\n";
constexpr const char* kInToA = "  - { from: in, to: a, weights: 1, learn: true }\n";
constexpr const char* kAToOut = "  - { from: a, to: out, connect: class_groups }\n";

TEST_CASE("one population must read classes out") {
  CHECK(errors_of(describe("  a: { model: src, size: 4 }\n", kInToA)) ==
        "net.yaml: populations: training needs one population that reads classes out "
        "(leaky_readout), found 0\n");
  CHECK(errors_of(describe("  a: { model: src, size: 4 }\n" + std::string(kOut) +
                               "  second: { model: leaky_readout, size: 2 }\n",
                           std::string(kInToA) + kAToOut +
                               "  - { from: a, to: second, connect: class_groups }\n")) ==
        "net.yaml: populations: training needs one population that reads classes out "
        "(leaky_readout), found 2\n");
}

TEST_CASE("something must learn") {
  CHECK(errors_of(describe("  a: { model: src, size: 4 }\n" + std::string(kOut),
                           "  - { from: in, to: a, weights: 1 }\n" + std::string(kAToOut))) ==
        "net.yaml: projections: nothing learns; write learn: true on a projection, or "
        "learn: [bias] on a population\n");
}

TEST_CASE("what learns needs a way to the readout, and all that have none are named") {
  CHECK(errors_of(describe("  a: { model: src, size: 4 }\n"
                           "  blind: { model: src, size: 4, learn: [bias] }\n" +
                               std::string(kOut),
                           std::string(kInToA) + kAToOut +
                               "  - { from: a, to: blind, weights: 1, learn: true }\n")) ==
        "net.yaml:6:3: populations.blind.learn: cannot learn: no way leads from here to "
        "the readout\n"
        "net.yaml:11:5: projections[2].learn: cannot learn: no way leads from here to the "
        "readout\n");
}

TEST_CASE("noise has no full gradient where errors pass") {
  const Description description =
      describe("  a: { model: src, size: 4, parameters: { noise: 0.1 } }\n" + std::string(kOut),
               std::string(kInToA) + kAToOut);
  const GradientMode full = {.full_recurrence = true};
  CHECK(errors_of(description, full) ==
        "net.yaml:5:3: populations.a.parameters.noise: noise cannot be trained through with "
        "training.recurrent_gradient: full\n");
  CHECK(errors_of(description) == "");
  // No error needs to go through a population without anything that learns in or before it.
  const Description fixed =
      describe("  a: { model: src, size: 4, parameters: { noise: 0.1 } }\n" + std::string(kOut),
               "  - { from: in, to: a, weights: 1 }\n"
               "  - { from: a, to: out, weights: 1, learn: true }\n");
  CHECK(errors_of(fixed, full) == "");
}

TEST_CASE("a refractory time has no adjoint") {
  CHECK(errors_of(describe("  a: { model: lif, size: 4, parameters: { refractory_steps: 2 } }\n" +
                               std::string(kOut),
                           std::string(kInToA) + kAToOut)) ==
        "net.yaml:5:3: populations.a.parameters.refractory_steps: neurons with a refractory "
        "time cannot be trained\n");
}

TEST_CASE("neurons in ms and drawn delays can be run, but not trained") {
  CHECK(errors_of(describe("  a: { model: cuba_lif, size: 4 }\n"
                           "  b: { model: cuba_lif, size: 4 }\n" +
                               std::string(kOut),
                           std::string(kInToA) +
                               "  - { from: a, to: b, weights: 1, delay: { init: uniform, low: 1, "
                               "high: 5 } }\n"
                               "  - { from: b, to: out, connect: class_groups }\n")) ==
        "net.yaml:5:3: populations.a.model: a network with cuba_lif can be run, but not trained\n"
        "net.yaml:6:3: populations.b.model: a network with cuba_lif can be run, but not trained\n"
        "net.yaml:10:5: projections[1].delay: a network whose delays are drawn can be run, but not "
        "trained\n");
  // Drawn parameters of models that can be trained can be.
  CHECK(errors_of(describe("  a: { model: src, size: 4, parameters: { bias: { init: uniform, "
                           "low: -6, high: -5 } } }\n" +
                               std::string(kOut),
                           std::string(kInToA) + kAToOut)) == "");
}

TEST_CASE("errors go where something learns, and no further") {
  const Description description = describe(
      "  a: { model: src, size: 4 }\n  b: { model: src, size: 4 }\n"
      "  c: { model: src, size: 4 }\n  side: { model: src, size: 4 }\n" +
          std::string(kOut),
      "  - { from: in, to: a, weights: 1, delay: 9 }\n"
      "  - { from: a, to: b, weights: 1, delay: 2, learn: true }\n"
      "  - { from: b, to: c, weights: 1, delay: 3 }\n"
      "  - { from: c, to: out, connect: class_groups }\n"
      "  - { from: b, to: side, weights: 1, delay: 7 }\n"
      "  - { from: a, to: c, weights: 1, delay: 8 }\n"
      "  - { from: c, to: b, weights: 1, delay: 4 }\n");
  const Plan plan = make_plan(description, {});
  CHECK(plan.readout == 5);
  CHECK(plan.backward == std::vector<std::uint8_t>{0, 0, 1, 1, 0, 1});
  CHECK(plan.learn == std::vector<std::uint8_t>{0, 1, 0, 0, 0, 0, 0});
  CHECK(plan.propagate == std::vector<std::uint8_t>{0, 0, 1, 1, 0, 0, 1});
  CHECK(plan.outgoing == std::vector<std::vector<std::size_t>>{{}, {}, {2}, {3, 6}, {}, {}});
  CHECK(plan.longest_delay == 4);
}

}  // namespace
}  // namespace neurosim
