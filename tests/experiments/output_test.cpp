// The output file as a whole: where it appears, what it says of the run, what is never overwritten.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "experiments/measures.hpp"
#include "run_files.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using test::refusal;
using test::RunFolder;

TEST_CASE("an output that exists is refused, or replaced where that is asked for") {
  const Description description = test::small_network();
  const RunFolder folder;
  const std::string path = folder.path("run.h5");
  std::ofstream(path) << "precious";
  std::size_t done = 0;
  const auto count = [&](std::size_t, std::size_t) { ++done; };
  CHECK(refusal([&] { run_network(description, {.output = path, .progress = count}); }) ==
        path + ": exists already, and is not overwritten");
  CHECK(done == 0);  // before any work
  CHECK(std::filesystem::file_size(path) == 8);
  CHECK(folder.names() == std::vector<std::string>{"run.h5"});

  run_network(description, {.output = path, .existing = OutputFile::kReplaceExisting});
  CHECK(Results(path).samples() == test::kSmallSamples);
  CHECK(folder.names() == std::vector<std::string>{"run.h5"});
}

TEST_CASE("an output that cannot be written is refused before any work") {
  const RunFolder folder;
  std::size_t done = 0;
  const auto count = [&](std::size_t, std::size_t) { ++done; };
  const auto refused = [&](const std::string& path) {
    return refusal(
        [&] { run_network(test::small_network(), {.output = path, .progress = count}); });
  };
  CHECK(refused(folder.path("none/run.h5")) ==
        folder.path("none/run.h5") + ": cannot be written: No such file or directory");
  CHECK(refused(folder.path("")) == folder.path("") + ": is a folder");
  CHECK(done == 0);
  CHECK(folder.names().empty());
}

TEST_CASE("without an output nothing is written") {
  const RunFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  const RunSummary summary = run_network(test::small_network(), {});
  std::filesystem::current_path(before);
  CHECK(summary.samples == test::kSmallSamples);
  CHECK(folder.names().empty());
}

TEST_CASE("a run that fails leaves no output behind") {
  const RunFolder folder;
  const auto fail = [](std::size_t done, std::size_t) {
    if (done == 3) throw std::runtime_error("progress failed");
  };
  CHECK_THROWS_WITH(run_network(test::small_network(),
                                {.output = folder.path("run.h5"), .threads = 2, .progress = fail}),
                    "progress failed");
  CHECK(folder.names().empty());
}

TEST_CASE("the output says how it came about") {
  const Description description = test::small_network();
  const RunFolder folder;
  run_network(description, {.output = folder.path("event.h5")});
  run_network(description,
              {.output = folder.path("reference.h5"), .engine = EngineKind::kReference});
  const Results results(folder.path("event.h5"));
  const RunHeader& header = results.header();
  CHECK(header.network_name == "small");
  CHECK(header.network_yaml == to_yaml(description));
  CHECK(header.seed == 7);
  CHECK(header.engine == "event");
  CHECK(Results(folder.path("reference.h5")).header().engine == "reference");
  CHECK(header.step_ms == 1);
  CHECK(header.ticks_per_sample == test::kSmallTicks);
  CHECK(header.class_names ==
        std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  REQUIRE(header.populations.size() == 4);
  CHECK(header.populations[0].shape == std::vector<std::size_t>{28, 28});
  const bool graded[] = {false, true, false, false}, spikes[] = {true, true, true, false},
             recorded[] = {true, true, true, false};
  for (std::size_t p = 0; p < 4; ++p) {
    CAPTURE(p);
    CHECK(header.populations[p].graded == graded[p]);
    CHECK(header.populations[p].spikes == spikes[p]);
    CHECK(header.populations[p].record_raster == recorded[p]);
    CHECK(results.has_raster(p) == recorded[p]);
  }
  REQUIRE(header.projections.size() == 4);
  CHECK(header.projections[0].name == "pixels_to_hidden");
  CHECK(header.projections[0].synapses == 784 * 70);
  CHECK(header.projections[2].synapses == 70 * 5);  // indegree 5
  CHECK(header.projections[2].from == "last");
  CHECK(header.projections[2].to == "hidden");
  CHECK(header.projections[2].delay == 2);
}

TEST_CASE("the network stored in the output gives the same run") {
  const RunFolder folder;
  run_network(test::small_network(), {.output = folder.path("first.h5")});
  const std::string yaml = Results(folder.path("first.h5")).header().network_yaml;
  run_network(test::describe(yaml), {.output = folder.path("again.h5")});
  CHECK(test::differences(test::read_contents(folder.path("first.h5")),
                          test::read_contents(folder.path("again.h5")))
            .empty());
}

TEST_CASE("a part of the spikes may be recorded, counters, activity and rates are whole") {
  const RunFolder folder;
  Description description = test::small_network();
  run_network(description, {.output = folder.path("all.h5")});
  const Results all(folder.path("all.h5"));
  for (auto& spikes : description.record.spikes) {
    if (spikes.population == 1) spikes.neurons = {3, 4, 5, 60};
  }
  run_network(test::describe(to_yaml(description)), {.output = folder.path("part.h5")});
  const Results part(folder.path("part.h5"));
  CHECK(part.header().populations[1].raster_neurons == std::vector<NeuronId>{3, 4, 5, 60});
  CHECK(part.header().populations[0].raster_neurons.empty());
  std::size_t kept = 0, onsets = 0;
  for (std::size_t s = 0; s < all.samples(); ++s) {
    std::map<NeuronId, Tick> last;
    CHECK(part.raster(0, s) == all.raster(0, s));
    CHECK(part.activity(1, s) == all.activity(1, s));
    SpikeTrain expected;
    const SpikeTrain train = all.raster(1, s);
    for (std::size_t k = 0; k < train.packet_count(); ++k) {
      const SpikePacket packet = train.packet(k);
      for (std::size_t n = 0; n < packet.ids.size(); ++n) {
        const NeuronId id = packet.ids[n];
        if ((id < 3 || id > 5) && id != 60) continue;
        expected.append(packet.tick, id, packet.values[n]);
        ++kept;
        const auto before = last.find(id);
        onsets += before == last.end() || before->second + 1 < packet.tick;
        last[id] = packet.tick;
      }
    }
    CHECK(part.raster(1, s) == expected);
  }
  CHECK(kept > 10);
  CHECK(part.population(1).spikes == all.population(1).spikes);
  CHECK(part.population(1).spikes > kept);
  CHECK(onsets < kept);
  // The rate is that of the neurons which were recorded, and of their spikes, not the steps of
  // them.
  const auto rate = rate_statistics(part, 1, part.samples(), test::kSmallTicks).mean;
  CHECK(rate[0] == doctest::Approx(static_cast<double>(onsets) * 1000 /
                                   (4.0 * static_cast<double>(part.samples()) *
                                    static_cast<double>(test::kSmallTicks))));
}

TEST_CASE("two readouts leave the prediction open") {
  const Description description = test::describe(
      "format: neurosim/1\nname: two\ntime: { steps: 5 }\npopulations:\n"
      "  in: { model: spike_list, size: 1, spikes: [[0, 0]] }\n"
      "  a: { model: leaky_readout, size: 2 }\n"
      "  b: { model: leaky_readout, size: 3 }\n"
      "projections:\n"
      "  - { from: in, to: a, connect: all_to_all, weights: 1 }\n"
      "  - { from: in, to: b, connect: all_to_all, weights: 1 }\n");
  const RunFolder folder;
  const RunSummary summary = run_network(description, {.output = folder.path("run.h5")});
  CHECK(summary.labelled == 0);
  const Results results(folder.path("run.h5"));
  CHECK(results.predictions() == std::vector<std::int64_t>{-1});
  CHECK(results.labels() == std::vector<std::int64_t>{-1});
  CHECK(results.readout(0).empty());
  CHECK(results.header().class_names.empty());
}

}  // namespace
}  // namespace neurosim
