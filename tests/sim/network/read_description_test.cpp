#include "sim/network/read_description.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace neurosim::test {
namespace {

const char kEveryKey[] = R"(
format: neurosim/1
name: every key
seed: 18446744073709551615
precision: double
time: { steps: 50, step_ms: 0.5, blank_steps: { before: 20, after: 3 } }
data:
  dataset: mnist
  split: train
  samples: 1000
  first: 7
  encoder: { type: rate, gain: 0.25, offset: -0.5, first_spike_time: 2 }
populations:
  pixels: { model: source, shape: [28, 28] }
  kicks: { model: spike_list, size: 3, spikes: [[5, 1], [0, 2], [0, 0]] }
  noise: { model: poisson, size: 10, rate_hz: 20 }
  replay: { model: spike_file, size: 4, file: x.h5, steps: s, neurons: n, sample_offset: o, labels: l }
  again: { model: spike_file, size: 10, file: /data/run.h5, population: noise, keep_every: 4, first_step: 20 }
  hidden:
    model: src
    size: 4
    parameters:
      alpha: 0.5
      bias: [-6, -5.5, -7, -6e0]
      slow_gate: current
      slow_gate_slope: none
    learn: [initial_hs, bias]
  loaded: { model: src, size: 4, parameters: { slow_gate_slope: 10, bias: { file: ../w.h5, dataset: model/b } } }
  fire: { model: lif, size: 20, parameters: { refractory_steps: 1000000 }, learn: none }
  classes: { model: leaky_readout, size: 10, parameters: { alpha: 0.99 } }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 2 }, learn: true }
  - { from: kicks, to: hidden, weights: 0.5, storage: sparse, bits: 5 }
  - { from: kicks, to: hidden, name: kicks_to_hidden_2, weights: { init: constant, value: -1 }, delay: 7 }
  - { from: kicks, to: hidden, connect: all_to_all, weights: { init: uniform, low: -1, high: 2 }, storage: dense }
  - { from: replay, to: loaded, connect: one_to_one, weights: { file: w.h5, dataset: weights } }
  - { from: noise, to: fire, connect: { type: fixed_probability, p: 0.1 }, weights: { init: normal, mean: 3, standard_deviation: 0.5 } }
  - { from: again, to: fire, connect: { type: fixed_indegree, indegree: 10 }, weights: 1 }
  - { from: hidden, to: loaded, connect: { type: pairs, file: p.h5, dataset: pairs }, weights: 1 }
  - { from: fire, to: classes, connect: class_groups, weights: { excitatory: 2, inhibitory: -0.5 } }
  - { from: fire, to: classes, connect: class_groups }
record:
  spikes: [noise, hidden]
  states:
    hidden: { variables: [h, hs], neurons: [2, 0] }
    fire: { variables: [v], neurons: 3..5 }
    classes: { variables: [v], neurons: all }
training: { epochs: 1000000, samples: 5000, validation: 0, spikes: once, learning_rate: 1e-3,
            schedule: none, clip_norm: none, early_stopping: none, surrogate_slope: 2.5 }
)";

Description every_key() { return parse_description(kEveryKey, "/nets/every.yaml"); }

std::size_t field_index(const PopulationSpec& population, std::string_view name) {
  for (std::size_t k = 0; k < population.info->fields.size(); ++k) {
    if (population.info->fields[k].name == name) return k;
  }
  FAIL("no field " << name);
  return 0;
}

const ParameterSpec& parameter(const PopulationSpec& population, std::string_view name) {
  return population.parameters[field_index(population, name)];
}

FieldValue literal(const PopulationSpec& population, std::string_view name) {
  return std::get<FieldValue>(parameter(population, name));
}

/// Everything but `file` and the marks, which say where a description was written.
void check_same(const Description& a, const Description& b) {
  CHECK(a.name == b.name);
  CHECK(a.seed == b.seed);
  CHECK(a.precision == b.precision);
  CHECK(a.time == b.time);
  CHECK(a.data == b.data);
  REQUIRE(a.populations.size() == b.populations.size());
  for (std::size_t k = 0; k < a.populations.size(); ++k) {
    const PopulationSpec& p = a.populations[k];
    const PopulationSpec& q = b.populations[k];
    CAPTURE(p.name);
    CHECK(p.name == q.name);
    CHECK(p.model == q.model);
    CHECK(p.shape == q.shape);
    CHECK(p.size == q.size);
    CHECK(p.info == q.info);
    CHECK(p.parameters == q.parameters);
    CHECK(p.source == q.source);
    CHECK(p.learn == q.learn);
  }
  REQUIRE(a.projections.size() == b.projections.size());
  for (std::size_t k = 0; k < a.projections.size(); ++k) {
    const ProjectionSpec& p = a.projections[k];
    const ProjectionSpec& q = b.projections[k];
    CAPTURE(p.name);
    CHECK(p.name == q.name);
    CHECK(p.from == q.from);
    CHECK(p.to == q.to);
    CHECK(p.connect == q.connect);
    CHECK(p.weights == q.weights);
    CHECK(p.storage == q.storage);
    CHECK(p.delay == q.delay);
    CHECK(p.drawn_delay == q.drawn_delay);
    CHECK(p.receptor == q.receptor);
    CHECK(p.learn == q.learn);
    CHECK(p.bits == q.bits);
  }
  CHECK(a.record == b.record);
  CHECK(a.training == b.training);
}

Description read_experiment(const std::string& name) {
  return read_description(std::string(NEUROSIM_SOURCE_DIR) + "/experiments/" + name);
}

}  // namespace

TEST_CASE("header, time and data are read") {
  const Description d = every_key();
  CHECK(d.file == "/nets/every.yaml");
  CHECK(d.name == "every key");
  CHECK(d.seed == 18446744073709551615u);
  CHECK(d.precision == Precision::kDouble);
  CHECK(d.time == TimeSpec{.steps = 50, .step_ms = 0.5, .blank_before = 20, .blank_after = 3});
  CHECK(d.time.total() == 73);
  const EncoderSpec encoder = {.type = Encoding::kRate, .values = {{0.25}, {-0.5}, {2}}};
  CHECK(d.data ==
        DataSpec{
            .dataset = "mnist", .split = "train", .samples = 1000, .first = 7, .encoder = encoder});
}

TEST_CASE("sources are read") {
  const Description d = every_key();
  REQUIRE(d.populations.size() == 9);
  CHECK(d.populations[0].source == SourceSpec(DatasetSource{}));
  CHECK(d.populations[0].shape == std::vector<std::size_t>{28, 28});
  CHECK(d.populations[0].size == 784);
  CHECK(d.populations[0].info == nullptr);
  // Sorted by tick and neuron, whatever the order in the file.
  CHECK(d.populations[1].source == SourceSpec(SpikeListSource{{{0, 0}, {0, 2}, {5, 1}}}));
  CHECK(d.populations[2].source == SourceSpec(PoissonSource{20}));
  CHECK(d.populations[3].source == SourceSpec(SpikeFileSource{.file = "/nets/x.h5",
                                                              .population = "",
                                                              .steps = "s",
                                                              .neurons = "n",
                                                              .sample_offset = "o",
                                                              .labels = "l"}));
  const SpikeFileSource again = {
      .file = "/data/run.h5", .population = "noise", .keep_every = 4, .first_step = 20};
  CHECK(d.populations[4].source == SourceSpec(again));
}

TEST_CASE("neuron models and their parameters are read") {
  const Description d = every_key();
  const PopulationSpec& hidden = d.populations[5];
  CHECK(hidden.name == "hidden");
  CHECK(hidden.info == find_model("src"));
  CHECK(!hidden.source.has_value());
  CHECK(hidden.shape == std::vector<std::size_t>{4});
  CHECK(hidden.mark.line == 19);
  CHECK(hidden.mark.column == 3);
  CHECK(literal(hidden, "alpha") == FieldValue{0.5});
  CHECK(literal(hidden, "bias") == FieldValue{-6, -5.5, -7, -6});
  CHECK(literal(hidden, "slow_gate") == FieldValue{1});
  CHECK(literal(hidden, "slow_gate_slope").empty());
  CHECK(literal(hidden, "rho") == default_value(hidden.info->fields[field_index(hidden, "rho")]));
  const PopulationSpec& loaded = d.populations[6];
  CHECK(literal(loaded, "slow_gate_slope") == FieldValue{10});
  CHECK(parameter(loaded, "bias") == ParameterSpec(FileArray{"/w.h5", "model/b"}));
}

TEST_CASE("projections are read") {
  const Description d = every_key();
  REQUIRE(d.projections.size() == 10);
  const auto& p = d.projections;
  CHECK(p[0].name == "pixels_to_hidden");
  CHECK(p[0].weights == WeightSpec(XavierUniformWeights{2}));
  CHECK(p[0].connect == ConnectSpec{});
  CHECK(p[0].learn);
  CHECK(p[0].mark.line == 32);
  CHECK(p[0].mark.column == 5);
  CHECK(p[1].weights == WeightSpec(ConstantWeights{0.5}));
  CHECK(p[1].storage == Storage::kSparse);
  CHECK(!p[1].learn);
  CHECK(p[1].bits == 5);
  CHECK(p[0].bits == 0);
  CHECK(p[2].weights == WeightSpec(ConstantWeights{-1}));
  CHECK(p[2].delay == 7);
  CHECK(p[3].weights == WeightSpec(UniformWeights{-1, 2}));
  CHECK(p[3].storage == Storage::kDense);
  CHECK(p[4].connect.kind == Connect::kOneToOne);
  CHECK(p[4].weights == WeightSpec(FileArray{"/nets/w.h5", "weights"}));
  CHECK(p[5].connect == ConnectSpec{Connect::kFixedProbability, 0.1, 0, {}});
  CHECK(p[5].weights == WeightSpec(NormalWeights{3, 0.5}));
  CHECK(p[6].connect == ConnectSpec{Connect::kFixedIndegree, 0, 10, {}});
  CHECK(p[7].connect == ConnectSpec{.kind = Connect::kPairs, .pairs = {"/nets/p.h5", "pairs"}});
  CHECK(p[8].weights == WeightSpec(ClassGroupWeights{2, -0.5}));
  CHECK(p[9].weights == WeightSpec(ClassGroupWeights{1, -0.1}));
  CHECK(p[8].from == 7);
  CHECK(p[8].to == 8);
}

TEST_CASE("default names of projections avoid those already taken") {
  const Description d = every_key();
  CHECK(d.projections[1].name == "kicks_to_hidden");
  CHECK(d.projections[2].name == "kicks_to_hidden_2");  // given in the file
  CHECK(d.projections[3].name == "kicks_to_hidden_3");
  CHECK(d.projections[8].name == "fire_to_classes");
  CHECK(d.projections[9].name == "fire_to_classes_2");
}

TEST_CASE("what to record is read") {
  const RecordSpec record = every_key().record;
  CHECK(record.spikes == std::vector<SpikeRecordSpec>{{2, {}}, {5, {}}});
  REQUIRE(record.states.size() == 3);
  CHECK(record.states[0] == StateRecordSpec{5, {"h", "hs"}, {2, 0}});
  CHECK(record.states[1] == StateRecordSpec{7, {"v"}, {3, 4, 5}});
  CHECK(record.states[2] == StateRecordSpec{8, {"v"}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}});
}

TEST_CASE("what is left out takes its default") {
  const Description d = parse_description(
      "format: neurosim/1\npopulations: { a: { model: lif, size: 2 } }\nprojections:\n"
      "record: { states: { a: { variables: [v] } } }\n",
      "nets/my-net.yaml");
  CHECK(d.name == "my-net");
  CHECK(d.seed == 1);
  CHECK(d.precision == Precision::kSingle);
  CHECK(d.time == TimeSpec{});
  CHECK(!d.data.has_value());
  CHECK(d.projections.empty());
  CHECK(d.record.spikes.empty());
  CHECK(d.record.states[0].neurons == std::vector<NeuronId>{0, 1});
  REQUIRE(d.populations[0].parameters.size() == d.populations[0].info->fields.size());
  CHECK(literal(d.populations[0], "threshold") == FieldValue{1});
}

TEST_CASE("a number of blank steps stands before the stimulus") {
  const Description d = parse_description(
      "format: neurosim/1\npopulations: { a: { model: poisson, size: 2, rate_hz: 1 } }\n"
      "time: { blank_steps: 20 }\n",
      "net.yaml");
  CHECK(d.time == TimeSpec{.blank_before = 20});
}

TEST_CASE("aliases, comments and Windows line ends are understood") {
  const Description d = parse_description(
      "\xef\xbb\xbf"
      "format: neurosim/1  # version\r\npopulations:\r\n"
      "  a: &shared { model: poisson, size: 2, rate_hz: 1 }\r\n  b: *shared\r\n",
      "net.yaml");
  REQUIRE(d.populations.size() == 2);
  CHECK(d.populations[1].name == "b");
  CHECK(d.populations[1].source == SourceSpec(PoissonSource{1}));
}

TEST_CASE("overrides replace and add values") {
  const auto set = [](const std::vector<std::string>& changes) {
    std::vector<Override> overrides;
    for (const auto& change : changes) overrides.push_back(parse_override(change));
    return parse_description(kEveryKey, "net.yaml", overrides);
  };
  CHECK(set({"time.steps=60"}).time.steps == 60);
  CHECK(set({"time.steps=60", "time.steps=70"}).time.steps == 70);
  CHECK(set({"projections.2.delay=3"}).projections[2].delay == 3);
  CHECK(set({"projections.0.delay=3"}).projections[0].delay == 3);
  CHECK(set({"projections.0.bits=4"}).projections[0].bits == 4);
  CHECK(set({"projections.1.bits=none"}).projections[1].bits == 0);
  CHECK(set({"name=a=b"}).name == "a=b");
  CHECK(set({"populations.pixels.shape=[4, 2]"}).populations[0].size == 8);
  CHECK(literal(set({"populations.fire.parameters.threshold=2"}).populations[7], "threshold") ==
        FieldValue{2});
}

TEST_CASE("an override may replace all populations") {
  const Description d = parse_description(
      "format: neurosim/1\npopulations: { a: { model: poisson, size: 2, rate_hz: 1 } }\n",
      "net.yaml",
      {{"populations", "{ b: { model: poisson, size: 2, rate_hz: 1 } }"},
       {"populations.b.size", "5"}});
  REQUIRE(d.populations.size() == 1);
  CHECK(d.populations[0].name == "b");
  CHECK(d.populations[0].size == 5);
}

TEST_CASE("an override changes one use of an alias only") {
  const Description d = parse_description(
      "format: neurosim/1\npopulations:\n  a: &s { model: poisson, size: 2, rate_hz: 1 }\n"
      "  b: *s\n",
      "net.yaml", {{"populations.b.size", "5"}});
  CHECK(d.populations[0].size == 2);
  CHECK(d.populations[1].size == 5);
}

TEST_CASE("an override is split at its first equals sign") {
  CHECK(parse_override("a.b=c=d").path == "a.b");
  CHECK(parse_override("a.b=c=d").value == "c=d");
  CHECK(parse_override("a=").value == "");
  CHECK_THROWS_WITH_AS(parse_override("a.b"),
                       "--set a.b: expected path=value, e.g. --set time.steps=100", UsageError);
  CHECK_THROWS_WITH_AS(parse_override("=3"), "--set =3: the path before = is empty", UsageError);
}

TEST_CASE("files that cannot be read are data errors") {
  CHECK_THROWS_WITH_AS(read_description("/nowhere/net.yaml"),
                       "/nowhere/net.yaml: cannot be read: No such file or directory", DataError);
  CHECK_THROWS_WITH_AS(read_description("/tmp"), "/tmp: is a folder, not a file", DataError);
}

TEST_CASE("a written description reads back as the same") {
  const Description quickstart = read_experiment("quickstart.yaml");
  CHECK(quickstart.populations.size() == 4);
  check_same(quickstart, parse_description(to_yaml(quickstart), "/elsewhere/x.yaml"));
  const Description every = every_key();
  check_same(every, parse_description(to_yaml(every), "/elsewhere/x.yaml"));
  CHECK(to_yaml(parse_description(to_yaml(every), "/elsewhere/x.yaml")) == to_yaml(every));
  check_same(every, parse_description(to_yaml(every, WrittenFields::kSet), "/elsewhere/x.yaml"));
}

TEST_CASE("receptors, drawn values and drawn delays survive writing") {
  const Description d = parse_description(
      "format: neurosim/1\nname: cuba\npopulations:\n"
      "  in: { model: poisson, size: 4, rate_hz: 1 }\n"
      "  two: { model: cuba_lif, size: 3, parameters: { tau_syn_ms: [5, 2.5], drive: [1, 2, 3],\n"
      "         v_threshold: { init: normal, mean: 20, standard_deviation: 0.1 },\n"
      "         initial_v: { init: uniform, low: -60, high: -50 } } }\n"
      "  none: { model: cuba_lif, size: 3, parameters: { tau_syn_ms: none, initial_v: { file: "
      "p.h5, "
      "dataset: v } } }\n"
      "  one: { model: cuba_lif, size: 1, parameters: { tau_syn_ms: [7], drive: [0.5] } }\n"
      "projections:\n"
      "  - { from: in, to: two, weights: 1, receptor: 1, delay: { init: uniform, low: 1, high: 9.5 "
      "} }\n"
      "  - { from: two, to: none, weights: 1, delay: { init: normal, mean: 20, standard_deviation: "
      "3 } }\n"
      "  - { from: none, to: one, weights: 1 }\n",
      "/nets/cuba.yaml");
  const PopulationSpec& two = d.populations[1];
  CHECK(literal(two, "tau_syn_ms") == FieldValue{5, 2.5});
  CHECK(literal(two, "drive") == FieldValue{1, 2, 3});
  CHECK(parameter(two, "v_threshold") == ParameterSpec(Distribution(Normal{20, 0.1})));
  CHECK(parameter(two, "initial_v") == ParameterSpec(Distribution(Uniform{-60, -50})));
  CHECK(literal(d.populations[2], "tau_syn_ms").empty());
  CHECK(literal(d.populations[3], "tau_syn_ms") == FieldValue{7});
  CHECK(d.projections[0].receptor == 1);
  CHECK(d.projections[0].drawn_delay == Distribution(Uniform{1, 9.5}));
  CHECK(d.projections[0].delay == 1);
  CHECK(d.projections[1].drawn_delay == Distribution(Normal{20, 3}));
  CHECK(d.projections[1].delay == 1);  // the shortest that may be drawn
  check_same(d, parse_description(to_yaml(d), "/elsewhere/x.yaml"));
  CHECK(to_yaml(parse_description(to_yaml(d), "/elsewhere/x.yaml")) == to_yaml(d));
  for (const char* peer : {"cuba-4000", "cuba-10000", "delta-4000", "delta-10000"}) {
    const Description network = read_experiment(std::string("peers/") + peer + ".yaml");
    check_same(network, parse_description(to_yaml(network), "/elsewhere/x.yaml"));
  }
}

TEST_CASE("names and paths that YAML would misread survive writing") {
  for (const std::string name :
       {"null", "true", "12", "1e3", "- x", "a: b", "it's \"so\"", "#", "back\\slash", " spaced ",
        "two\nlines", "\xc3\xa9t\xc3\xa9", "none", "~", "{", "tab\there"}) {
    CAPTURE(name);
    Description d = every_key();
    d.name = name;
    std::get<FileArray>(d.projections[4].weights) = {"/folder with: space/" + name, name};
    check_same(d, parse_description(to_yaml(d), "/elsewhere/x.yaml"));
  }
}

TEST_CASE("every number survives writing") {
  for (const double number : {0.1, 1.0 / 3, 1e-300, -3.4e38, 5e-324, 123456789.123456789, -0.0}) {
    CAPTURE(number);
    Description d = every_key();
    d.projections[1].weights = ConstantWeights{number};
    check_same(d, parse_description(to_yaml(d), "/elsewhere/x.yaml"));
  }
}

TEST_CASE("populations may have names that YAML takes for other things than text") {
  const Description d = parse_description(
      "format: neurosim/1\npopulations:\n  12: { model: poisson, size: 2, rate_hz: 1 }\n"
      "  true: { model: lif, size: 2 }\nprojections: [{ from: 12, to: true, weights: 1 }]\n"
      "record: { spikes: [12], states: { true: { variables: [v] } } }\n",
      "net.yaml");
  CHECK(d.projections[0].name == "12_to_true");
  check_same(d, parse_description(to_yaml(d), "/elsewhere/x.yaml"));
}

}  // namespace neurosim::test
