#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/io/results.hpp"
#include "tools/cli_files.hpp"

// The examples of "In Python" in README.md, run on files of this build.

namespace neurosim {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kNetwork = R"(format: neurosim/1
name: for-python
time: { steps: 40, step_ms: 0.5 }
data: { dataset: synthetic-digits, samples: 5, encoder: { type: rate, gain: 1 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 12 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 3 }, learn: true }
  - { from: hidden, to: classes, weights: { init: xavier_uniform }, learn: true }
training: { samples: 40, batch: 8, epochs: 2, validation: 0.2 }
record:
  spikes: [hidden]
  states: { hidden: { variables: [h, hs], neurons: [1, 4, 7] } }
)";

/// Prints what the examples computed.
constexpr std::string_view kReport = R"(
import json

print(json.dumps({
    "spikes": spikes.values.tolist(),
    "all_spikes": sum(len(raster("hidden", k)) for k in range(len(samples))),
    "h_neurons": h.columns.tolist(),
    "h": h.values.tolist(),
    "activity_shape": activity.shape,
    "mean_activity": mean_activity,
    "silent_neurons": int(silent_neurons),
    "labels": samples.label.tolist(),
    "predictions": samples.prediction.tolist(),
    "index": samples["index"].tolist(),
    "accuracy": accuracy,
    "work": json.loads(work.to_json(orient="index")),
    "traffic": json.loads(traffic.to_json(orient="index")),
    "epochs": json.loads(epochs.reset_index().to_json(orient="records", double_precision=15)),
    "epoch_activity": epoch_activity["hidden"].tolist(),
    "weights_shape": weights.shape,
}))
)";

/// The first Python here that has what the examples need; empty, after saying so: none does.
std::string python_with_h5py() {
  for (const char* python : {NEUROSIM_PYTHON, "/usr/bin/python3"}) {
    if (!std::filesystem::exists(python)) continue;
    if (run_program({python, "-c", "import h5py, pandas"}).code == 0) return python;
  }
  MESSAGE("skipped: no h5py and pandas (python3-h5py, python3-pandas)");
  return {};
}

/// The text of every block of Python in a Markdown file, one after the other.
std::string python_blocks(const std::string& markdown) {
  constexpr std::string_view kFence = "\n```python\n", kEnd = "\n```\n";
  std::string blocks;
  for (std::size_t at = 0; (at = markdown.find(kFence, at)) != std::string::npos;) {
    at += kFence.size();
    const std::size_t end = markdown.find(kEnd, at);
    REQUIRE(end != std::string::npos);
    blocks += markdown.substr(at, end - at) + "\n\n";
    at = end;
  }
  return blocks;
}

std::string readme() {
  std::ifstream file(NEUROSIM_SOURCE_DIR "/README.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

Json run_json(const Workplace& place, const std::vector<std::string>& words) {
  const Outcome outcome = place.run(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  return Json::parse(outcome.out);
}

void check_spikes(const Json& python, const Results& results) {
  Json expected = Json::array();
  const SpikeTrain train = results.raster(1, 2);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    for (const NeuronId id : train.packet(k).ids) {
      expected.push_back({static_cast<double>(train.tick(k)) * 0.5, static_cast<double>(id)});
    }
  }
  REQUIRE_FALSE(expected.empty());
  CHECK(python["spikes"] == expected);
}

void check_states(const Json& python, const Results& results) {
  CHECK(python["h_neurons"] == Json({1, 4, 7}));
  REQUIRE(python["h"].size() == 40);
  const std::vector<double> h = results.trace_values(0, 0, 2);
  for (std::size_t tick = 0; tick < 40; ++tick) {
    for (std::size_t n = 0; n < 3; ++n) CHECK(python["h"][tick][n] == h[tick * 3 + n]);
  }
}

void check_counters(const Json& python, const Json& inspected, const Results& results) {
  for (const Json& population : inspected["populations"]) {
    const Json& work = python["work"][population["name"].get<std::string>()];
    CAPTURE(population["name"]);
    CHECK(work["updates_done"] == population["updates_done"]);
    CHECK(work["updates_skipped"] == population["updates_skipped"]);
    if (population["sends_spikes"] == true) CHECK(work["spikes"] == population["spikes"]);
  }
  const Json& projection = python["traffic"]["pixels_to_hidden"];
  CHECK(projection["events"] == results.projection(0).events);
  CHECK(projection["synaptic_operations"] == inspected["populations"][1]["synaptic_operations"]);
}

void check_epochs(const Json& python, const Json& trained) {
  REQUIRE(python["epochs"].size() == 2);
  for (std::size_t e = 0; e < 2; ++e) {
    const Json& row = trained["epochs"][e];
    CHECK(python["epochs"][e]["epoch"] == row["epoch"]);
    for (const char* name : {"loss", "training_accuracy", "validation_loss", "validation_accuracy",
                             "learning_rate", "gradient_norm"}) {
      CAPTURE(name);
      CHECK(python["epochs"][e][name].get<double>() ==
            doctest::Approx(row[name].get<double>()).epsilon(1e-12));
    }
    CHECK(python["epoch_activity"][e] == row["activity"]["hidden"]);
  }
  CHECK(python["weights_shape"] == Json({12, 784}));
}

}  // namespace

TEST_CASE("the Python of README.md reads what inspect and train report") {
  const std::string python = python_with_h5py();
  if (python.empty()) return;
  const std::string blocks = python_blocks(readme());
  REQUIRE(contains(blocks, "import h5py"));
  const Workplace place;
  place.write("net.yaml", kNetwork);
  const Json trained = run_json(place, {"train", "net.yaml", "-o", "weights.h5", "--json"});
  run_json(place, {"run", "net.yaml", "--weights", "weights.h5", "-o", "out.h5", "--json"});
  const Json inspected = run_json(place, {"inspect", "out.h5", "--json"});

  place.write("examples.py", blocks + std::string(kReport));
  const Outcome outcome =
      run_program({python, "-W", "error", "examples.py"}, {.folder = place.folder()});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json object = Json::parse(outcome.out);
  const Results results(place.path("out.h5").string());
  const Json& hidden = inspected["populations"][1];
  check_spikes(object, results);
  CHECK(object["all_spikes"] == hidden["spikes"]);
  check_states(object, results);
  CHECK(object["activity_shape"] == Json({5, 12}));
  CHECK(object["mean_activity"].get<double>() ==
        doctest::Approx(hidden["activity"].get<double>()).epsilon(1e-6));
  CHECK(object["silent_neurons"] == hidden["silent_neurons"]);
  CHECK(object["labels"] == Json(results.labels()));
  CHECK(object["predictions"] == Json(results.predictions()));
  std::vector<std::uint64_t> numbers;
  results.for_each_number([&](std::uint64_t number) { numbers.push_back(number); });
  CHECK(object["index"] == Json(numbers));
  CHECK(object["accuracy"] == inspected["accuracy"]);
  check_counters(object, inspected, results);
  check_epochs(object, trained);
}

}  // namespace neurosim
