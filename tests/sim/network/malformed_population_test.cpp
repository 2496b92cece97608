#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"misspelt key",
     with_out("model: src, sise: 4"),
     {},
     "net.yaml:7:22: populations.out.sise: unknown key \"sise\"; did you mean \"size\"? (known: "
     "model, size, shape, parameters, learn)"},
    {"misspelt model",
     with_out("model: scr, size: 4"),
     {},
     "net.yaml:7:17: populations.out.model: unknown value \"scr\"; did you mean \"src\"? (known: "
     "source, spike_list, poisson, spike_file, src, lif, leaky_readout, cuba_lif)"},
    {"missing model",
     with_out("size: 4"),
     {},
     "net.yaml:7:8: populations.out: missing key \"model\""},
    {"size is a word",
     with_out("model: src, size: ten"),
     {},
     "net.yaml:7:28: populations.out.size: expected an integer >= 1, got \"ten\""},
    {"missing type of connect",
     with_projection("- { from: in, to: out, connect: { p: 1 } }"),
     {},
     "net.yaml:4:35: projections.0.connect: missing key \"type\""},
    {"size of nothing",
     with_out("model: src, size: "),
     {},
     "net.yaml:7:22: populations.out.size: expected an integer >= 1, got nothing"},
    {"size 0",
     with_out("model: src, size: 0"),
     {},
     "net.yaml:7:28: populations.out.size: expected an integer >= 1, got 0"},
    {"size too large",
     with_out("model: src, size: 2147483648"),
     {},
     "net.yaml:7:28: populations.out.size: expected an integer <= 2147483647, got 2147483648"},
    {"size and shape",
     with_out("model: src, size: 4, shape: [2, 2]"),
     {},
     "net.yaml:7:28: populations.out.size: give either size or shape, not both"},
    {"empty shape",
     with_out("model: src, shape: []"),
     {},
     "net.yaml:7:29: populations.out.shape: expected at least one extent, got an empty list"},
    {"shape overflows",
     with_out("model: src, shape: [65536, 65536, 65536]"),
     {},
     "net.yaml:7:29: populations.out.shape: more than 2147483647 neurons in one population"},
    {"shape with a word",
     with_out("model: src, shape: [2, two]"),
     {},
     "net.yaml:7:33: populations.out.shape.1: expected an integer >= 1, got \"two\""},
    {"key of another kind of population",
     with_out("model: src, size: 4, rate_hz: 3"),
     {},
     "net.yaml:7:31: populations.out.rate_hz: unknown key \"rate_hz\" (known: model, size, shape, "
     "parameters, learn)"},
    {"parameter out of range",
     with_out("model: src, size: 4, parameters: { alpha: 1.5 }"),
     {},
     "net.yaml:7:52: populations.out.parameters.alpha: expected a number in [0, 1], got 1.5"},
    {"misspelt parameter",
     with_out("model: leaky_readout, size: 4, parameters: { alhpa: 0.5 }"),
     {},
     "net.yaml:7:55: populations.out.parameters.alhpa: unknown key \"alhpa\"; did you mean "
     "\"alpha\"? (known: alpha)"},
    {"parameter is a word",
     with_out("model: src, size: 4, parameters: { rho: three, bias: five }"),
     {},
     "net.yaml:7:50: populations.out.parameters.rho: expected a number > 0, got \"three\"\n"
     "net.yaml:7:63: populations.out.parameters.bias: expected a number, a list of 4, { file, "
     "dataset } or { init: uniform, low, high }, got \"five\""},
    {"misspelt choice",
     with_out("model: src, size: 4, parameters: { slow_gate: curent }"),
     {},
     "net.yaml:7:56: populations.out.parameters.slow_gate: unknown value \"curent\"; did you mean "
     "\"current\"? (known: previous, current)"},
    {"none where a number must be",
     with_out("model: src, size: 4, parameters: { alpha: none }"),
     {},
     "net.yaml:7:52: populations.out.parameters.alpha: expected a number in [0, 1], got \"none\""},
    {"list of the wrong length",
     with_out("model: src, size: 4, parameters: { bias: [-6, -6, -6] }"),
     {},
     "net.yaml:7:51: populations.out.parameters.bias: expected one number for each of the 4 "
     "neurons, got a list of 3"},
    {"list with a wrong item",
     with_out("model: src, size: 4, parameters: { bias: [-6, -6, x, -6] }"),
     {},
     "net.yaml:7:60: populations.out.parameters.bias.2: expected a number, got \"x\""},
    {"file without dataset",
     with_out("model: src, size: 4, parameters: { bias: { file: w.h5 } }"),
     {},
     "net.yaml:7:51: populations.out.parameters.bias: missing key \"dataset\""},
    {"infinite in single precision",
     with_out("model: src, size: 4, parameters: { bias: -1e39 }"),
     {},
     "net.yaml:7:51: populations.out.parameters.bias: expected a number between -3.4e38 and "
     "3.4e38, got -1e39"},
    {"parameters that do not fit together",
     with_out("model: src, size: 4, parameters: { bias: -3, bias_max: -4 }"),
     {},
     "net.yaml:7:43: populations.out.parameters: bias must not exceed bias_max"},
    {"learn: what is unknown, fixed, twice or no name",
     with_out("model: src, size: 4, learn: [bais, rho, initial_h, initial_h, 3, [bias]]"),
     {},
     "net.yaml:7:39: populations.out.learn.0: unknown parameter \"bais\"; did you mean \"bias\"? "
     "(known: bias, initial_h, initial_hs)\n"
     "net.yaml:7:45: populations.out.learn.1: rho cannot be learned; of src, bias, initial_h and "
     "initial_hs can\n"
     "net.yaml:7:61: populations.out.learn.3: parameter \"initial_h\" is listed twice\n"
     "net.yaml:7:72: populations.out.learn.4: unknown parameter \"3\" (known: bias, initial_h, "
     "initial_hs)\n"
     "net.yaml:7:75: populations.out.learn.5: expected a text, got a list of 1"},
    {"learn: what cannot be learned, of two that can",
     with_out("model: lif, size: 4, learn: [rest]"),
     {},
     "net.yaml:7:39: populations.out.learn.0: rest cannot be learned; of lif, leak and threshold "
     "can"},
    {"learn is no list",
     with_out("model: src, size: 4, learn: true"),
     {},
     "net.yaml:7:38: populations.out.learn: expected a list of parameters or none, got \"true\""},
    {"learn of nothing",
     with_out("model: src, size: 4, learn: "),
     {},
     "net.yaml:7:31: populations.out.learn: expected a list of parameters or none, got nothing"},
    {"learn: a name without its list",
     with_out("model: src, size: 4"),
     {"populations.out.learn=bias"},
     "--set populations.out.learn=bias: populations.out.learn: expected a list of parameters or "
     "none, got \"bias\""},
    {"learn of a model that cannot",
     with_out("model: leaky_readout, size: 4, learn: [alpha, bias]"),
     {},
     "net.yaml:7:48: populations.out.learn: no parameter of leaky_readout can be learned"},
    {"learn of a source, even if nothing",
     with_tail("  x: { model: poisson, size: 1, rate_hz: 1, learn: none }\n"),
     {},
     "net.yaml:8:52: populations.x.learn: a source (model: poisson) has no parameters that could "
     "be learned"},
    {"misspelt learn",
     with_out("model: src, size: 4, lern: [bias]"),
     {},
     "net.yaml:7:31: populations.out.lern: unknown key \"lern\"; did you mean \"learn\"? (known: "
     "model, size, shape, parameters, learn)"},
    {"duplicate parameter",
     with_out("model: src, size: 4, parameters: { alpha: 0.5, alpha: 0.6 }"),
     {},
     "net.yaml:7:57: populations.out.parameters.alpha: duplicate key; first given on line 7"},
    {"bad population name",
     with_tail("  a/b: { model: poisson, size: 1, rate_hz: 1 }\n"),
     {},
     "net.yaml:8:3: populations.a/b: bad name \"a/b\": use letters, digits, _ and - only"},
    {"duplicate population",
     with_tail("  in: { model: poisson, size: 1, rate_hz: 1 }\n"),
     {},
     "net.yaml:8:3: populations.in: duplicate key; first given on line 6"},
    {"population is a word",
     with_tail("  x: src\n"),
     {},
     "net.yaml:8:6: populations.x: expected a map, got \"src\""},
    {"spike list: wrong spikes",
     with_tail("  x: { model: spike_list, size: 2, spikes: [[0, 1], [10, 0], [0, 2], [3], [0, 1], "
               "a] }\n"),
     {},
     "net.yaml:8:54: populations.x.spikes.1.0: expected an integer <= 9, got 10\n"
     "net.yaml:8:66: populations.x.spikes.2.1: expected an integer <= 1, got 2\n"
     "net.yaml:8:70: populations.x.spikes.3: expected a spike as [tick, neuron], got a list of 1\n"
     "net.yaml:8:75: populations.x.spikes.4: spike [0, 1] is listed twice\n"
     "net.yaml:8:83: populations.x.spikes.5: expected a spike as [tick, neuron], got \"a\""},
    {"poisson too fast",
     with_tail("  x: { model: poisson, size: 2, rate_hz: 1001 }\n"),
     {},
     "net.yaml:8:42: populations.x.rate_hz: more than one spike a step: with this time.step_ms, at "
     "most 1000 / step_ms Hz are possible"},
    {"spike file without datasets",
     with_tail("  x: { model: spike_file, size: 2, file: a.h5 }\n"),
     {},
     "net.yaml:8:6: populations.x: missing key \"population\" (of a file written by neurosim; or "
     "\"steps\", \"neurons\" and \"sample_offset\", the names of its datasets)"},
    {"spike file with half of its datasets",
     with_tail("  x: { model: spike_file, size: 2, file: a.h5, steps: s }\n"),
     {},
     "net.yaml:8:6: populations.x: missing key \"neurons\"\n"
     "net.yaml:8:6: populations.x: missing key \"sample_offset\""},
    {"spike file with both forms",
     with_tail("  x: { model: spike_file, size: 2, file: a.h5, population: p, steps: s }\n"),
     {},
     "net.yaml:8:63: populations.x.steps: unknown key \"steps\" (known: model, size, shape, file, "
     "keep_every, first_step, population)"},
    {"spike file of which nothing is kept",
     with_tail("  x: { model: spike_file, size: 2, file: a.h5, population: p, keep_every: 0,\n"
               "       first_step: -1 }\n"),
     {},
     "net.yaml:8:75: populations.x.keep_every: expected an integer >= 1, got 0\n"
     "net.yaml:9:20: populations.x.first_step: expected an integer >= 0, got -1"},
    {"spike file, half a step",
     with_tail("  x: { model: spike_file, size: 2, file: a.h5, population: p, keep_every: 1.5 }\n"),
     {},
     "net.yaml:8:75: populations.x.keep_every: expected an integer >= 1, got 1.5"},
};

}  // namespace

TEST_CASE("malformed populations") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

}  // namespace neurosim::test
