#include "experiments/encode.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "experiments/train.hpp"
#include "run_files.hpp"
#include "sim/io/checkpoint_file.hpp"

namespace neurosim {
namespace {

using test::RunFolder;

/// The sources of a small network, with whatever stands in `data:`.
Description coded(const std::string& shape, const std::string& data, const std::string& top = "") {
  return test::describe(
      "format: neurosim/1\nname: coded\nseed: 7\ntime: { steps: 30, blank_steps: 4 }\n"
      "data: { " +
      data + " }\n" + top +
      "populations:\n"
      "  in: { model: source, shape: " +
      shape +
      " }\n"
      "  hidden: { model: src, size: 20, learn: [bias] }\n"
      "  classes: { model: leaky_readout, size: 10 }\n"
      "projections:\n"
      "  - { from: in, to: hidden, weights: { init: xavier_uniform }, learn: true }\n"
      "  - { from: hidden, to: classes, connect: class_groups, weights: {} }\n"
      "record: { spikes: [in, hidden] }\n");
}

constexpr const char* kDigits = "dataset: synthetic-digits, samples: 11, first: 5, ";

struct Coding {
  const char* shape;
  std::string data;
};
const Coding kCodings[] = {
    {"[28, 28]", std::string(kDigits) + "encoder: { type: rate, gain: 0.3 }"},
    {"[28, 28]", std::string(kDigits) + "encoder: { type: latency }"},
    {"[28, 28]", std::string(kDigits) + "encoder: { type: current, gain: -0.5 }"},
    {"[2, 34, 34]", std::string(kDigits) + "camera: { type: saccades }"},
    {"[2, 34, 34]", std::string(kDigits) + "camera: {}, encoder: { bins: clock, values: binary }"},
};

TEST_CASE("encoded traces are the spikes that a run shows, with labels and numbers") {
  for (const Coding& coding : kCodings) {
    CAPTURE(coding.data);
    const RunFolder folder;
    const Description description = coded(coding.shape, coding.data);
    const RunSummary run = run_network(
        description, {.output = folder.path("run.h5"), .check = Check::kBoth, .threads = 2});
    const EncodeSummary summary =
        encode_data(description, {.output = folder.path("traces.h5"), .threads = 2});
    CHECK(summary.samples == 11);
    CHECK(summary.samples_planned == 11);
    CHECK(summary.labelled == 11);
    CHECK(!summary.interrupted);
    REQUIRE(summary.sources.size() == 1);
    CHECK(summary.sources[0].spikes == run.populations[0].spike_events);
    CHECK(summary.sources[0].spikes > 100);
    const Results traces(folder.path("traces.h5")), ran(folder.path("run.h5"));
    CHECK(traces.complete());
    REQUIRE(traces.header().populations.size() == 1);
    CHECK(traces.header().populations[0].name == "in");
    CHECK(test::rasters(traces, 0) == test::rasters(ran, 0));
    CHECK(traces.labels() == ran.labels());
    CHECK(traces.header().class_names == ran.header().class_names);
    const auto numbers =
        test::read_contents(folder.path("traces.h5")).at("/neurosim/samples/index").numbers;
    CHECK(numbers == std::vector<double>{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  }
}

TEST_CASE("traces are the same bytes for any number of threads") {
  const RunFolder folder;
  const Description description = coded("[2, 34, 34]", kCodings[3].data);
  encode_data(description, {.output = folder.path("one.h5"), .threads = 1});
  encode_data(description, {.output = folder.path("three.h5"), .threads = 3});
  CHECK(test::differences(test::read_contents(folder.path("one.h5")),
                          test::read_contents(folder.path("three.h5"))) ==
        std::vector<std::string>{});
}

TEST_CASE("training from traces and on the fly gives the same bits") {
  for (const Coding& coding : kCodings) {
    CAPTURE(coding.data);
    const RunFolder folder;
    const std::string training =
        "training: { epochs: 2, batch: 8, samples: 40, spikes: once, validation: 0.2, "
        "validation_split: stratified }\n";
    const std::string data = coding.data.substr(0, coding.data.find("first")) +
                             coding.data.substr(coding.data.find("5, ") + 3);
    const Description description = coded(coding.shape, data, training);
    train_network(description, {.output = folder.path("fly.h5")});
    Description split = coded(coding.shape, data, training);
    split.data->split = "train";
    split.data->samples = 40;
    encode_data(split, {.output = folder.path("traces.h5")});
    train_network(description,
                  {.output = folder.path("file.h5"), .traces = folder.path("traces.h5")});
    const Checkpoint fly = read_checkpoint(folder.path("fly.h5"));
    CHECK(test::same(fly, read_checkpoint(folder.path("file.h5"))));
    CHECK(fly.validation_samples.size() == 8);
  }
}

TEST_CASE("nothing to encode, an existing file, an interruption") {
  const RunFolder folder;
  const Description none = test::describe(
      "format: neurosim/1\npopulations: { a: { model: lif, size: 2 } }\nprojections: []\n"
      "record: { spikes: [a] }\n");
  CHECK(test::refusal([&] { encode_data(none, {.output = folder.path("none.h5")}); }) ==
        "net.yaml: populations: there is no source of spikes to record, e.g. `pixels: { "
        "model: source, shape: [28, 28] }`");
  CHECK(folder.names().empty());
  const Description description = coded("[28, 28]", kCodings[0].data);
  encode_data(description, {.output = folder.path("t.h5")});
  CHECK_THROWS_AS(encode_data(description, {.output = folder.path("t.h5")}), DataError);
  const std::atomic<bool> stop{true};
  const EncodeSummary summary = encode_data(description, {.output = folder.path("t.h5"),
                                                          .existing = OutputFile::kReplaceExisting,
                                                          .interrupt = &stop});
  CHECK(summary.interrupted);
  CHECK(summary.samples == 0);
  CHECK(!Results(folder.path("t.h5")).complete());
}

}  // namespace
}  // namespace neurosim
