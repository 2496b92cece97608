// Where a run's input comes from: data, lists, Poisson trains, recorded spikes; blank steps.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "datasets/dataset.hpp"
#include "experiments/samples.hpp"
#include "run_files.hpp"
#include "sim/io/hdf5.hpp"

namespace neurosim {
namespace {

using test::describe;
using test::RunFolder;

/// Projections in the same place in both networks below, so that their drawn weights are the same.
constexpr const char* kDownstream =
    "  - { from: hidden, to: last, connect: all_to_all, weights: { init: uniform, low: -1, high: 2 "
    "} }\n"
    "  - { from: hidden, to: spiky, connect: all_to_all, delay: 1, weights: { init: "
    "xavier_uniform, gain: 3 } }\n"
    "  - { from: last, to: classes, connect: all_to_all, weights: { init: normal } }\n";

std::string recorded_yaml(const std::string& precision) {
  return fmt::format(
      "format: neurosim/1\nname: recorded\nseed: 3\nprecision: {}\ntime: {{ steps: 60 }}\n"
      "data: {{ dataset: synthetic-digits, samples: 4, encoder: {{ gain: 0.3 }} }}\npopulations:\n"
      "  pixels: {{ model: source, shape: [28, 28] }}\n"
      "  hidden: {{ model: src, size: 40 }}\n"
      "  last: {{ model: src, size: 30 }}\n"
      "  spiky: {{ model: lif, size: 25 }}\n"
      "  classes: {{ model: leaky_readout, size: 10 }}\n"
      "projections:\n{}"
      "  - {{ from: pixels, to: hidden, connect: all_to_all, weights: {{ init: uniform, low: 0, "
      "high: 0.2 }} }}\n"
      "record: {{ spikes: [hidden, last, spiky] }}\n",
      precision, kDownstream);
}

std::string replay_yaml(const std::string& precision, const std::string& file) {
  return fmt::format(
      "format: neurosim/1\nname: replay\nseed: 3\nprecision: {}\ntime: {{ steps: 60 }}\n"
      "populations:\n"
      "  hidden: {{ model: spike_file, size: 40, file: {}, population: hidden }}\n"
      "  last: {{ model: src, size: 30 }}\n"
      "  spiky: {{ model: lif, size: 25 }}\n"
      "  classes: {{ model: leaky_readout, size: 10 }}\n"
      "projections:\n{}record: {{ spikes: [hidden, last, spiky] }}\n",
      precision, file, kDownstream);
}

TEST_CASE("a recorded population replayed drives what follows as it did itself") {
  for (const std::string precision : {"single", "double"}) {
    CAPTURE(precision);
    const RunFolder folder;
    run_network(describe(recorded_yaml(precision)), {.output = folder.path("recorded.h5")});
    run_network(describe(replay_yaml(precision, folder.path("recorded.h5"))),
                {.output = folder.path("replay.h5"), .check = Check::kBoth, .threads = 3});
    const Results recorded(folder.path("recorded.h5")), replay(folder.path("replay.h5"));
    REQUIRE(replay.samples() == 4);
    CHECK(replay.header().populations[0].graded);
    for (std::size_t p = 0; p < 3; ++p) {
      CAPTURE(p);
      const auto spikes = test::rasters(replay, p);
      CHECK(spikes == test::rasters(recorded, p + 1));  // `pixels` stands before them
      for (const SpikeTrain& train : spikes) CHECK(train.spike_count() > 20);
    }
    for (std::size_t s = 0; s < 4; ++s) CHECK(replay.readout(s) == recorded.readout(s));
    CHECK(replay.labels() == recorded.labels());
    CHECK(replay.predictions() == recorded.predictions());
  }
}

/// Three samples over three neurons, the second one empty.
void write_own(const std::string& path) {
  auto file = hdf5::File::create(path);
  auto root = file.root();
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& values) {
    root.create_dataset(name, hdf5::Type::kI64, {.shape = {values.size()}})
        .write(std::span<const std::int64_t>(values));
  };
  add("step", {0, 2, 2, 5, 1});
  add("cell", {1, 2, 0, 1, 2});
  add("offset", {0, 4, 4, 5});
  add("truth", {1, 0, 2});
}

std::string own_yaml(const std::string& path, int steps, const std::string& keys) {
  return fmt::format(
      "format: neurosim/1\nname: own\ntime: {{ steps: {}, blank_steps: 3 }}\n"
      "populations:\n"
      "  in: {{ model: spike_file, size: 3, file: {}, steps: step, neurons: cell,\n"
      "       sample_offset: offset, labels: truth{} }}\n"
      "  out: {{ model: leaky_readout, size: 3 }}\n"
      "projections: [{{ from: in, to: out, connect: one_to_one, weights: 1 }}]\n"
      "record: {{ spikes: [in] }}\n",
      steps, path, keys);
}

TEST_CASE("spikes in datasets of one's own play in every sample, with their labels") {
  const RunFolder folder;
  const std::string path = folder.path("spikes.h5");
  write_own(path);
  const RunFolder out;
  run_network(describe(own_yaml(path, 6, "")), {.output = out.path("run.h5")});
  const Results results(out.path("run.h5"));
  REQUIRE(results.samples() == 3);
  CHECK(results.labels() == std::vector<std::int64_t>{1, 0, 2});
  SpikeTrain first, last;
  first.append(3, 1);
  first.append(5, 0);
  first.append(5, 2);
  first.append(8, 1);
  last.append(4, 2);
  CHECK(test::rasters(results, 0) == std::vector<SpikeTrain>{first, {}, last});
  // Neuron 1 spikes twice in sample 0; sample 2 knows neuron 2 only.
  CHECK(results.predictions()[0] == 1);
  CHECK(results.predictions()[2] == 2);
}

TEST_CASE("a file plays in fewer steps than it was recorded with") {
  const RunFolder folder;
  const std::string path = folder.path("spikes.h5");
  write_own(path);
  const RunFolder out;
  run_network(describe(own_yaml(path, 3, ", keep_every: 2, first_step: 1")),
              {.output = out.path("run.h5")});
  const Results results(out.path("run.h5"));
  CHECK(results.labels() == std::vector<std::int64_t>{1, 0, 2});
  SpikeTrain first, last;
  first.append(3 + 2, 1);
  last.append(3, 2);
  CHECK(test::rasters(results, 0) == std::vector<SpikeTrain>{first, {}, last});
}

TEST_CASE("SONATA spikes of another program play as one sample, in the network's steps") {
  const RunFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    auto root = hdf5::File::create(path).root();
    const std::vector<double> times = {1.25, 0.5, 0};
    const std::vector<std::int64_t> ids = {1, 2, 0};
    root.create_dataset("spikes/stimulus/timestamps", hdf5::Type::kF64, {.shape = {3}})
        .write(std::span<const double>(times));
    root.create_dataset("spikes/stimulus/node_ids", hdf5::Type::kI64, {.shape = {3}})
        .write(std::span<const std::int64_t>(ids));
  }
  const RunFolder out;
  run_network(describe(fmt::format(
                  "format: neurosim/1\nname: foreign\n"
                  "time: {{ steps: 6, blank_steps: 3, step_ms: 0.25 }}\n"
                  "populations:\n"
                  "  in: {{ model: spike_file, size: 3, file: {}, population: stimulus }}\n"
                  "  out: {{ model: leaky_readout, size: 3 }}\n"
                  "projections: [{{ from: in, to: out, connect: one_to_one, weights: 1 }}]\n"
                  "record: {{ spikes: [in] }}\n",
                  path)),
              {.output = out.path("run.h5")});
  const Results results(out.path("run.h5"));
  SpikeTrain expected;
  expected.append(3, 0);
  expected.append(5, 2);
  expected.append(8, 1);
  CHECK(test::rasters(results, 0) == std::vector<SpikeTrain>{expected});
}

std::string blank_yaml(const std::string& blank) {
  return "format: neurosim/1\nname: blank\nseed: 5\n"
         "time: { steps: 30" +
         blank +
         " }\n"
         "data: { dataset: synthetic-digits, samples: 3, encoder: { gain: 0.2 } }\npopulations:\n"
         "  pixels: { model: source, shape: [28, 28] }\n"
         "  list: { model: spike_list, size: 4, spikes: [[0, 1], [4, 0], [4, 3], [29, 2]] }\n"
         "  noise: { model: poisson, size: 50, rate_hz: 40 }\n"
         "  cells: { model: lif, size: 12, parameters: { threshold: 2 } }\n"
         "projections:\n"
         "  - { from: pixels, to: cells, connect: all_to_all, weights: { init: uniform, low: -0.5, "
         "high: 1 } }\n"
         "  - { from: list, to: cells, connect: all_to_all, weights: 1 }\n"
         "  - { from: noise, to: cells, connect: all_to_all, weights: { init: normal } }\n"
         "record: { spikes: [pixels, list, noise, cells] }\n";
}

TEST_CASE("blank steps shift everything and add nothing") {
  const RunFolder folder;
  run_network(describe(blank_yaml("")), {.output = folder.path("plain.h5")});
  run_network(describe(blank_yaml(", blank_steps: { before: 7, after: 5 }")),
              {.output = folder.path("blank.h5"), .check = Check::kBoth});
  const Results plain(folder.path("plain.h5")), blank(folder.path("blank.h5"));
  CHECK(blank.header().ticks_per_sample == 42);
  for (std::size_t p = 0; p < 4; ++p) {
    CAPTURE(p);
    for (std::size_t s = 0; s < 3; ++s) {
      const SpikeTrain train = plain.raster(p, s);
      CHECK(train.spike_count() > 3);
      // LIF neurons start at rest, so that 7 silent steps leave no trace.
      CHECK(blank.raster(p, s) == test::shifted(train, 7));
    }
  }
  SpikeTrain list;
  list.append(0, 1);
  list.append(4, 0);
  list.append(4, 3);
  list.append(29, 2);
  CHECK(plain.raster(1, 0) == list);
}

SampleInput sample(const Description& description, std::size_t index) {
  const Samples samples(description, "");
  SampleInput input;
  samples.fill(index, 0, input);
  return input;
}

/// Compares samples 13 .. 17 of 20 with a run that begins at 13.
void check_first(double gain) {
  const auto digits = [gain](std::size_t first, std::size_t samples) {
    return describe(fmt::format(
        "format: neurosim/1\nname: digits\ntime: {{ steps: 50 }}\n"
        "data: {{ dataset: synthetic-digits, first: {}, samples: {}, encoder: {{ gain: {} }} }}\n"
        "populations:\n  pixels: {{ model: source, shape: [28, 28] }}\n",
        first, samples, gain));
  };
  const Description all = digits(0, 20), part = digits(13, 5);
  const Samples whole(all, ""), some(part, "");
  CHECK(whole.size() == 20);
  REQUIRE(some.size() == 5);
  SampleInput a, b;
  for (std::size_t k = 0; k < 5; ++k) {
    CAPTURE(k);
    whole.fill(13 + k, 0, a);
    some.fill(k, 0, b);
    CHECK(a.label == b.label);
    REQUIRE(a.sources.size() == 1);
    CHECK(a.sources == b.sources);
    CHECK(a.sources[0].spike_count() > 500);
  }
}

TEST_CASE("a run may begin anywhere in the data and shows the same images") {
  check_first(255);  // every pixel that is not black fires at every step: nothing is drawn
}

TEST_CASE("a run may begin anywhere in the data and gets the same spikes") { check_first(0.5); }

TEST_CASE("a sample's input depends on its index alone") {
  const Description description = describe(blank_yaml(""));
  const Samples samples(description, "");
  SampleInput once, again;
  std::vector<SampleInput> seen;
  for (std::size_t k = 0; k < 3; ++k) {
    samples.fill(k, 0, once);
    seen.push_back(once);
  }
  for (const std::size_t k : {2, 0, 1, 1}) {
    samples.fill(k, 0, again);
    CHECK(again.sources == seen[k].sources);
    CHECK(again.label == seen[k].label);
    CHECK(sample(description, k).sources == seen[k].sources);
  }
  CHECK(!(seen[0].sources[0] == seen[1].sources[0]));  // pixels
  CHECK(seen[0].sources[1] == seen[1].sources[1]);     // the list
  CHECK(!(seen[0].sources[2] == seen[1].sources[2]));  // Poisson
}

std::string poisson_yaml(double rate_hz, double step_ms) {
  return fmt::format(
      "format: neurosim/1\nname: poisson\ntime: {{ steps: 4000, step_ms: {} }}\npopulations:\n"
      "  a: {{ model: poisson, size: 100, rate_hz: {} }}\n"
      "  b: {{ model: poisson, size: 100, rate_hz: {} }}\n",
      step_ms, rate_hz, rate_hz);
}

TEST_CASE("Poisson neurons fire at their rate") {
  for (const auto& [rate, step] :
       std::vector<std::pair<double, double>>{{50, 0.5}, {10, 1}, {800, 1}, {1000, 1}, {0, 1}}) {
    CAPTURE(rate);
    const SpikeTrain train = sample(describe(poisson_yaml(rate, step)), 0).sources[0];
    const double p = rate * step / 1000, trials = 100 * 4000;
    // Binomial; six standard deviations.
    const double spread = 6 * std::sqrt(trials * p * (1 - p));
    CHECK(std::fabs(static_cast<double>(train.spike_count()) - trials * p) <= spread);
  }
}

TEST_CASE("two Poisson populations fire independently") {
  const SampleInput input = sample(describe(poisson_yaml(50, 1)), 0);
  std::vector<bool> fired(100 * 4000, false);
  const auto each = [](const SpikeTrain& train, auto visit) {
    for (std::size_t k = 0; k < train.packet_count(); ++k) {
      for (const NeuronId id : train.packet(k).ids) {
        visit(static_cast<std::size_t>(train.tick(k)) * 100 + id);
      }
    }
  };
  each(input.sources[0], [&](std::size_t place) { fired[place] = true; });
  double both = 0;
  each(input.sources[1], [&](std::size_t place) { both += fired[place] ? 1 : 0; });
  // By chance p^2 of all (step, neuron) pairs are shared: 1000; six standard deviations.
  const double p2 = 0.05 * 0.05, trials = 100 * 4000;
  CHECK(std::fabs(both - trials * p2) <= 6 * std::sqrt(trials * p2 * (1 - p2)));
}

}  // namespace
}  // namespace neurosim
