#include "sim/io/recorder.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "file_edit.hpp"
#include "random_run.hpp"
#include "sim/io/results.hpp"
#include "support/file_size_limit.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

void check_header(const RunHeader& read, const RunHeader& written) {
  CHECK(read.network_name == written.network_name);
  CHECK(read.network_yaml == written.network_yaml);
  CHECK(read.seed == written.seed);
  CHECK(read.version == written.version);
  CHECK(read.engine == written.engine);
  CHECK(read.precision == written.precision);
  CHECK(read.step_ms == written.step_ms);
  CHECK(read.ticks_per_sample == written.ticks_per_sample);
  CHECK(read.class_names == written.class_names);
  REQUIRE(read.populations.size() == written.populations.size());
  for (std::size_t p = 0; p < written.populations.size(); ++p) {
    const auto &a = read.populations[p], &b = written.populations[p];
    CHECK(a.name == b.name);
    CHECK(a.model == b.model);
    CHECK(a.shape == b.shape);
    CHECK(a.size == b.size);
    CHECK(a.parameters == b.parameters);
    CHECK(a.spikes == b.spikes);
    CHECK(a.record_raster == b.record_raster);
    CHECK(a.raster_neurons == b.raster_neurons);
    CHECK(a.graded == b.graded);
  }
  REQUIRE(read.projections.size() == written.projections.size());
  for (std::size_t p = 0; p < written.projections.size(); ++p) {
    const auto &a = read.projections[p], &b = written.projections[p];
    CHECK(a.name == b.name);
    CHECK(a.from == b.from);
    CHECK(a.to == b.to);
    CHECK(a.synapses == b.synapses);
    CHECK(a.nonzero_synapses == b.nonzero_synapses);
    CHECK(a.delay == b.delay);
  }
  REQUIRE(read.traces.size() == written.traces.size());
  for (std::size_t k = 0; k < written.traces.size(); ++k) {
    CHECK(read.traces[k].population == written.traces[k].population);
    CHECK(read.traces[k].variables == written.traces[k].variables);
    CHECK(read.traces[k].neurons == written.traces[k].neurons);
  }
}

void check_population(const Results& results, const Run& run, std::size_t p) {
  const auto& population = run.header.populations[p];
  PopulationTotals expected;
  std::vector<bool> spiked(population.size, false);
  double activity_sum = 0;
  REQUIRE(results.has_raster(p) == population.record_raster);
  for (std::size_t s = 0; s < run.records.size(); ++s) {
    CAPTURE(s);
    const auto& record = run.records[s];
    expected.spikes += record.populations[p].spikes;
    expected.onsets = expected.onsets.value_or(0) + record.populations[p].onsets;
    expected.updates_done += record.populations[p].updates_done;
    expected.updates_driven += record.populations[p].updates_driven;
    expected.updates_skipped += record.populations[p].updates_skipped;
    if (population.record_raster) CHECK(results.raster(p, s) == record.spikes[p]);
    const auto activity = results.activity(p, s);
    REQUIRE(activity.size() == (population.spikes ? population.size : 0));
    for (std::size_t n = 0; n < activity.size(); ++n) {
      const double share =
          record.spiking_ticks[p][n] / static_cast<double>(run.header.ticks_per_sample);
      CHECK(activity[n] == static_cast<double>(static_cast<float>(share)));
      activity_sum += share;
      if (share > 0) spiked[n] = true;
    }
  }
  const PopulationTotals totals = results.population(p);
  CHECK(totals.spikes == expected.spikes);
  CHECK(totals.onsets.value_or(0) == expected.onsets.value_or(0));
  CHECK(totals.updates_done == expected.updates_done);
  CHECK(totals.updates_driven == expected.updates_driven);
  CHECK(totals.updates_skipped == expected.updates_skipped);
  if (!population.spikes) return;
  const std::size_t cells = std::max<std::size_t>(1, run.records.size()) * population.size;
  CHECK(totals.mean_activity ==
        doctest::Approx(activity_sum / static_cast<double>(cells)).epsilon(1e-12));
  CHECK(totals.silent_neurons ==
        static_cast<std::uint64_t>(std::count(spiked.begin(), spiked.end(), false)));
}

void check_run(const std::string& path, const Run& run) {
  const Results results(path);
  check_header(results.header(), run.header);
  REQUIRE(results.samples() == run.records.size());
  const auto labels = results.labels(), predictions = results.predictions();
  for (std::size_t p = 0; p < run.header.populations.size(); ++p) {
    CAPTURE(p);
    check_population(results, run, p);
  }
  for (std::size_t p = 0; p < run.header.projections.size(); ++p) {
    ProjectionCounters expected;
    for (const auto& record : run.records) {
      expected.events += record.projections[p].events;
      expected.synaptic_operations += record.projections[p].synaptic_operations;
      expected.accumulates += record.projections[p].accumulates;
      expected.multiply_accumulates += record.projections[p].multiply_accumulates;
    }
    CHECK(results.projection(p) == expected);
  }
  for (std::size_t s = 0; s < run.records.size(); ++s) {
    const auto& record = run.records[s];
    CHECK(labels[s] == record.label);
    CHECK(predictions[s] == record.prediction);
    CHECK(results.readout(s) == record.readout);
    for (std::size_t k = 0; k < record.traces.size(); ++k) {
      std::vector<double> expected = record.traces[k].values;
      for (double& value : expected) value = static_cast<double>(static_cast<float>(value));
      CHECK(results.trace(k, s).values == expected);
    }
  }
}

}  // namespace

TEST_CASE("what was recorded is read back, bit by bit") {
  const TempFolder folder;
  for_each_seed(60, [&](std::uint64_t seed) {
    const Run run = random_run(seed, seed % 7 == 0 ? 0 : seed % 13);
    write_run(folder.path("run.h5"), run);
    CHECK(Results(folder.path("run.h5")).complete());
    check_run(folder.path("run.h5"), run);
  });
  CHECK(folder.names() == std::vector<std::string>{"run.h5"});
}

TEST_CASE("the spikes of some neurons only are recorded, and all else of all") {
  const TempFolder folder;
  std::size_t written = 0, left_out = 0;
  for_each_seed(40, [&](std::uint64_t seed) {
    Run run = random_run(seed, seed % 6);
    Draw draw(seed + 100);
    for (auto& population : run.header.populations) {
      for (NeuronId n = 0; n < population.size && population.record_raster; ++n) {
        if (draw.chance(0.4)) population.raster_neurons.push_back(n);
      }
    }
    write_run(folder.path("run.h5"), run);
    // What is read back is as if the others had not spiked.
    for (auto& record : run.records) {
      for (std::size_t p = 0; p < record.spikes.size(); ++p) {
        const auto& neurons = run.header.populations[p].raster_neurons;
        if (neurons.empty()) continue;
        SpikeTrain kept;
        for (std::size_t k = 0; k < record.spikes[p].packet_count(); ++k) {
          const SpikePacket packet = record.spikes[p].packet(k);
          for (std::size_t n = 0; n < packet.ids.size(); ++n) {
            const bool listed = std::count(neurons.begin(), neurons.end(), packet.ids[n]) > 0;
            ++(listed ? written : left_out);
            if (!listed) continue;
            if (packet.values.empty()) {
              kept.append(packet.tick, packet.ids[n]);
            } else {
              kept.append(packet.tick, packet.ids[n], packet.values[n]);
            }
          }
        }
        record.spikes[p] = kept;
      }
    }
    check_run(folder.path("run.h5"), run);
  });
  CHECK(written > 500);
  CHECK(left_out > 500);
}

TEST_CASE("runs longer than any buffer are read back") {
  const TempFolder folder;
  Run run = random_run(11, 0);
  run.header.populations[0].spikes = true;
  run.header.populations[0].record_raster = true;
  run.header.ticks_per_sample = 12;
  Draw draw(11);
  std::size_t spikes = 0;
  for (std::size_t s = 0; s < 2600; ++s) {
    run.records.push_back(random_record(run.header, s, draw));
    spikes += run.records.back().spikes[0].spike_count();
  }
  REQUIRE(spikes > 2 * 4096);  // more than two chunks of a raster
  write_run(folder.path("run.h5"), run);
  check_run(folder.path("run.h5"), run);
}

TEST_CASE("an interrupted run leaves a valid file with what was done") {
  const TempFolder folder;
  const Run run = small_run(3);
  write_run(folder.path("run.h5"), run, RunEnd::kInterrupted);
  CHECK_FALSE(Results(folder.path("run.h5")).complete());
  check_run(folder.path("run.h5"), run);
  CHECK(folder.names() == std::vector<std::string>{"run.h5"});
}

TEST_CASE("a run that never ended leaves nothing") {
  const TempFolder folder;
  {
    const Run run = small_run(3);
    const auto recorder = make_hdf5_recorder(folder.path("run.h5"), run.header, Overwrite::kRefuse);
    recorder->sample(run.records[0]);
    CHECK(folder.names() == std::vector<std::string>{"run.h5.partial"});
  }
  CHECK(folder.names().empty());
}

TEST_CASE("an existing file is replaced only when that is allowed, and only at the end") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  std::ofstream(path) << "precious";
  const RunHeader header = small_header();
  CHECK(data_error(path, [&] { make_hdf5_recorder(path, header, Overwrite::kRefuse); }) ==
        "exists already, and is not overwritten");
  CHECK(folder.names() == std::vector<std::string>{"run.h5"});
  make_hdf5_recorder(path, header, Overwrite::kAllow);
  std::string text;
  std::ifstream(path) >> text;
  CHECK(text == "precious");
  write_run(path, small_run(2));
  CHECK(Results(path).samples() == 2);
}

TEST_CASE("places that cannot be written are refused before the run") {
  const TempFolder folder;
  const RunHeader header = small_header();
  const auto refusal = [&](const std::string& path) {
    return data_error(path, [&] { make_hdf5_recorder(path, header, Overwrite::kAllow); });
  };
  CHECK(refusal(folder.path("missing/run.h5")) == "cannot be written: No such file or directory");
  std::ofstream(folder.path("file")) << "x";
  CHECK(refusal(folder.path("file/run.h5")) == "cannot be written: Not a directory");
  CHECK(refusal(folder.path("")) == "is a folder");
  const auto other = make_hdf5_recorder(folder.path("run.h5"), header, Overwrite::kAllow);
  CHECK(refusal(folder.path("run.h5")) == "is being written by another run");
}

TEST_CASE("a link is followed, and what is no file is left alone") {
  const TempFolder folder;
  const std::string link = folder.path("link.h5"), path = folder.path("run.h5");
  std::ofstream(path) << "old";
  std::filesystem::create_symlink("run.h5", link);
  CHECK(data_error(link, [&] { make_hdf5_recorder(link, small_header(), Overwrite::kRefuse); }) ==
        "exists already, and is not overwritten");
  const auto recorder = make_hdf5_recorder(link, small_header(), Overwrite::kAllow);
  recorder->end(RunEnd::kComplete);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(Results(path).samples() == 0);

  std::filesystem::create_symlink("later.h5", folder.path("dangling.h5"));
  make_hdf5_recorder(folder.path("dangling.h5"), small_header(), Overwrite::kRefuse)
      ->end(RunEnd::kComplete);
  CHECK(std::filesystem::is_symlink(folder.path("dangling.h5")));
  CHECK(Results(folder.path("later.h5")).samples() == 0);

  const std::string pipe = folder.path("pipe.h5");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(data_error(pipe, [&] { make_hdf5_recorder(pipe, small_header(), Overwrite::kAllow); }) ==
        "is no file but a device or the like, which is not written to");
  CHECK(std::filesystem::is_fifo(pipe));
}

TEST_CASE("names that HDF5 cannot hold are refused") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  RunHeader header = small_header();
  header.populations[1].name = "a/b";
  CHECK(data_error(path, [&] { make_hdf5_recorder(path, header, Overwrite::kAllow); }) ==
        "population \"a/b\" cannot be the name of an HDF5 group");
  CHECK(folder.names().empty());
}

TEST_CASE("nothing in HDF5 stays open") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  const auto open = [] { return H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL); };
  const auto before = open();
  write_run(path, random_run(11, 5));
  CHECK(open() == before);
  make_hdf5_recorder(path, small_header(), Overwrite::kAllow);
  CHECK(open() == before);
  check_run(path, random_run(11, 5));
  CHECK(open() == before);
  CHECK(data_error(path, [&] { SpikeFile({path, "none", "", "", "", ""}, 1); }) != "no error");
  CHECK(open() == before);
}

TEST_CASE("a full disk ends the run with an error, and leaves nothing") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  const Run run = small_run(2000);
  write_run(path, run);
  const auto size = std::filesystem::file_size(path);
  std::filesystem::remove(path);
  // A limit on the size of files stands in for the disk. Wherever it strikes, HDF5 must remain
  // usable: the program may still have other files open.
  {
    const FileSizeLimit limit(0);
    CHECK(data_error(path, [&] { write_run(path, run); }) == "cannot be written: File too large");
    CHECK(folder.names().empty());
  }
  for (int part = 1; part < 40; ++part) {
    CAPTURE(part);
    const FileSizeLimit limit(size * static_cast<std::uintmax_t>(part) / 40);
    const std::string message = data_error(path + ".partial", [&] { write_run(path, run); });
    CHECK_MESSAGE(message.ends_with("cannot be written: File too large"), message);
    CHECK(folder.names().empty());
    // A run that is given up while the disk is full.
    data_error(path + ".partial", [&] {
      const auto recorder = make_hdf5_recorder(path, run.header, Overwrite::kRefuse);
      recorder->sample(run.records[0]);
    });
    CHECK(folder.names().empty());
  }
  write_run(path, run);
  CHECK(Results(path).samples() == run.records.size());
}

TEST_CASE("records that contradict the header are defects") {
  const TempFolder folder;
  const Run run = small_run(2);
  const auto recorder = make_hdf5_recorder(folder.path("run.h5"), run.header, Overwrite::kRefuse);
  SampleRecord wrong = run.records[0];
  wrong.ticks = 4;
  CHECK_THROWS_AS(recorder->sample(wrong), InternalError);
  wrong = run.records[0];
  wrong.spikes[0].append(5, 0);
  CHECK_THROWS_AS(recorder->sample(wrong), InternalError);
}
