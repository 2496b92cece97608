// What is drawn, a number a receptor, and receptors.

#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

std::string cuba(const std::string& parameters) {
  return with_out("model: cuba_lif, size: 4, parameters: { " + parameters + " }");
}

std::string with_delay(const std::string& delay) {
  return with_projection("- { from: in, to: out, weights: 1, delay: " + delay + " }");
}

std::string with_receptor(const std::string& parameters, const std::string& receptor) {
  return assemble({.projections = "- { from: in, to: out, weights: 1, receptor: " + receptor + " }",
                   .out = "model: cuba_lif, size: 4, parameters: { " + parameters + " }"});
}

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"drawn: in a field with one value for all",
     cuba("tau_mem_ms: { init: uniform }"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_mem_ms: expected a number >= 1e-06, got a map"},
    {"drawn: in a field with one value a receptor",
     cuba("tau_syn_ms: { init: uniform }"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_syn_ms: expected a number >= 1e-06, a list of "
     "1 to "
     "4 or none, got a map"},
    {"drawn: unknown distribution",
     cuba("drive: { init: unifrm, low: 1, high: 2 }"),
     {},
     "net.yaml:7:65: populations.out.parameters.drive.init: unknown value \"unifrm\"; did you mean "
     "\"uniform\"? (known: uniform, normal)"},
    {"drawn: a way that only weights have",
     cuba("drive: { init: constant, value: 1 }"),
     {},
     "net.yaml:7:65: populations.out.parameters.drive.init: unknown value \"constant\" (known: "
     "uniform, normal)"},
    {"drawn: key of another distribution",
     cuba("drive: { init: normal, low: 1 }"),
     {},
     "net.yaml:7:73: populations.out.parameters.drive.low: unknown key \"low\" (known: init, mean, "
     "standard_deviation)"},
    {"drawn: low above high",
     cuba("drive: { init: uniform, low: 2, high: 1 }"),
     {},
     "net.yaml:7:57: populations.out.parameters.drive: low must not exceed high"},
    {"drawn: no numbers",
     cuba("drive: { init: uniform, low: a, high: [1] }"),
     {},
     "net.yaml:7:79: populations.out.parameters.drive.low: expected a number, got \"a\"\n"
     "net.yaml:7:88: populations.out.parameters.drive.high: expected a number, got a list of 1"},
    {"drawn: negative deviation",
     cuba("drive: { init: normal, standard_deviation: -1 }"),
     {},
     "net.yaml:7:93: populations.out.parameters.drive.standard_deviation: expected a number >= 0, "
     "got -1"},
    {"drawn: out of range",
     with_out("model: lif, size: 4, parameters: { leak: { init: uniform, low: 0.5, high: 1.5 } }"),
     {},
     "net.yaml:7:51: populations.out.parameters.leak: low and high must be numbers in [0, 1]"},
    {"drawn: file and distribution",
     cuba("drive: { init: uniform, file: a.h5 }"),
     {},
     "net.yaml:7:74: populations.out.parameters.drive.file: unknown key \"file\" (known: init, "
     "low, high)"},
    {"receptors: no time constant",
     cuba("tau_syn_ms: []"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_syn_ms: expected 1 to 4 numbers, got a list of "
     "0"},
    {"receptors: five time constants",
     cuba("tau_syn_ms: [1, 2, 3, 4, 5]"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_syn_ms: expected 1 to 4 numbers, got a list of "
     "5"},
    {"receptors: what is no time constant",
     cuba("tau_syn_ms: [1, -2, 0, x]"),
     {},
     "net.yaml:7:66: populations.out.parameters.tau_syn_ms.1: expected a number >= 1e-06, got -2\n"
     "net.yaml:7:70: populations.out.parameters.tau_syn_ms.2: expected a number >= 1e-06, got 0\n"
     "net.yaml:7:73: populations.out.parameters.tau_syn_ms.3: expected a number >= 1e-06, got "
     "\"x\""},
    {"receptors: a word",
     cuba("tau_syn_ms: fast"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_syn_ms: expected a number >= 1e-06, a list of "
     "1 to "
     "4 or none, got \"fast\""},
    {"receptors: a list of one a neuron is none a receptor",
     cuba("tau_mem_ms: [1, 2]"),
     {},
     "net.yaml:7:62: populations.out.parameters.tau_mem_ms: expected a number >= 1e-06, got a list "
     "of "
     "2"},
    {"receptor: of a neuron with one",
     with_receptor("", "1"),
     {},
     "net.yaml:4:48: projections.0.receptor: out has one receptor, 0"},
    {"receptor: of a neuron without currents",
     with_receptor("tau_syn_ms: none", "1"),
     {},
     "net.yaml:4:48: projections.0.receptor: out has one receptor, 0"},
    {"receptor: of a neuron with two",
     with_receptor("tau_syn_ms: [5, 10]", "2"),
     {},
     "net.yaml:4:48: projections.0.receptor: out has receptors 0 to 1"},
    {"receptor: negative",
     with_receptor("tau_syn_ms: [5, 10]", "-1"),
     {},
     "net.yaml:4:48: projections.0.receptor: out has receptors 0 to 1"},
    {"receptor: a word",
     with_receptor("tau_syn_ms: [5, 10]", "inhibitory"),
     {},
     "net.yaml:4:48: projections.0.receptor: expected an integer, got \"inhibitory\""},
    {"receptor: of a model that has one only",
     with_projection("- { from: in, to: out, weights: 1, receptor: 1 }"),
     {},
     "net.yaml:4:48: projections.0.receptor: out has one receptor, 0"},
    {"receptor: one mistake, one message",
     with_receptor("tau_syn_ms: [1, 2, 3, x]", "3"),
     {},
     "net.yaml:7:72: populations.out.parameters.tau_syn_ms.3: expected a number >= 1e-06, got "
     "\"x\""},
    {"delay: drawn below 0",
     with_delay("{ init: uniform, low: -1, high: 5 }"),
     {},
     "net.yaml:4:45: projections.0.delay: low and high must be 0 to 1000 steps"},
    {"delay: drawn too long",
     with_delay("{ init: uniform, low: 1, high: 1001 }"),
     {},
     "net.yaml:4:45: projections.0.delay: low and high must be 0 to 1000 steps"},
    {"delay: far from the mean too long",
     with_delay("{ init: normal, mean: 900, standard_deviation: 17 }"),
     {},
     "net.yaml:4:45: projections.0.delay: mean + 6 standard_deviation must not exceed 1000 steps"},
    {"delay: low above high",
     with_delay("{ init: uniform, low: 5, high: 1 }"),
     {},
     "net.yaml:4:45: projections.0.delay: low must not exceed high"},
    {"delay: unknown distribution",
     with_delay("{ init: gamma }"),
     {},
     "net.yaml:4:53: projections.0.delay.init: unknown value \"gamma\" (known: uniform, normal)"},
    {"delay: no distribution",
     with_delay("{ low: 1 }"),
     {},
     "net.yaml:4:45: projections.0.delay: missing key \"init\""},
    {"delay: a list",
     with_delay("[1, 2]"),
     {},
     "net.yaml:4:45: projections.0.delay: expected an integer >= 0, got a list of 2"},
    {"delay: normal, below one step",
     with_delay("{ init: normal, mean: -50, standard_deviation: 1 }"),
     {},
     "net.yaml:4:45: projections.0.delay: mean must be at least 1 step: delays that are drawn "
     "below "
     "1 become 1"},
    {"delay: more rows than memory",
     "format: neurosim/1\npopulations:\n  in: { model: poisson, size: 10000000, rate_hz: 1 }\n"
     "  out: { model: lif, size: 10000000 }\nprojections:\n"
     "  - { from: in, to: out, connect: one_to_one, weights: 1, "
     "delay: { init: uniform, low: 1, high: 1000 } }\n",
     {},
     "net.yaml:6:66: projections.0.delay: up to 1000 delays for each of 10000000 sources; at most "
     "2^31 (2.15e+09) such rows fit into one projection"},
    {"delay: drawn into a dense matrix",
     with_projection("- { from: in, to: out, weights: 1, storage: dense, delay: { init: uniform, "
                     "low: 1, high: 4 } }"),
     {},
     "net.yaml:4:47: projections.0.storage: delays that are drawn need storage: sparse"},
    {"delay: drawn for synapses that are shared",
     "format: neurosim/1\npopulations:\n  in: { model: poisson, shape: [4, 4], rate_hz: 1 }\n"
     "  out: { model: lif, shape: [2, 2, 2] }\nprojections:\n"
     "  - { from: in, to: out, connect: { type: conv2d, kernel: 3 }, weights: 1, "
     "delay: { init: uniform, low: 1, high: 4 } }\n",
     {},
     "net.yaml:6:83: projections.0.delay: conv2d has one delay: synapses that are shared cannot "
     "each draw their own"},
    {"delay: a loop may draw 0",
     with_projection("- { from: in, to: out, weights: 1 }\n  - { from: out, to: out, weights: 1, "
                     "delay: { init: uniform, low: 0.4, high: 5 } }"),
     {},
     "net.yaml:5:5: projections.1: zero-delay cycle: out -> out; give one of its projections a "
     "delay >= 1"},
};

}  // namespace

TEST_CASE("malformed values that are drawn, and receptors") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

TEST_CASE("what is drawn may reach the bounds, and a loop a delay of 1") {
  const std::string accepted = "(accepted)";
  CHECK(mistakes(with_delay("{ init: uniform, low: 0, high: 1000 }")) == accepted);
  CHECK(mistakes(with_delay("{ init: uniform, low: 3, high: 3 }")) == accepted);
  CHECK(mistakes(with_delay("{ init: normal, mean: 400, standard_deviation: 100 }")) == accepted);
  CHECK(mistakes(with_delay("{ init: normal, mean: 1 }")) == accepted);
  for (const char* loop : {"{ init: uniform, low: 0.5, high: 5 }", "{ init: normal, mean: 1 }"}) {
    CHECK(mistakes(with_projection("- { from: in, to: out, weights: 1 }\n"
                                   "  - { from: out, to: out, weights: 1, delay: " +
                                   std::string(loop) + " }")) == accepted);
  }
  CHECK(mistakes(with_out("model: lif, size: 4, parameters: { leak: { init: uniform, low: 0, "
                          "high: 1 } }")) == accepted);
  CHECK(mistakes(cuba("tau_syn_ms: [1, 2, 3, 4]")) == accepted);
  CHECK(mistakes(with_receptor("tau_syn_ms: [5, 10]", "1")) == accepted);
  CHECK(mistakes(with_receptor("tau_syn_ms: none", "0")) == accepted);
}

}  // namespace neurosim::test
