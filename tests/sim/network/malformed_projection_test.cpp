#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"unknown population",
     with_projection("- { from: inn, to: out, weights: 1 }"),
     {},
     "net.yaml:4:13: projections.0.from: unknown population \"inn\"; did you mean \"in\"? (known: "
     "in, out)"},
    {"projections as a map",
     with_projection("{ from: in, to: out }"),
     {},
     "net.yaml:4:3: projections: expected a list, got a map"},
    {"projection of nothing",
     with_projection("- {}"),
     {},
     "net.yaml:4:5: projections.0: missing key \"from\"\n"
     "net.yaml:4:5: projections.0: missing key \"to\"\n"
     "net.yaml:4:5: projections.0: missing key \"weights\""},
    {"misspelt key of a projection",
     with_projection("- { from: in, to: out, wieghts: 1 }"),
     {},
     "net.yaml:4:26: projections.0.wieghts: unknown key \"wieghts\"; did you mean \"weights\"? "
     "(known: from, to, name, connect, weights, storage, delay, learn, bits, receptor)"},
    {"one bit",
     with_projection("- { from: in, to: out, weights: 1, bits: 1 }"),
     {},
     "net.yaml:4:44: projections.0.bits: expected an integer >= 2, got 1"},
    {"too many bits",
     with_projection("- { from: in, to: out, weights: 1 }"),
     {"projections.0.bits=17"},
     "--set projections.0.bits=17: projections.0.bits: expected an integer <= 16, got 17"},
    {"bits in words",
     with_projection("- { from: in, to: out, weights: 1, bits: five }"),
     {},
     "net.yaml:4:44: projections.0.bits: expected an integer >= 2, got \"five\""},
    {"misspelt connect",
     with_projection("- { from: in, to: out, connect: all_to_al, weights: 1 }"),
     {},
     "net.yaml:4:35: projections.0.connect: unknown value \"all_to_al\"; did you mean "
     "\"all_to_all\"? (known: all_to_all, one_to_one, class_groups, fixed_probability, "
     "fixed_indegree, pairs, conv2d, pool2d)"},
    {"connect without its key",
     with_projection("- { from: in, to: out, connect: fixed_indegree, weights: 1 }"),
     {},
     "net.yaml:4:35: projections.0.connect: needs more: write { type: fixed_indegree, indegree: 10 "
     "}"},
    {"probability above 1",
     with_projection(
         "- { from: in, to: out, connect: { type: fixed_probability, p: 1.1 }, weights: 1 }"),
     {},
     "net.yaml:4:65: projections.0.connect.p: expected a number in [0, 1], got 1.1"},
    {"key of another connect",
     with_projection("- { from: in, to: out, connect: { type: one_to_one, p: 1 }, weights: 1 }"),
     {},
     "net.yaml:4:55: projections.0.connect.p: unknown key \"p\" (known: type)"},
    {"indegree above the size",
     with_projection(
         "- { from: in, to: out, connect: { type: fixed_indegree, indegree: 5 }, weights: 1 }"),
     {},
     "net.yaml:4:35: projections.0.connect: indegree 5 exceeds the number of source neurons; in "
     "has 4 neurons and out 4"},
    {"one_to_one of unequal sizes",
     with_out("model: src, size: 3"),
     {"projections.0.connect=one_to_one"},
     "--set projections.0.connect=one_to_one: projections.0.connect: one_to_one needs equal sizes; "
     "in has 4 neurons and out 3"},
    {"class_groups that do not divide",
     with_out("model: leaky_readout, size: 3"),
     {"projections.0={from: in, to: out, connect: class_groups}"},
     "--set projections.0={from: in, to: out, connect: class_groups}: projections.0.connect: "
     "class_groups needs the same number of source neurons for each target neuron; in has 4 "
     "neurons and out 3"},
    {"class_groups with a number",
     with_projection("- { from: in, to: out, connect: class_groups, weights: 1 }"),
     {},
     "net.yaml:4:58: projections.0.weights: expected { excitatory: 1, inhibitory: -0.1 }, as "
     "class_groups needs, got 1"},
    {"class group weights elsewhere",
     with_projection("- { from: in, to: out, weights: { excitatory: 1 } }"),
     {},
     "net.yaml:4:35: projections.0.weights: excitatory and inhibitory weights need connect: "
     "class_groups"},
    {"misspelt weights",
     with_projection("- { from: in, to: out, weights: { intit: constant, value: 1 } }"),
     {},
     "net.yaml:4:37: projections.0.weights.intit: unknown key \"intit\"; did you mean \"init\"? "
     "(known: init, low, high, mean, standard_deviation, value, gain, file, dataset, excitatory, "
     "inhibitory)"},
    {"misspelt init",
     with_projection("- { from: in, to: out, weights: { init: xavier } }"),
     {},
     "net.yaml:4:43: projections.0.weights.init: unknown value \"xavier\"; did you mean "
     "\"xavier_uniform\"? (known: constant, uniform, normal, xavier_uniform)"},
    {"key of another init",
     with_projection("- { from: in, to: out, weights: { init: uniform, low: -1, value: 1 } }"),
     {},
     "net.yaml:4:61: projections.0.weights.value: unknown key \"value\" (known: init, low, high)"},
    {"low above high",
     with_projection("- { from: in, to: out, weights: { init: uniform, low: 1, high: -1 } }"),
     {},
     "net.yaml:4:35: projections.0.weights: low must not exceed high"},
    {"negative deviation",
     with_projection("- { from: in, to: out, weights: { init: normal, standard_deviation: -1 } }"),
     {},
     "net.yaml:4:71: projections.0.weights.standard_deviation: expected a number >= 0, got -1"},
    {"weights are a word",
     with_projection("- { from: in, to: out, weights: one }"),
     {},
     "net.yaml:4:35: projections.0.weights: expected a number, { init: ... }, or { file, dataset "
     "}, got \"one\""},
    {"delay, storage and learn",
     with_projection("- { from: in, to: out, weights: 1, delay: -1, storage: spares, learn: yes }"),
     {},
     "net.yaml:4:45: projections.0.delay: expected an integer >= 0, got -1\n"
     "net.yaml:4:58: projections.0.storage: unknown value \"spares\"; did you mean \"sparse\"? "
     "(known: automatic, dense, sparse)\n"
     "net.yaml:4:73: projections.0.learn: expected true or false, got \"yes\""},
    {"dense learning where synapses are missing",
     with_projection("- { from: in, to: out, connect: one_to_one, weights: 1, storage: dense, "
                     "learn: true }"),
     {},
     "net.yaml:4:68: projections.0.storage: learn: true with storage: dense would grow synapses "
     "that do not exist; use storage: sparse"},
    {"delay too long",
     with_projection("- { from: in, to: out, weights: 1, delay: 1000001 }"),
     {},
     "net.yaml:4:45: projections.0.delay: expected an integer <= 1000000, got 1000001"},
    {"duplicate projection name",
     with_projection("- { from: in, to: out, weights: 1, name: w }\n"
                     "  - { from: in, to: out, weights: 1, name: w }"),
     {},
     "net.yaml:5:44: projections.1.name: a projection named \"w\" exists already"},
    {"bad projection name",
     with_projection("- { from: in, to: out, weights: 1, name: a.b }"),
     {},
     "net.yaml:4:44: projections.0.name: bad name \"a.b\": use letters, digits, _ and - only"},
    {"too many synapses",
     with_out("model: src, size: 2147483647"),
     {"populations.in.size=2147483647"},
     "net.yaml:4:5: projections.0: about 4.61e+18 synapses; at most 2^33 (8.59e+09) fit into one "
     "projection: in has 2147483647 neurons and out 2147483647"},
    {"into a source",
     with_projection("- { from: in, to: out, weights: 1 }\n"
                     "  - { from: out, to: in, weights: 1, delay: 1 }"),
     {},
     "net.yaml:5:5: projections.1: leads into \"in\", a source (model: poisson) whose spikes come "
     "from outside"},
    {"out of a read-out",
     with_out("model: leaky_readout, size: 4"),
     {"projections.0.from=out", "projections.0.delay=1"},
     "net.yaml:4:5: projections.0: starts at \"out\" (model: leaky_readout), which never spikes\n"
     "net.yaml:7:3: populations.out: no projection leads to this population from a source or a "
     "recorded population; add one, or record the population if it is meant to be active by "
     "itself"},
    {"zero-delay self-loop",
     with_projection("- { from: in, to: out, weights: 1 }\n"
                     "  - { from: out, to: out, weights: 1 }"),
     {},
     "net.yaml:5:5: projections.1: zero-delay cycle: out -> out; give one of its projections a "
     "delay >= 1"},
    {"zero-delay cycle of three",
     "format: neurosim/1\n"
     "populations:\n"
     "  a: { model: src, size: 1 }\n"
     "  b: { model: lif, size: 1 }\n"
     "  c: { model: src, size: 1 }\n"
     "projections:\n"
     "  - { from: c, to: a, weights: 1 }\n"
     "  - { from: b, to: c, weights: 1 }\n"
     "  - { from: a, to: b, weights: 1 }\n"
     "  - { from: b, to: a, weights: 1, delay: 1 }\n"
     "record: { spikes: [a] }\n",
     {},
     "net.yaml:9:5: projections.2: zero-delay cycle: a -> b -> c -> a; give one of its projections "
     "a delay >= 1"},
    {"unreached population",
     "format: neurosim/1\n"
     "populations:\n"
     "  a: { model: src, size: 1 }\n"
     "  b: { model: lif, size: 1 }\n"
     "projections:\n"
     "  - { from: a, to: b, weights: 1 }\n"
     "record: { spikes: [b] }\n",
     {},
     "net.yaml:3:3: populations.a: no projection leads to this population from a source or a "
     "recorded population; add one, or record the population if it is meant to be active by "
     "itself"},
};

}  // namespace

TEST_CASE("dense storage may learn where every pair is connected, sparse storage everywhere") {
  const auto accepted = [](const std::string& connect, const std::string& options) {
    return mistakes(with_projection("- { from: in, to: out, weights: " +
                                    std::string(connect == "class_groups" ? "{}" : "1") +
                                    ", connect: " + connect + ", " + options + " }")) ==
           "(accepted)";
  };
  for (const std::string connect : {"all_to_all", "class_groups"}) {
    CAPTURE(connect);
    CHECK(accepted(connect, "storage: dense, learn: true"));
    CHECK(accepted(connect, "storage: sparse, learn: true"));
  }
  for (const std::string connect :
       {"one_to_one", "{ type: fixed_probability, p: 0.5 }",
        "{ type: fixed_indegree, indegree: 2 }", "{ type: pairs, file: p.h5, dataset: p }"}) {
    CAPTURE(connect);
    CHECK_FALSE(accepted(connect, "storage: dense, learn: true"));
    CHECK(accepted(connect, "storage: dense, learn: false"));
    CHECK(accepted(connect, "storage: sparse, learn: true"));
    CHECK(accepted(connect, "learn: true"));
  }
}

TEST_CASE("malformed projections and graphs") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

}  // namespace neurosim::test
