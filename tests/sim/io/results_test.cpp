#include "sim/io/results.hpp"

#include <cmath>
#include <fstream>

#include "file_edit.hpp"
#include "random_run.hpp"
#include "sim/io/checkpoint_file.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

/// What opening a small results file says after `damage`.
std::string refusal(const std::function<void(FileEdit&)>& damage) {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, small_run(3));
  {
    FileEdit edit(path);
    damage(edit);
  }
  return data_error(path, [&] { Results opened(path); });
}

/// What reading sample 1 of population `in` says after `damage`.
std::string raster_refusal(const std::function<void(FileEdit&)>& damage) {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, small_run(3));
  {
    FileEdit edit(path);
    damage(edit);
  }
  return data_error(path, [&] { Results(path).raster(0, 1); });
}

// Population `in` spikes at ticks 1, 1, 4 in neurons 2, 5, 0, in each of three samples of 5 ticks
// of 0.5 ms.
const char* const kTimes = "/spikes/in/timestamps";
const char* const kNeurons = "/spikes/in/node_ids";
const std::string kIn = "/neurosim/populations/in";

}  // namespace

TEST_CASE("files that are no results files are refused") {
  const TempFolder folder;
  const auto open = [&](const std::string& name) {
    return data_error(folder.path(name), [&] { Results opened(folder.path(name)); });
  };
  CHECK(open("none.h5") == "no such file");
  std::ofstream(folder.path("empty.h5")).flush();
  CHECK(open("empty.h5") == "the file is empty");
  std::ofstream(folder.path("text.h5")) << "time, neuron\n";
  CHECK(open("text.h5") == "not an HDF5 file");
  FileEdit(folder.path("other.h5")).reals("weights", {1});
  CHECK(open("other.h5") == "not a results file: no group /neurosim");
  write_checkpoint(folder.path("weights.h5"), {.precision = "single"}, Overwrite::kRefuse);
  const std::string trained =
      "is a weights file of `neurosim train` (neurosim-weights/1), which `neurosim report` shows, "
      "not a results file of "
      "`neurosim run`";
  CHECK(open("weights.h5") == trained);
  const std::string path = folder.path("weights.h5");
  CHECK(data_error(path, [&] { SpikeFile({path, "in", "", "", "", ""}, 6); }) == trained);
}

TEST_CASE("older files do not tell where spikes start, and all else") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, small_run(2));
  const PopulationTotals now = Results(path).population(0);
  CHECK(now.onsets.has_value());
  FileEdit(path).remove(kIn + "/onsets");
  const PopulationTotals older = Results(path).population(0);
  CHECK_FALSE(older.onsets.has_value());
  CHECK(older.spikes == now.spikes);
}

TEST_CASE("a truncated file is refused, wherever it was cut") {
  const TempFolder folder;
  write_run(folder.path("run.h5"), small_run(50));
  const auto size = std::filesystem::file_size(folder.path("run.h5"));
  for (const auto length :
       {std::uintmax_t{7}, std::uintmax_t{40}, std::uintmax_t{96}, size / 4, size / 2, size - 1}) {
    CAPTURE(length);
    const std::string path = folder.path("cut.h5");
    std::filesystem::copy_file(folder.path("run.h5"), path,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(path, length);
    const std::string message = data_error(path, [&] { Results opened(path); });
    // Within the first 96 bytes, HDF5's superblock itself is cut.
    CHECK(message.starts_with(length < 8    ? "not an HDF5 file"
                              : length < 96 ? "not a readable HDF5 file: "
                                            : "the file is truncated"));
  }
}

TEST_CASE("a malformed header is refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"/neurosim: attribute format: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim", "format"); }},
      {"/neurosim: attribute format: unknown format \"other/1\"",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "other/1"); }},
      {"/neurosim: attribute format: unknown format \"neurosim-results/x\"",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "neurosim-results/x"); }},
      {"/neurosim: attribute format: unknown format \"neurosim-results/1b\"",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "neurosim-results/1b"); }},
      {"/neurosim: attribute format: \"neurosim-results/3\" is newer than this program reads "
       "(neurosim-results/2)",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "neurosim-results/3"); }},
      {"/neurosim: attribute format: \"neurosim-results/1\" is older than this program reads "
       "(neurosim-results/2); make the file again with this program",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "neurosim-results/1"); }},
      {"/neurosim: attribute seed: expected an integer",
       [](FileEdit& e) { e.text_attribute("/neurosim", "seed", "1"); }},
      {"/neurosim: attribute engine: expected a text",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "engine", 1); }},
      {"/neurosim: attribute step_ms: 0 is no length of time",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "step_ms", 0); }},
      {"/neurosim: attribute ticks_per_sample: 0 is not in [1, 2147483647]",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "ticks_per_sample", 0); }},
      {"/neurosim: attribute samples: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim", "samples"); }},
      {"/neurosim: attribute samples: 4611686018427387904 are too many",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "samples", 1LL << 62); }},
      {"/neurosim/network_yaml: missing", [](FileEdit& e) { e.remove("/neurosim/network_yaml"); }},
      {"/neurosim/class_names: expected text",
       [](FileEdit& e) { e.integers("/neurosim/class_names", {1}); }},
      {"/neurosim/populations: missing", [](FileEdit& e) { e.remove("/neurosim/populations"); }},
      {"/neurosim/populations/in: attribute index: 3 is out of range or used twice",
       [](FileEdit& e) { e.integer_attribute(kIn, "index", 3); }},
      {"/neurosim/populations/in: attribute index: 1 is out of range or used twice",
       [](FileEdit& e) { e.integer_attribute(kIn, "index", 1); }},
      {"/neurosim/populations/in: attribute shape: does not multiply to size",
       [](FileEdit& e) { e.integer_attribute(kIn, "size", 7); }},
      {"/neurosim/populations/in: attribute size: 1099511627776 neurons are too many",
       [](FileEdit& e) { e.integer_attribute(kIn, "size", 1LL << 40); }},
      {"/neurosim/populations/in: attribute size: a population has at least one neuron",
       [](FileEdit& e) { e.integer_attribute(kIn, "size", 0); }},
      {"/neurosim/populations/in: attribute shape: expected a list of numbers",
       [](FileEdit& e) { e.integer_attribute(kIn, "shape", 6); }},
      {"/neurosim/populations/in: attribute spikes: expected 0 or 1, got 2",
       [](FileEdit& e) { e.integer_attribute(kIn, "spikes", 2); }},
      {"/neurosim/projections/in_to_hidden: attribute from: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim/projections/in_to_hidden", "from"); }},
      {"/neurosim/traces/0: attribute population: no population is named \"x\"",
       [](FileEdit& e) { e.text_attribute("/neurosim/traces/0", "population", "x"); }},
      {"/neurosim/populations/in/raster_neurons: neuron 6 does not ascend in [0, 6)",
       [](FileEdit& e) {
         e.integers("/neurosim/populations/in/raster_neurons", {2, 6});
       }},
      {"/neurosim/populations/in/raster_neurons: expected at least one neuron",
       [](FileEdit& e) { e.integers("/neurosim/populations/in/raster_neurons", {}); }},
      {"/neurosim/populations/in/raster_neurons: neuron 2 does not ascend in [0, 6)",
       [](FileEdit& e) {
         e.integers("/neurosim/populations/in/raster_neurons", {2, 2});
       }},
      {"/neurosim/populations/in/raster_neurons: expected a list of at most 6 neurons",
       [](FileEdit& e) {
         e.integers("/neurosim/populations/in/raster_neurons", {0, 1, 2, 3, 4, 5, 5});
       }},
      {"/neurosim/traces/0/neurons: expected a list of at most 4 neurons",
       [](FileEdit& e) {
         e.integers("/neurosim/traces/0/neurons", {0, 1, 2, 3, 0});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("missing, mistyped and mismatched tables are refused on opening") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"/neurosim/samples/label: missing",
       [](FileEdit& e) { e.remove("/neurosim/samples/label"); }},
      {"/neurosim/samples/label: 2 entries for 3 samples",
       [](FileEdit& e) {
         e.integers("/neurosim/samples/label", {1, 2});
       }},
      {"/neurosim/samples/label: expected integers",
       [](FileEdit& e) {
         e.reals("/neurosim/samples/label", {1, 2, 3});
       }},
      {"/neurosim/samples/readout: expected 2 axes, found 1",
       [](FileEdit& e) {
         e.reals("/neurosim/samples/readout", {1, 2, 3});
       }},
      {"/neurosim/populations/in/activity: 5 columns for 6 neurons",
       [](FileEdit& e) {
         e.reals(kIn + "/activity", std::vector<double>(15), {3, 5});
       }},
      {"/neurosim/populations/in/updates_done: expected integers",
       [](FileEdit& e) {
         e.texts(kIn + "/updates_done", {"a", "b", "c"});
       }},
      {"/neurosim/projections/in_to_hidden/events: missing",
       [](FileEdit& e) { e.remove("/neurosim/projections/in_to_hidden/events"); }},
      {"/spikes/in: missing", [](FileEdit& e) { e.remove("/spikes/in"); }},
      {"/spikes/in/node_ids: missing", [](FileEdit& e) { e.remove(kNeurons); }},
      {"/spikes/in/node_ids: not a dataset",
       [](FileEdit& e) {
         e.remove(kNeurons);
         e.integers("/spikes/in/node_ids/x", {1});
       }},
      {"/spikes/in/node_ids: 8 entries, but /spikes/in/timestamps has 9",
       [](FileEdit& e) {
         e.integers(kNeurons, {2, 5, 0, 2, 5, 0, 2, 5});
       }},
      {"/spikes/in/node_ids: expected integers",
       [](FileEdit& e) { e.reals(kNeurons, std::vector<double>(9)); }},
      {"/neurosim/populations/hidden/spike_values: 2 entries, but /spikes/hidden/timestamps has 6",
       [](FileEdit& e) {
         e.reals("/neurosim/populations/hidden/spike_values", {1, 2});
       }},
      {"/neurosim/populations/in/sample_offset: 3 entries for 3 samples",
       [](FileEdit& e) {
         e.integers(kIn + "/sample_offset", {0, 3, 9});
       }},
      {"/neurosim/populations/in/sample_offset: entry 2: offset 2 follows 3",
       [](FileEdit& e) {
         e.integers(kIn + "/sample_offset", {0, 3, 2, 9});
       }},
      {"/neurosim/populations/in/sample_offset: the last offset, 10, is beyond the 9 entries of "
       "/spikes/in/timestamps",
       [](FileEdit& e) {
         e.integers(kIn + "/sample_offset", {0, 3, 6, 10});
       }},
      {"/neurosim/populations/in/sample_offset: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.integers_2d(kIn + "/sample_offset", {0, 3, 6, 9}, {4, 1});
       }},
      {"/neurosim/traces/0: reports: 1 names for 2 variables",
       [](FileEdit& e) { e.texts("/neurosim/traces/0/reports", {"hidden_h"}); }},
      {"/report/none/data: missing",
       [](FileEdit& e) {
         e.texts("/neurosim/traces/0/reports", {"none", "none"});
       }},
      {"/report/hidden_h/data: expected 15 frames of 2 neurons",
       [](FileEdit& e) {
         e.reals("/report/hidden_h/data", std::vector<double>(28), {14, 2});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("spikes that cannot be are refused when they are read") {
  using Damage = std::function<void(FileEdit&)>;
  const auto times = [](std::vector<double> sample) {
    return [sample](FileEdit& e) {
      std::vector<double> all = {0.5, 0.5, 2.0};
      all.insert(all.end(), sample.begin(), sample.end());
      all.insert(all.end(), {5.5, 5.5, 7.0});
      e.reals(kTimes, all);
    };
  };
  const auto neurons = [](std::vector<long long> sample) {
    return [sample](FileEdit& e) {
      std::vector<long long> all = {2, 5, 0};
      all.insert(all.end(), sample.begin(), sample.end());
      all.insert(all.end(), {2, 5, 0});
      e.integers(kNeurons, all);
    };
  };
  const std::pair<const char*, Damage> table[] = {
      {"/spikes/in/timestamps: entry 5 (sample 1): step 5 is not in [0, 5)", times({3, 3, 5})},
      {"/spikes/in/timestamps: entry 3 (sample 1): step -1 is not in [0, 5)", times({2, 3, 4.5})},
      {"/spikes/in/timestamps: entry 4 (sample 1): step 0 follows step 1", times({3, 2.5, 4.5})},
      {"/spikes/in/timestamps: entry 4 (sample 1): 3.2 ms is not a multiple of 0.5 ms",
       times({3, 3.2, 4.5})},
      {"/spikes/in/timestamps: entry 3 (sample 1): nan ms is not a multiple of 0.5 ms",
       times({NAN, 3.2, 4.5})},
      {"/spikes/in/node_ids: entry 4 (sample 1): neuron 6 is not in [0, 6)", neurons({2, 6, 0})},
      {"/spikes/in/node_ids: entry 3 (sample 1): neuron -1 is not in [0, 6)", neurons({-1, 5, 0})},
      {"/spikes/in/node_ids: sample 1: neuron 2 spikes twice at step 1", neurons({2, 2, 0})},
      {"no error", times({3, 3, 4.5})},
      {"no error", neurons({5, 2, 0})},
  };
  for (const auto& [message, damage] : table) CHECK(raster_refusal(damage) == message);
}

TEST_CASE("values that no spike has are refused") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, small_run(1));
  const std::pair<const char*, double> table[] = {{"inf", INFINITY}, {"nan", NAN},
                                                  {"0", 0.0},        {"-inf", -INFINITY},
                                                  {"1e-46", 1e-46},  {"3.5e+38", 3.5e38}};
  for (const auto& [text, value] : table) {
    FileEdit(path).reals("/neurosim/populations/hidden/spike_values", {0.5, value});
    CHECK(data_error(path, [&] { Results(path).raster(1, 0); }) ==
          std::string("/neurosim/populations/hidden/spike_values: entry 1 (sample 0): ") + text +
              " is no value of a spike, finite and not 0 in single precision");
  }
  FileEdit(path).reals("/neurosim/populations/hidden/spike_values", {-1e-45, 3.4e38});
  CHECK(data_error(path, [&] { Results(path).raster(1, 0); }) == "no error");
}

TEST_CASE("a damaged chunk is an error naming the dataset") {
  const TempFolder folder;
  const std::string path = folder.path("run.h5");
  write_run(path, random_run(11, 200));
  const Results before(path);
  std::size_t p = 0;
  while (!before.has_raster(p)) ++p;
  const std::string name = before.header().populations[p].name;
  // Overwrite the first chunk of the timestamps, found through HDF5.
  haddr_t address = 0;
  {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t data = H5Dopen2(file, ("/spikes/" + name + "/timestamps").c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(data);
    unsigned mask = 0;
    hsize_t offset = 0, size = 0;
    REQUIRE(H5Dget_chunk_info(data, space, 0, &offset, &mask, &address, &size) >= 0);
    H5Sclose(space);
    H5Dclose(data);
    H5Fclose(file);
  }
  const std::string copy = folder.path("copy.h5");
  std::filesystem::copy_file(path, copy);
  std::fstream stream(copy, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(address));
  stream << std::string(16, '\xff');
  stream.close();
  CHECK(data_error(copy, [&] { Results(copy).raster(p, 0); }) ==
        "/spikes/" + name + "/timestamps: cannot be read: inflate() failed");
}
