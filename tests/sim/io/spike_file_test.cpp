#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "file_edit.hpp"
#include "random_run.hpp"
#include "sim/io/results.hpp"
#include "support/shared_data.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

SpikeFile::Layout columns(const std::string& file) {
  return {file, "", "spikes/step", "/spikes/pixel", "spikes/offset", "labels"};
}

/// Three samples over 4 neurons: the second is empty; in the third, step 2 is not in order.
void write_columns(FileEdit& edit) {
  edit.integers("spikes/step", {0, 0, 3, 2, 2, 2, 4}, H5T_STD_U16LE);
  edit.integers("spikes/pixel", {1, 3, 0, 3, 0, 1, 2}, H5T_STD_U16LE);
  edit.integers("spikes/offset", {0, 3, 3, 7}, H5T_STD_U64LE);
  edit.integers("labels", {7, 0, 9}, H5T_STD_U8LE);
}

SpikeTrain train_of(std::initializer_list<std::pair<Tick, NeuronId>> spikes) {
  SpikeTrain train;
  for (const auto& [tick, neuron] : spikes) train.append(tick, neuron);
  return train;
}

/// What opening and then reading every sample (5 steps, 4 neurons) says after `damage`.
std::string refusal(const std::function<void(FileEdit&)>& damage) {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    write_columns(edit);
    damage(edit);
  }
  return data_error(path, [&] {
    const SpikeFile file(columns(path), 4);
    SpikeTrain train;
    for (std::size_t s = 0; s < file.samples(); ++s) file.read(s, 0, 5, train);
  });
}

}  // namespace

TEST_CASE("spikes in four columns are read, shifted and put in order") {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    write_columns(edit);
  }
  const SpikeFile file(columns(path), 4);
  REQUIRE(file.samples() == 3);
  CHECK(file.label(0) == 7);
  CHECK(file.label(2) == 9);
  SpikeTrain train = train_of({{9, 9}});
  file.read(0, 0, 5, train);
  CHECK(train == train_of({{0, 1}, {0, 3}, {3, 0}}));
  file.read(1, 0, 5, train);
  CHECK(train == SpikeTrain());
  file.read(2, 100, 5, train);
  CHECK(train == train_of({{102, 0}, {102, 1}, {102, 3}, {104, 2}}));

  auto unlabelled = columns(path);
  unlabelled.labels.clear();
  CHECK(SpikeFile(unlabelled, 4).label(0) == -1);
  CHECK_FALSE(file.graded());
  CHECK_FALSE(file.step_ms());
}

TEST_CASE("of a file's steps every k-th is kept from a first one on") {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    write_columns(edit);
  }
  const auto played = [&](Tick keep_every, Tick first_step, std::size_t sample, Tick steps) {
    auto layout = columns(path);
    layout.keep_every = keep_every;
    layout.first_step = first_step;
    const SpikeFile file(layout, 4);
    CHECK(file.label(sample) == (sample == 0 ? 7 : 9));
    SpikeTrain train = train_of({{9, 9}});
    file.read(sample, 100, steps, train);
    return train;
  };
  CHECK(played(2, 0, 0, 3) == train_of({{100, 1}, {100, 3}}));
  CHECK(played(3, 0, 0, 2) == train_of({{100, 1}, {100, 3}, {101, 0}}));
  CHECK(played(2, 0, 2, 3) == train_of({{101, 0}, {101, 1}, {101, 3}, {102, 2}}));
  CHECK(played(2, 1, 0, 2) == train_of({{101, 0}}));
  CHECK(played(1, 2, 2, 3) == train_of({{100, 0}, {100, 1}, {100, 3}, {102, 2}}));
  CHECK(played(1, 5, 2, 1) == SpikeTrain());
  CHECK(played(1'000'000, 1'000'000, 0, kMaxTicks) == SpikeTrain());
  // Steps that no step of the network stands for are an error, as without `keep_every`.
  CHECK(data_error(path, [&] { played(2, 0, 2, 2); }) ==
        "/spikes/step: entry 6 (sample 2): step 4 is not in [0, 4)");
  CHECK(data_error(path, [&] { played(1, 1, 2, 3); }) ==
        "/spikes/step: entry 6 (sample 2): step 4 is not in [0, 4)");
}

TEST_CASE("malformed columns are refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"no error", [](FileEdit&) {}},
      {"/spikes/pixel: missing", [](FileEdit& e) { e.remove("spikes/pixel"); }},
      {"/spikes/step: missing", [](FileEdit& e) { e.remove("spikes"); }},
      {"/spikes/step: expected integers",
       [](FileEdit& e) { e.reals("spikes/step", std::vector<double>(7)); }},
      {"/spikes/step: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.integers_2d("spikes/step", std::vector<long long>(7), {7, 1});
       }},
      {"/spikes/pixel: 2 entries, but /spikes/step has 7",
       [](FileEdit& e) {
         e.integers("spikes/pixel", {1, 2});
       }},
      {"/spikes/offset: empty; expected one offset a sample and one more",
       [](FileEdit& e) { e.integers("spikes/offset", {}); }},
      {"/spikes/offset: entry 2: offset 2 follows 3",
       [](FileEdit& e) {
         e.integers("spikes/offset", {0, 3, 2, 7});
       }},
      {"/spikes/offset: the last offset, 8, is beyond the 7 entries of /spikes/step",
       [](FileEdit& e) {
         e.integers("spikes/offset", {0, 3, 3, 8});
       }},
      {"/labels: expected one label for each of the 3 samples of /spikes/offset",
       [](FileEdit& e) {
         e.integers("labels", {1, 2});
       }},
      {"/labels: expected integers",
       [](FileEdit& e) {
         e.texts("labels", {"a", "b", "c"});
       }},
      {"/spikes/step: entry 6 (sample 2): step 5 is not in [0, 5)",
       [](FileEdit& e) {
         e.integers("spikes/step", {0, 0, 3, 2, 2, 2, 5});
       }},
      {"/spikes/step: entry 0 (sample 0): step -1 is not in [0, 5)",
       [](FileEdit& e) {
         e.integers("spikes/step", {-1, 0, 3, 2, 2, 2, 4});
       }},
      {"/spikes/step: entry 2 (sample 0): step 0 follows step 1",
       [](FileEdit& e) {
         e.integers("spikes/step", {1, 1, 0, 2, 2, 2, 4});
       }},
      {"/spikes/pixel: entry 1 (sample 0): neuron 4 is not in [0, 4)",
       [](FileEdit& e) {
         e.integers("spikes/pixel", {1, 4, 0, 3, 0, 1, 2});
       }},
      {"/spikes/pixel: sample 2: neuron 3 spikes twice at step 2",
       [](FileEdit& e) {
         e.integers("spikes/pixel", {1, 3, 0, 3, 0, 3, 2});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("a sample that claims more spikes than can be is refused before memory is taken") {
  const TempFolder folder;
  const std::string path = folder.path("spikes.h5");
  {
    FileEdit edit(path);
    edit.integers("spikes/step", std::vector<long long>(21));
    edit.integers("spikes/pixel", std::vector<long long>(21));
    edit.integers("spikes/offset", {0, 21});
  }
  auto layout = columns(path);
  layout.labels.clear();
  const SpikeFile file(layout, 4);
  SpikeTrain train;
  CHECK(data_error(path, [&] { file.read(0, 0, 5, train); }) ==
        "/spikes/offset: sample 0: 21 spikes are more than 4 neurons x 5 steps");
}

TEST_CASE("a recorded population is played back") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  for_each_seed(20, [&](std::uint64_t seed) {
    const Run run = random_run(seed, 5);
    write_run(path, run);
    for (std::size_t p = 0; p < run.header.populations.size(); ++p) {
      const auto& population = run.header.populations[p];
      if (!population.record_raster) continue;
      const SpikeFile file({path, population.name, "", "", "", ""}, population.size);
      REQUIRE(file.samples() == 5);
      CHECK(file.graded() == population.graded);
      CHECK(file.step_ms() == run.header.step_ms);
      SpikeTrain train;
      for (std::size_t s = 0; s < 5; ++s) {
        CHECK(file.label(s) == run.records[s].label);
        file.read(s, 0, run.header.ticks_per_sample, train);
        CHECK(train == run.records[s].spikes[p]);
      }
    }
  });
}

TEST_CASE("a recorded run is refused where it does not fit") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, small_run(2));
  const auto refuse = [&](const std::string& population, std::size_t neurons, Tick steps) {
    return data_error(path, [&] {
      const SpikeFile file({path, population, "", "", "", ""}, neurons);
      SpikeTrain train;
      file.read(1, 0, steps, train);
    });
  };
  CHECK(refuse("in", 6, 5) == "no error");
  CHECK(refuse("out", 6, 5) == "holds no spikes of population \"out\" (recorded: in, hidden)");
  CHECK(refuse("in", 6, 4) == "/spikes/in/timestamps: entry 5 (sample 1): step 4 is not in [0, 4)");
  CHECK(refuse("in", 5, 5) == "/spikes/in/node_ids: entry 4 (sample 1): neuron 5 is not in [0, 5)");
  Run part = small_run(2);
  part.header.populations[0].raster_neurons = {1, 4};
  write_run(folder.path("part.h5"), part);
  CHECK(
      data_error(folder.path("part.h5"),
                 [&] {
                   SpikeFile({folder.path("part.h5"), "in", "", "", "", ""}, 6);
                 }) ==
      "holds the spikes of 2 of the 6 neurons of population \"in\"; only a whole population can be "
      "played");
  FileEdit(folder.path("other.h5")).reals("x", {1});
  CHECK(data_error(folder.path("other.h5"), [&] {
          SpikeFile({folder.path("other.h5"), "in", "", "", "", ""}, 6);
        }) == "not a results file: no group /neurosim");
}

TEST_CASE("several threads may read while a run is recorded") {
  const TempFolder folder;
  const Run run = random_run(11, 40);
  write_run(folder.path("run.h5"), run);
  std::size_t p = 0;
  while (!run.header.populations[p].record_raster) ++p;
  const SpikeFile file({folder.path("run.h5"), run.header.populations[p].name, "", "", "", ""},
                       run.header.populations[p].size);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      SpikeTrain train;
      for (std::size_t s = 0; s < run.records.size(); ++s) {
        file.read(s, 0, run.header.ticks_per_sample, train);
        if (!(train == run.records[s].spikes[p])) ++wrong;
        // Failures use HDF5's error stack, which must not be shared or printed.
        if (data_error(folder.path("none"), [&] { Results r(folder.path("none")); }) !=
            "no such file") {
          ++wrong;
        }
      }
    });
  }
  write_run(folder.path("second.h5"), run);
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("the spikes that the authors of the SRC cell recorded") {
  if (!have_shared("reference/authors_src_mnist.h5")) return;
  const SpikeFile file({shared_path("reference/authors_src_mnist.h5"), "", "spikes/step",
                        "spikes/pixel", "spikes/sample_offset", "labels"},
                       784);
  REQUIRE(file.samples() == 250);
  CHECK(file.label(0) == 7);  // the first digits of MNIST's test set
  CHECK(file.label(1) == 2);
  SpikeTrain train;
  std::size_t spikes = 0;
  for (std::size_t s = 0; s < file.samples(); ++s) {
    file.read(s, 0, 220, train);
    spikes += train.spike_count();
    CHECK(train.tick(0) >= 20);  // 20 blank steps
  }
  CHECK(spikes == 1168296);
}
