#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"record: unknown names",
     with_tail("record: { spikes: [ot], states: { uot: { variables: [h] } }, spike: [] }\n"),
     {},
     "net.yaml:8:20: record.spikes.0: unknown population \"ot\"; did you mean \"out\"? (known: in, "
     "out)\n"
     "net.yaml:8:35: record.states.uot: unknown population \"uot\"; did you mean \"out\"? (known: "
     "in, out)\n"
     "net.yaml:8:62: record.spike: unknown key \"spike\"; did you mean \"spikes\"? (known: spikes, "
     "states)"},
    {"record: spikes twice",
     with_tail("record: { spikes: [out, in, out] }\n"),
     {},
     "net.yaml:8:29: record.spikes.2: population \"out\" is listed twice"},
    {"record: spikes of a read-out",
     with_out("model: leaky_readout, size: 4"),
     {"record.spikes=[out]"},
     "--set record.spikes=[out]: record.spikes.0: population \"out\" (model: leaky_readout) never "
     "spikes; record its states instead"},
    {"record: spikes of neurons that do not exist",
     with_tail("record: { spikes: [{ population: in, neurons: [1, 4, 1, x] }, "
               "{ population: out, neurons: 2..4 }] }\n"),
     {},
     "net.yaml:8:51: record.spikes.0.neurons.1: expected an integer <= 3, got 4\n"
     "net.yaml:8:54: record.spikes.0.neurons.2: neuron 1 is listed twice\n"
     "net.yaml:8:57: record.spikes.0.neurons.3: expected an integer >= 0, got \"x\"\n"
     "net.yaml:8:91: record.spikes.1.neurons: neuron 4 does not exist; the last one is 3"},
    {"record: spikes of no neuron",
     with_tail("record: { spikes: [{ population: in, neurons: [] }] }\n"),
     {},
     "net.yaml:8:47: record.spikes.0.neurons: expected at least one neuron, got an empty list"},
    {"record: spikes of neurons in words",
     with_tail("record: { spikes: [{ population: in, neurons: first }] }\n"),
     {},
     "net.yaml:8:47: record.spikes.0.neurons: expected a list of neurons, a range such as 0..9, or "
     "all, got \"first\""},
    {"record: spikes without a population",
     with_tail("record: { spikes: [{ neurons: 0..1 }, { populaton: in }, [in]] }\n"),
     {},
     "net.yaml:8:20: record.spikes.0: missing key \"population\"\n"
     "net.yaml:8:41: record.spikes.1.populaton: unknown key \"populaton\"; did you mean "
     "\"population\"? (known: population, neurons)\n"
     "net.yaml:8:58: record.spikes.2: expected a text, got a list of 1"},
    {"record: spikes twice, in both forms",
     with_tail("record: { spikes: [in, { population: in, neurons: 0..1 }] }\n"),
     {},
     "net.yaml:8:38: record.spikes.1.population: population \"in\" is listed twice"},
    {"record: some spikes of a read-out",
     with_out("model: leaky_readout, size: 4"),
     {"record.spikes=[{ population: out, neurons: 0..1 }]"},
     "--set record.spikes=[{ population: out, neurons: 0..1 }]: record.spikes.0.population: "
     "population \"out\" (model: leaky_readout) never spikes; record its states instead"},
    {"record: states of no neuron",
     with_tail("record: { states: { out: { variables: [h], neurons: [] } } }\n"),
     {},
     "net.yaml:8:53: record.states.out.neurons: expected at least one neuron, got an empty list"},
    {"record: states of a source",
     with_tail("record: { states: { in: { variables: [h] } } }\n"),
     {},
     "net.yaml:8:21: record.states.in: population \"in\" is a source (model: poisson) and has no "
     "state to record"},
    {"record: variables and neurons",
     with_tail("record: { states: { out: { variables: [h, v, h], neurons: [0, 4, 0, x] } } }\n"),
     {},
     "net.yaml:8:43: record.states.out.variables.1: unknown value \"v\" (known: i, x, h, hs)\n"
     "net.yaml:8:46: record.states.out.variables.2: variable \"h\" is listed twice\n"
     "net.yaml:8:63: record.states.out.neurons.1: expected an integer <= 3, got 4\n"
     "net.yaml:8:66: record.states.out.neurons.2: neuron 0 is listed twice\n"
     "net.yaml:8:69: record.states.out.neurons.3: expected an integer >= 0, got \"x\""},
    {"record: a current that there is not",
     assemble({.out = "model: cuba_lif, size: 4, parameters: { tau_syn_ms: 3 }",
               .tail = "record: { states: { out: { variables: [v, g0, g1] } } }\n"}),
     {},
     "net.yaml:8:47: record.states.out.variables.2: unknown value \"g1\"; did you mean \"g0\"? "
     "(known: v, g0)"},
    {"record: no variable",
     with_tail("record: { states: { out: { variables: [] } } }\n"),
     {},
     "net.yaml:8:39: record.states.out.variables: expected at least one variable, got an empty "
     "list"},
    {"record: missing variables",
     with_tail("record: { states: { out: { neurons: all } } }\n"),
     {},
     "net.yaml:8:26: record.states.out: missing key \"variables\""},
    {"record: range beyond the end",
     with_tail("record: { states: { out: { variables: [h], neurons: 0..4 } } }\n"),
     {},
     "net.yaml:8:53: record.states.out.neurons: neuron 4 does not exist; the last one is 3"},
    {"record: malformed range",
     with_tail("record: { states: { out: { variables: [h], neurons: 3..1 } } }\n"),
     {},
     "net.yaml:8:53: record.states.out.neurons: expected a list of neurons, a range such as 0..9, "
     "or all, got \"3..1\""},
    {"override: mistyped",
     with_tail(""),
     {"time.steps=ten"},
     "--set time.steps=ten: time.steps: expected an integer >= 1, got \"ten\""},
    {"override: misspelt key",
     with_tail(""),
     {"populations.out.sise=3"},
     "--set populations.out.sise=3: populations.out.sise: unknown key \"sise\"; did you mean "
     "\"size\"? (known: model, size, shape, parameters, learn)"},
    {"override: misspelt map",
     with_tail(""),
     {"tmie.steps=3"},
     "--set tmie.steps=3: tmie: unknown key \"tmie\"; did you mean \"time\"? (known: format, name, "
     "seed, precision, time, data, populations, projections, record, training)"},
    {"override: unknown population",
     with_tail(""),
     {"populations.oot.size=3"},
     "--set populations.oot.size=3: populations.oot: unknown population \"oot\"; did you mean "
     "\"out\"? (known: in, out)"},
    {"override: unknown population in a replaced map",
     "format: neurosim/1\n",
     {"populations={ a: { model: poisson, size: 2, rate_hz: 1 } }", "populations.b.size=3"},
     "--set populations.b.size=3: populations.b: unknown population \"b\" (known: a)"},
    {"override: no such item",
     with_tail(""),
     {"projections.1.delay=3"},
     "--set projections.1.delay=3: projections: no item \"1\" in a list of 1; items count from 0"},
    {"override: item by a word",
     with_tail(""),
     {"projections.x.delay=3"},
     "--set projections.x.delay=3: projections: no item \"x\" in a list of 1; items count from 0"},
    {"override: through a number",
     with_tail(""),
     {"time.steps.x=3"},
     "--set time.steps.x=3: time.steps: neither a map nor a list, so it has no \"x\""},
    {"override: empty part",
     with_tail(""),
     {"time..steps=3"},
     "--set time..steps=3: the path has an empty part"},
    {"override: not YAML",
     with_tail(""),
     {"seed=["},
     "--set seed=[: YAML syntax: end of sequence flow not found"},
    {"override: nothing",
     with_tail(""),
     {"seed="},
     "--set seed=: seed: expected an integer >= 0, got nothing"},
    {"override: several, and the file",
     with_tail("sed: 1\n"),
     {"seed=x", "time.steps=0"},
     "--set seed=x: seed: expected an integer >= 0, got \"x\"\n"
     "--set time.steps=0: time.steps: expected an integer >= 1, got 0\n"
     "net.yaml:8:1: sed: unknown key \"sed\"; did you mean \"seed\"? (known: format, name, seed, "
     "precision, time, data, populations, projections, record, training)"},
    {"several mistakes in file order",
     "format: neurosim/1\n"
     "time: { steps: ten }\n"
     "populations:\n"
     "  in: { model: poisson, size: 4, rate: 20 }\n"
     "  out: { model: src, sise: 4 }\n"
     "projections:\n"
     "  - { from: in, to: uot, weights: 1 }\n"
     "record: { spikes: [in, in] }\n",
     {},
     "net.yaml:2:16: time.steps: expected an integer >= 1, got \"ten\"\n"
     "net.yaml:4:34: populations.in.rate: unknown key \"rate\"; did you mean \"rate_hz\"? (known: "
     "model, size, shape, rate_hz)\n"
     "net.yaml:5:22: populations.out.sise: unknown key \"sise\"; did you mean \"size\"? (known: "
     "model, size, shape, parameters, learn)\n"
     "net.yaml:7:21: projections.0.to: unknown population \"uot\"; did you mean \"out\"? (known: "
     "in, out)\n"
     "net.yaml:8:24: record.spikes.1: population \"in\" is listed twice"},
};

}  // namespace

TEST_CASE("malformed records and overrides") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

}  // namespace neurosim::test
