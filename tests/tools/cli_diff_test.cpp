#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

#include "sim/io/results.hpp"
#include "tools/cli_files.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

constexpr std::string_view kNetwork = R"(format: neurosim/1
name: small
time: { steps: 20, step_ms: 0.5 }
data: { dataset: synthetic-digits, samples: 6, encoder: { type: rate, gain: 0.5 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 16 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 4 } }
  - { from: hidden, to: classes, weights: { init: xavier_uniform } }
record:
  spikes: [pixels, hidden]
  states: { hidden: { variables: [h, hs], neurons: [0, 3] } }
)";

/// A workplace with net.yaml and a.h5, its results.
class Runs : public Workplace {
 public:
  Runs() {
    write("net.yaml", kNetwork);
    make("a.h5");
  }
  void make(const std::string& file, Words more = {}) const {
    more.insert(more.begin(), {"run", "net.yaml", "-o", file});
    const Outcome outcome = run(more);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
  }
  /// The JSON of the difference of two files, whose code must be the one expected.
  Json diff(const std::string& a, const std::string& b, int code, Words more = {}) const {
    more.insert(more.begin(), {"diff", a, b, "--json"});
    const Outcome outcome = run(more);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == code);
    const Json object = Json::parse(outcome.out);
    CHECK(object["same"] == (code == 0));
    return object;
  }
};

Json find(const Json& object, const std::string& quantity, const std::string& name = "",
          const std::string& detail = "") {
  const auto is = [](const Json& value, const std::string& text) {
    return text.empty() ? value.is_null() : value == text;
  };
  for (const Json& entry : object["quantities"]) {
    if (entry["quantity"] == quantity && is(entry["name"], name) && is(entry["detail"], detail)) {
      return entry;
    }
  }
  FAIL("no " << quantity << " " << name << " " << detail);
  return {};
}

/// Every key of an object and of the objects in it.
void collect_keys(const Json& value, std::vector<std::string>& keys) {
  for (const auto& [key, item] : value.items()) {
    if (value.is_object()) keys.push_back(key);
    if (item.is_structured()) collect_keys(item, keys);
  }
}

/// What spikes, cell by cell, of one sample: [tick][neuron].
std::vector<std::vector<bool>> grid(const Results& results, std::size_t population,
                                    std::size_t sample) {
  const RunHeader& header = results.header();
  std::vector<std::vector<bool>> cells(
      static_cast<std::size_t>(header.ticks_per_sample),
      std::vector<bool>(header.populations[population].size, false));
  const SpikeTrain train = results.raster(population, sample);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    for (const NeuronId id : train.packet(k).ids) {
      cells[static_cast<std::size_t>(train.tick(k))][id] = true;
    }
  }
  return cells;
}

/// The first cell in which two rasters differ, looked for the slow way, as `diff` writes it.
Json first_cell(const Results& a, const Results& b, std::size_t population) {
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const auto in_a = grid(a, population, sample), in_b = grid(b, population, sample);
    for (std::size_t tick = 0; tick < in_a.size(); ++tick) {
      for (std::size_t neuron = 0; neuron < in_a[tick].size(); ++neuron) {
        if (in_a[tick][neuron] == in_b[tick][neuron]) continue;
        return {{"row", sample},
                {"time_ms", static_cast<double>(tick) * a.header().step_ms},
                {"neuron", neuron},
                {"in_a", in_a[tick][neuron] ? true : false}};
      }
    }
  }
  return nullptr;
}

}  // namespace

TEST_CASE("diff: the same network and seed give the same, with any number of threads") {
  const Runs place;
  place.make("b.h5", {"--threads", "1"});
  place.make("c.h5", {"--threads", "3"});
  for (const char* other : {"a.h5", "b.h5", "c.h5"}) {
    const Json object = place.diff("a.h5", other, 0);
    CHECK(object["same_results"] == true);
    CHECK(object["common"] == 6);
    CHECK(find(object, "spikes", "hidden")["compared"] == 6);
    CHECK(find(object, "states", "hidden", "hs")["compared"] == 6);
    CHECK(find(object, "readout")["largest"] == 0);
  }
  const Outcome text = place.run({"diff", "a.h5", "b.h5"});
  CHECK(text.code == 0);
  CHECK(text.err.empty());
  CHECK(text.out.starts_with("the same results and configuration: 6 samples with labels, "));
  CHECK(std::ranges::count(text.out, '\n') == 1);
}

TEST_CASE("diff: the engine is shown, and is no difference") {
  const Runs place;
  place.make("b.h5", {"--engine", "reference"});
  const Json object = place.diff("a.h5", "b.h5", 0);
  CHECK(object["a"]["engine"] == "event");
  CHECK(object["b"]["engine"] == "reference");
  const Outcome text = place.run({"diff", "a.h5", "b.h5"});
  CHECK(contains(text.out, "\nengine: event in a, reference in b\n"));
}

TEST_CASE("diff: another seed gives other spikes, and the first of them is right") {
  const Runs place;
  place.make("b.h5", {"--seed", "2"});
  const Json object = place.diff("a.h5", "b.h5", 4);
  CHECK(object["configuration"] == Json({{{"path", "seed"}, {"a", "1"}, {"b", "2"}}}));
  const Results a(place.path("a.h5").string()), b(place.path("b.h5").string());
  for (std::size_t p = 0; p < 2; ++p) {
    const std::string name = a.header().populations[p].name;
    CAPTURE(name);
    const Json entry = find(object, "spikes", name);
    const Json expected = first_cell(a, b, p);
    REQUIRE(expected.is_object());
    for (const char* key : {"row", "time_ms", "neuron"}) {
      CHECK(entry["first"][key] == expected[key]);
    }
    CHECK(entry["first"]["a"].is_null() == (expected["in_a"] == false));
    CHECK(entry["first"]["b"].is_null() == (expected["in_a"] == true));
    std::size_t differ = 0;
    for (std::size_t s = 0; s < a.samples(); ++s) differ += a.raster(p, s) != b.raster(p, s);
    CHECK(entry["differ"] == differ);
    CHECK(entry["a"] == a.population(p).spikes);
    CHECK(entry["b"] == b.population(p).spikes);
    CHECK(find(object, "activity", name)["a"].get<double>() ==
          doctest::Approx(a.population(p).mean_activity));
  }
  const Outcome text = place.run({"diff", "a.h5", "b.h5"});
  CHECK(text.code == 4);
  CHECK(text.out.starts_with("the results differ: "));
  CHECK(contains(text.out, "\nseed           1  2\n"));
}

TEST_CASE("diff: readouts, predictions and states are those of the files") {
  const Runs place;
  place.make("b.h5", {"--seed", "2"});
  const Json object = place.diff("a.h5", "b.h5", 4);
  const Results a(place.path("a.h5").string()), b(place.path("b.h5").string());
  double readout = 0, state = 0;
  std::size_t predictions = 0;
  for (std::size_t s = 0; s < a.samples(); ++s) {
    predictions += a.predictions()[s] != b.predictions()[s];
    for (std::size_t k = 0; k < 10; ++k) {
      readout = std::max(readout, std::abs(a.readout(s)[k] - b.readout(s)[k]));
    }
    const auto in_a = a.trace(0, s).values, in_b = b.trace(0, s).values;  // [h, hs][tick][neuron]
    for (std::size_t k = 0; k < in_a.size() / 2; ++k) {
      state = std::max(state, std::abs(in_a[k] - in_b[k]));
    }
  }
  CHECK(find(object, "predictions")["differ"] == predictions);
  CHECK(find(object, "readout")["largest"] == readout);
  CHECK(find(object, "states", "hidden", "h")["largest"] == state);
  CHECK(find(object, "counters", "hidden_to_classes", "events")["b"] == b.projection(1).events);
}

TEST_CASE("diff: a changed parameter is listed by its path") {
  const Runs place;
  place.make("b.h5", {"--set", "populations.hidden.parameters.alpha=0.8", "--set",
                      "record.spikes=[pixels]"});
  const Json object = place.diff("a.h5", "b.h5", 4);
  const Json alpha = {{"path", "populations.hidden.parameters.alpha"}, {"a", "0.9"}, {"b", "0.8"}};
  CHECK(object["configuration"][0] == alpha);
  CHECK(object["configuration"].size() == 2);
  CHECK(object["unmatched"] ==
        Json({{{"text", "spikes of hidden: only in a"}, {"differs", false}}}));
  CHECK(find(object, "labels")["differ"] == 0);
  CHECK(find(object, "readout")["differ"].get<int>() > 0);
  place.diff("a.h5", "b.h5", 4, {"--results-only"});
}

TEST_CASE("diff: what was recorded differs, the results do not") {
  const Runs place;
  place.make("b.h5", {"--set", "record.spikes=[pixels]"});
  CHECK(place.diff("a.h5", "b.h5", 4)["same_results"] == true);
  CHECK(place.diff("a.h5", "b.h5", 0, {"--results-only"})["same_configuration"] == false);
  const Outcome text = place.run({"diff", "a.h5", "b.h5"});
  CHECK(text.out.starts_with("the same results of another configuration: record.spikes\n"));
  CHECK(contains(text.out, "spikes of hidden: only in a\n"));
}

TEST_CASE("diff: spikes of other neurons are not compared") {
  const Runs place;
  place.make("b.h5", {"--set", "record.spikes=[pixels, { population: hidden, neurons: 0..3 }]"});
  CHECK(place.diff("a.h5", "b.h5", 0, {"--results-only"})["same_results"] == true);
  CHECK(contains(place.run({"diff", "a.h5", "b.h5"}).out,
                 "spikes of hidden: of other neurons in a than in b\n"));
}

TEST_CASE(
    "diff: samples are matched by their number, and a shorter file is compared as far as it goes") {
  const Runs place;
  place.make("b.h5", {"--samples", "3", "--set", "data.first=2"});
  const Json object = place.diff("a.h5", "b.h5", 0, {"--results-only"});
  CHECK(object["common"] == 3);
  CHECK(find(object, "labels")["compared"] == 3);
  const Results b(place.path("b.h5").string());
  CHECK(find(object, "spikes", "hidden")["a"] == b.population(1).spikes);
  CHECK(place.diff("a.h5", "b.h5", 4)["same_results"] == true);

  place.make("c.h5", {"--samples", "2", "--set", "data.first=100"});
  CHECK(place.diff("a.h5", "c.h5", 4, {"--results-only"})["unmatched"][0]["text"] ==
        "no sample is in both");
}

TEST_CASE("diff: an interrupted run is compared as far as it went") {
  const Runs place;
  Child child(place.command({"run", "net.yaml", "-o", "cut.h5", "--samples", "1000000"}),
              {.folder = place.folder()});
  wait_until([&] { return place.has("cut.h5.partial"); });
  child.send(SIGINT);
  REQUIRE(child.wait().code == 130);
  const Json object = place.diff("a.h5", "cut.h5", 4);
  CHECK(object["b"]["complete"] == false);
  const auto samples = object["b"]["samples"].get<std::size_t>();
  CHECK(object["common"] == std::min<std::size_t>(samples, 6));
  // However early the signal came: no sample at all is no agreement.
  CHECK(object["same_results"] == (samples > 0));
  CHECK(contains(place.run({"diff", "a.h5", "cut.h5"}).out, "interrupted"));
}

TEST_CASE("diff: networks of another shape") {
  const Runs place;
  place.make("b.h5", {"--set", "populations.hidden.size=20", "--set", "time.step_ms=1"});
  const Json object = place.diff("a.h5", "b.h5", 4, {"--results-only"});
  CHECK(object["unmatched"][1]["text"] == "population hidden: 16 neurons in a, 20 in b");
  const Outcome text = place.run({"diff", "a.h5", "b.h5"});
  CHECK(text.out.starts_with("the results differ: steps of 0.5 ms in a, 1 ms in b"));

  place.write("other.yaml", kListNetwork);
  REQUIRE(place.run({"run", "other.yaml", "-o", "c.h5"}).code == 0);
  const Json other = place.diff("a.h5", "c.h5", 4);
  CHECK(contains(other["unmatched"].dump(), "population hidden: only in a"));
  CHECK(contains(other["unmatched"].dump(), "population cells: only in b"));
  CHECK(other["configuration"].size() > 3);
}

TEST_CASE("diff: trainings") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const auto train = [&](const std::string& file, Words more) {
    more.insert(more.begin(), {"train", "net.yaml", "-o", file});
    REQUIRE(place.run(more).code == 0);
  };
  train("a.h5", {});
  train("b.h5", {"--threads", "1"});
  train("c.h5", {"--epochs", "1"});
  const Outcome same = place.run({"diff", "a.h5", "b.h5"});
  CHECK(same.code == 0);
  CHECK(same.out.starts_with("the same results and configuration: 2 epochs, 9,528 weights\n"));

  const Outcome outcome = place.run({"diff", "a.h5", "c.h5", "--json"});
  CHECK(outcome.code == 4);
  const Json object = Json::parse(outcome.out);
  CHECK(object["kind"] == "weights");
  CHECK(object["a"]["epochs"] == 2);
  CHECK(object["common"] == 1);
  CHECK(object["configuration"][0]["path"] == "training.epochs");
  const Json weights = find(object, "weights", "hidden_to_classes");
  CHECK(weights["compared"] == 120);
  CHECK(weights["largest"].get<double>() > 0);
  CHECK(find(object, "epochs", "", "loss")["differ"] == 0);

  REQUIRE(place.run({"run", "net.yaml", "-o", "run.h5"}).code == 0);
  for (const Words& files : {Words{"a.h5", "run.h5"}, Words{"run.h5", "a.h5"}}) {
    const Outcome mixed = place.run({"diff", files[0], files[1]});
    CHECK(mixed.code == 3);
    CHECK(mixed.out.empty());
    CHECK(contains(mixed.err, "error: " + files[1] + ": is a "));
  }
}

TEST_CASE("diff: trainings of other populations name those that one file has") {
  const Workplace place;
  place.write("a.yaml", kTrainNetwork);
  std::string other{kTrainNetwork};
  for (std::size_t at = 0; (at = other.find("hidden", at)) != std::string::npos; at += 5) {
    other.replace(at, 6, "first");
  }
  place.write("b.yaml", other);
  REQUIRE(place.run({"train", "a.yaml", "-o", "a.h5"}).code == 0);
  REQUIRE(place.run({"train", "b.yaml", "-o", "b.h5"}).code == 0);
  const Outcome outcome = place.run({"diff", "a.h5", "b.h5"});
  CHECK(outcome.code == 4);
  CHECK(contains(outcome.out, "population hidden: only in a"));
  CHECK(contains(outcome.out, "population first: only in b"));
}

TEST_CASE("diff: files that are missing or hold nothing are data errors") {
  const Runs place;
  place.write("text.h5", "not HDF5 at all");
  for (const char* file : {"missing.h5", "text.h5"}) {
    for (const Words& files : {Words{"a.h5", file}, Words{file, "a.h5"}}) {
      const Outcome outcome = place.run({"diff", files[0], files[1]});
      CHECK(outcome.code == 3);
      CHECK(outcome.out.empty());
      CHECK(contains(outcome.err, std::string("error: ") + file));
    }
  }
  CHECK(place.run({"diff", "a.h5"}).code == 2);
}

TEST_CASE("diff: every key of the JSON is documented") {
  const Runs place;
  place.make("b.h5", {"--seed", "2", "--set", "record.spikes=[hidden]"});
  std::vector<std::string> keys;
  collect_keys(place.diff("a.h5", "b.h5", 4), keys);
  const std::string help = place.run({"help", "json"}).out;
  const std::size_t begin = help.find("`neurosim diff --json`");
  REQUIRE(begin != std::string::npos);
  const std::string section = help.substr(begin, help.find("`neurosim encode", begin) - begin);
  CHECK(keys.size() > 30);
  for (const std::string& key : keys) {
    CAPTURE(key);
    CHECK(contains(section, key));
  }
}

}  // namespace neurosim
