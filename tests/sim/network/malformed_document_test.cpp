#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"empty file", "", {}, "net.yaml:1:1: expected a network description, got nothing"},
    {"only a comment",
     "# nothing\n",
     {},
     "net.yaml:1:1: expected a network description, got nothing"},
    {"root is a list",
     "- a\n",
     {},
     "net.yaml:1:1: expected a map with the keys of a network description"},
    {"root is a word",
     "hello\n",
     {},
     "net.yaml:1:1: expected a map with the keys of a network description"},
    {"two documents",
     "format: neurosim/1\n"
     "---\n"
     "a: 1\n",
     {},
     "net.yaml:2:1: expected one YAML document, got a second one here"},
    {"open list",
     "format: [1, 2\n"
     "name: x\n",
     {},
     "net.yaml:2:5: YAML syntax: end of sequence flow not found"},
    {"tab as indentation",
     "time:\n"
     "\tsteps: 3\n",
     {},
     "net.yaml:2:1: YAML syntax: this line is indented by a tab; YAML takes spaces only"},
    {"a tab where it is allowed, an error elsewhere",
     "time: { steps: 3,\n"
     "\tstep_ms: 1 }\n"
     "seed: [1\n"
     "name: x\n",
     {},
     "net.yaml:4:5: YAML syntax: end of sequence flow not found"},
    {"forgotten closing quote",
     "format: neurosim/1\n"
     "name: \"abc\n"
     "seed: 1\n",
     {},
     "net.yaml:2:7: YAML syntax: this text has no closing quote"},
    {"unknown alias",
     "name: *nobody\n",
     {},
     "net.yaml:1:7: YAML syntax: the referenced anchor is not defined"},
    {"alias of itself",
     "name: &n [*n]\n",
     {},
     "net.yaml:1:11: this alias refers to a value that contains it"},
    {"tag",
     "seed: !!int 3\n",
     {},
     "net.yaml:1:7: YAML tags are not supported; remove tag:yaml.org,2002:int"},
    {"list as key", "{ [a]: 1 }\n", {}, "net.yaml:1:3: expected a name as key of the map"},
    {"control character",
     "format: neurosim/1\n"
     "name: a\004b\n",
     {},
     "net.yaml:2:8: not a UTF-8 text file: control character 4"},
    {"nothing but the format",
     "format: neurosim/1\n",
     {},
     "net.yaml:1:1: missing key \"populations\""},
    {"wrong format",
     "format: neurosim/2\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n",
     {},
     "net.yaml:1:9: format: expected neurosim/1, got \"neurosim/2\""},
    {"no format and a misspelt one",
     "fromat: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n",
     {},
     "net.yaml:1:1: fromat: unknown key \"fromat\"; did you mean \"format\"? (known: format, name, "
     "seed, precision, time, data, populations, projections, record, training)"},
    {"no population",
     "format: neurosim/1\n"
     "populations: {}\n",
     {},
     "net.yaml:2:14: populations: expected at least one population, got an empty map"},
    {"populations of nothing",
     "format: neurosim/1\n"
     "populations:\n",
     {},
     "net.yaml:2:1: populations: expected a map, got nothing"},
    {"populations as a list",
     "format: neurosim/1\n"
     "populations: [a]\n",
     {},
     "net.yaml:2:14: populations: expected a map, got a list of 1"},
    {"unknown key at the top",
     with_tail("sed: 3\n"),
     {},
     "net.yaml:8:1: sed: unknown key \"sed\"; did you mean \"seed\"? (known: format, name, seed, "
     "precision, time, data, populations, projections, record, training)"},
    {"unknown key without a near one",
     with_tail("flux_capacitor: 3\n"),
     {},
     "net.yaml:8:1: flux_capacitor: unknown key \"flux_capacitor\" (known: format, name, seed, "
     "precision, time, data, populations, projections, record, training)"},
    {"duplicate key at the top",
     with_tail("seed: 1\n"
               "seed: 2\n"),
     {},
     "net.yaml:9:1: seed: duplicate key; first given on line 8"},
    {"merge key",
     with_tail("<<: { seed: 1 }\n"),
     {},
     "net.yaml:8:1: <<: unknown key \"<<\" (known: format, name, seed, precision, time, data, "
     "populations, projections, record, training)"},
    {"empty name",
     with_tail("name: \"\"\n"),
     {},
     "net.yaml:8:7: name: expected a text, got the quoted text \"\""},
    {"name is a list",
     with_tail("name: [a]\n"),
     {},
     "net.yaml:8:7: name: expected a text, got a list of 1"},
    {"seed too large",
     with_tail("seed: 18446744073709551616\n"),
     {},
     "net.yaml:8:7: seed: expected an integer <= 18446744073709551615, got 18446744073709551616"},
    {"seed negative",
     with_tail("seed: -1\n"),
     {},
     "net.yaml:8:7: seed: expected an integer >= 0, got -1"},
    {"seed with a point",
     with_tail("seed: 1.5\n"),
     {},
     "net.yaml:8:7: seed: expected an integer >= 0, got 1.5"},
    {"precision",
     with_tail("precision: doubel\n"),
     {},
     "net.yaml:8:12: precision: unknown value \"doubel\"; did you mean \"double\"? (known: single, "
     "double)"},
    {"precision is a map",
     with_tail("precision: {}\n"),
     {},
     "net.yaml:8:12: precision: expected one of single, double, got an empty map"},
    {"time: everything wrong",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n"
     "time:\n"
     "  steps: ten\n"
     "  step_ms: 0\n"
     "  blank_steps: { before: -1, afetr: 2 }\n"
     "  step: 4\n",
     {},
     "net.yaml:4:10: time.steps: expected an integer >= 1, got \"ten\"\n"
     "net.yaml:5:12: time.step_ms: expected a number > 0, got 0\n"
     "net.yaml:6:26: time.blank_steps.before: expected an integer >= 0, got -1\n"
     "net.yaml:6:30: time.blank_steps.afetr: unknown key \"afetr\"; did you mean \"after\"? "
     "(known: before, after)\n"
     "net.yaml:7:3: time.step: unknown key \"step\"; did you mean \"steps\"? (known: steps, "
     "step_ms, blank_steps)"},
    {"octal look-alike",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n"
     "time: { steps: 010 }\n",
     {},
     "net.yaml:3:16: time.steps: expected an integer >= 1, got \"010\" (leading zeros are not "
     "allowed)"},
    {"not a number",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: .nan } }\n",
     {},
     "net.yaml:2:55: populations.a.rate_hz: expected a number >= 0, got \".nan\""},
    {"quoted number",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: \"10\", rate_hz: 1 } }\n",
     {},
     "net.yaml:2:43: populations.a.size: expected an integer >= 1, got the quoted text \"10\""},
    {"too many ticks",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n"
     "time: { steps: 2147483647, blank_steps: 1 }\n",
     {},
     "net.yaml:3:7: time: steps and blank_steps together are 2147483648 ticks; at most 2147483647 "
     "are possible"},
    {"more steps than a run can have",
     "format: neurosim/1\n"
     "populations: { a: { model: poisson, size: 1, rate_hz: 1 } }\n"
     "time: { steps: 2147483648 }\n",
     {},
     "net.yaml:3:16: time.steps: expected an integer <= 2147483647, got 2147483648"},
    {"data without a source",
     with_tail("data: { dataset: mnist }\n"),
     {},
     "net.yaml:8:7: data: no population shows these data; give one `model: source`"},
    {"source without data",
     "format: neurosim/1\n"
     "populations: { pixels: { model: source, size: 784 } }\n",
     {},
     "net.yaml:1:1: missing key \"data\": population \"pixels\" shows it (model: source)"},
    {"data: unknown values",
     "format: neurosim/1\n"
     "populations: { pixels: { model: source, size: 784 } }\n"
     "data: { dataset: minst, split: tset, samples: 0, first: -1, encoder: { type: rat, gain: x, "
     "first_spike_time: 201 } }\n",
     {},
     "net.yaml:3:18: data.dataset: unknown value \"minst\"; did you mean \"mnist\"? (known: mnist, "
     "fashion-mnist, synthetic-digits, nmnist, image-files, event-folder, signal-files)\n"
     "net.yaml:3:32: data.split: unknown value \"tset\"; did you mean \"test\"? (known: train, "
     "test)\n"
     "net.yaml:3:47: data.samples: expected an integer >= 1, got 0\n"
     "net.yaml:3:57: data.first: expected an integer >= 0, got -1\n"
     "net.yaml:3:78: data.encoder.type: unknown value \"rat\"; did you mean \"rate\"? (known: "
     "rate, latency, event_frames, delta, current, rows)\n"
     "net.yaml:3:89: data.encoder.gain: expected a number, got \"x\"\n"
     "net.yaml:3:110: data.encoder.first_spike_time: expected an integer <= 200, got 201"},
    {"synthetic digits without a number",
     "format: neurosim/1\n"
     "populations: { pixels: { model: source, size: 784 } }\n"
     "data: { dataset: synthetic-digits }\n",
     {},
     "net.yaml:3:7: data: missing key \"samples\": synthetic-digits are drawn, so say how many"},
    {"all synthetic digits",
     "format: neurosim/1\n"
     "populations: { pixels: { model: source, size: 784 } }\n"
     "data: { dataset: synthetic-digits, samples: all }\n",
     {},
     "net.yaml:3:45: data.samples: synthetic-digits are drawn, so say how many instead of \"all\""},
};

}  // namespace

TEST_CASE("malformed documents, headers, time and data") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

}  // namespace neurosim::test
