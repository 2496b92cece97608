#include <doctest/doctest.h>

#include <cmath>

#include "file_edit.hpp"
#include "sim/io/results.hpp"
#include "support/shared_data.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

SpikeFile::Layout layout_of(const std::string& file, const std::string& population,
                            double step_ms) {
  return {file, population, "", "", "", "", step_ms};
}

SpikeTrain train_of(std::initializer_list<std::pair<Tick, NeuronId>> spikes) {
  SpikeTrain train;
  for (const auto& [tick, neuron] : spikes) train.append(tick, neuron);
  return train;
}

/// What opening and reading (100 steps of 0.5 ms, 4 neurons) says of a file of another program.
std::string refusal(const std::function<void(FileEdit&)>& change) {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    edit.reals("spikes/a/timestamps", {3.0, 0.6, 0.5, 49.9});
    edit.integers("spikes/a/node_ids", {3, 1, 0, 2}, H5T_STD_U64LE);
    change(edit);
  }
  return data_error(path, [&] {
    const SpikeFile file(layout_of(path, "a", 0.5), 4);
    SpikeTrain train;
    file.read(0, 0, 100, train);
  });
}

}  // namespace

TEST_CASE("SONATA spikes of another program are one sample, put in order") {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    edit.reals("spikes/a/timestamps", {3.0, 0.6, 0.5, 0});
    edit.integers("spikes/a/node_ids", {3, 1, 0, 2}, H5T_STD_I32LE);
    edit.reals("spikes/in_s/timestamps", {0.003, 0.0005});
    edit.integers("spikes/in_s/node_ids", {0, 0});
    edit.text_attribute("spikes/in_s/timestamps", "units", "s");
    edit.text_attribute("spikes/in_s", "sorting", "by_id");
    edit.reals("spikes/none/timestamps", {});
    edit.integers("spikes/none/node_ids", {});
  }
  const SpikeFile file(layout_of(path, "a", 0.5), 4);
  CHECK(file.samples() == 1);
  CHECK(file.label(0) == -1);
  CHECK_FALSE(file.graded());
  CHECK_FALSE(file.step_ms());
  SpikeTrain train = train_of({{9, 9}});
  file.read(0, 100, 7, train);
  CHECK(train == train_of({{100, 2}, {101, 0}, {101, 1}, {106, 3}}));

  SpikeFile(layout_of(path, "in_s", 0.5), 1).read(0, 0, 7, train);
  CHECK(train == train_of({{1, 0}, {6, 0}}));
  SpikeFile(layout_of(path, "none", 0.5), 1).read(0, 0, 7, train);
  CHECK(train == train_of({}));
}

TEST_CASE("SONATA times that are multiples of the step fall into their own step") {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  std::vector<double> times;
  for (int k = 0; k < 100'000; ++k) times.push_back(k * 0.1);
  for (const hid_t stored : {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_IEEE_F32BE}) {
    {
      FileEdit edit(path);
      edit.reals("spikes/a/timestamps", times, {}, stored);
      edit.integers("spikes/a/node_ids", std::vector<long long>(times.size(), 0));
    }
    SpikeTrain train;
    SpikeFile(layout_of(path, "a", 0.1), 1).read(0, 0, 100'000, train);
    REQUIRE(train.packet_count() == times.size());
    CHECK(train.tick(times.size() - 1) == 99'999);
  }
}

TEST_CASE("the flat form of NEST") {
  const TempFolder folder;
  for (const char* const ids : {"spikes/node_ids", "spikes/gids"}) {
    const std::string path = folder.path("spikes.h5");
    {
      FileEdit edit(path);
      if (std::string(ids) == "spikes/gids") edit.remove("spikes");
      edit.reals("spikes/timestamps", {2, 1});
      edit.integers(ids, {0, 1});
    }
    SpikeTrain train;
    SpikeFile(layout_of(path, "whatever", 1), 2).read(0, 0, 3, train);
    CHECK(train == train_of({{1, 1}, {2, 0}}));
  }
}

TEST_CASE("malformed SONATA spikes are refused") {
  using Damage = std::function<void(FileEdit&)>;
  const double nan = std::nan("");
  const std::pair<const char*, Damage> table[] = {
      {"no error", [](FileEdit&) {}},
      {"no error", [](FileEdit& e) { e.text_attribute("spikes/a/timestamps", "units", "ms"); }},
      {"/spikes/a/timestamps: attribute units: expected \"ms\" or \"s\", found \"us\"",
       [](FileEdit& e) { e.text_attribute("spikes/a/timestamps", "units", "us"); }},
      {"/spikes/a/node_ids: missing", [](FileEdit& e) { e.remove("spikes/a/node_ids"); }},
      {"/spikes: holds no population \"a\" (there: b, c)",
       [](FileEdit& e) {
         e.remove("spikes/a");
         e.integers("spikes/b/node_ids", {});
         e.integers("spikes/c/node_ids", {});
       }},
      {"/spikes: holds no population \"a\" (there: none)",
       [](FileEdit& e) {
         e.remove("spikes/a");
         e.integers("spikes/gids", {});
       }},
      {"/spikes/gids: missing",
       [](FileEdit& e) {
         e.remove("spikes/a");
         e.reals("spikes/timestamps", {});
       }},
      {"/spikes/a/node_ids: 3 entries, but /spikes/a/timestamps has 4",
       [](FileEdit& e) {
         e.integers("spikes/a/node_ids", {1, 2, 3});
       }},
      {"/spikes/a/node_ids: expected integers",
       [](FileEdit& e) {
         e.reals("spikes/a/node_ids", {1, 2, 3, 4});
       }},
      {"/spikes/a/timestamps: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.reals("spikes/a/timestamps", {1, 2, 3, 4}, {2, 2});
       }},
      {"/spikes/a/timestamps: entry 1: expected a time >= 0 and below 2^52 steps, found -0.5",
       [](FileEdit& e) {
         e.reals("spikes/a/timestamps", {1, -0.5, 3, 4});
       }},
      {"/spikes/a/timestamps: entry 2: expected a time >= 0 and below 2^52 steps, found nan",
       [nan](FileEdit& e) {
         e.reals("spikes/a/timestamps", {1, 2, nan, 4});
       }},
      {"/spikes/a/timestamps: entry 3: expected a time >= 0 and below 2^52 steps, found 1e+300",
       [](FileEdit& e) {
         e.reals("spikes/a/timestamps", {1, 2, 3, 1e300});
       }},
      {"/spikes/a/timestamps: entry 0: step 100 is not in [0, 100)",
       [](FileEdit& e) {
         e.reals("spikes/a/timestamps", {50, 2, 3, 4});
       }},
      {"/spikes/a/node_ids: entry 2: neuron 4 is not in [0, 4)",
       [](FileEdit& e) {
         e.integers("spikes/a/node_ids", {0, 1, 4, 2});
       }},
      {"/spikes/a/node_ids: entry 1: neuron -1 is not in [0, 4)",
       [](FileEdit& e) {
         e.integers("spikes/a/node_ids", {0, -1, 3, 2});
       }},
      {"/spikes/a/node_ids: entries 1 and 2: neuron 1 spikes twice in step 1, which is 0.5 ms "
       "long; a smaller time.step_ms would tell them apart",
       [](FileEdit& e) {
         e.integers("spikes/a/node_ids", {3, 1, 1, 2});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("SONATA files that other programs wrote, in every form they have") {
  const char* const names[] = {"enum_i8", "enum_u8", "f32",      "gz",  "i32ids",
                               "none",    "nounits", "unitsfix", "str", "empty"};
  for (const std::string name : names) {
    const std::string file = "reference/sonata/s_" + name + ".h5";
    if (!have_shared(file)) return;
    CAPTURE(name);
    SpikeTrain train;
    SpikeFile(layout_of(shared_path(file), "pop", 0.1), 100).read(0, 0, 100'000, train);
    CHECK(train == (name == "empty" ? train_of({}) : train_of({{1, 5}, {2, 2}, {3, 3}})));
  }
}
