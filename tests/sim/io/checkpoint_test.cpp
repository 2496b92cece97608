#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "file_edit.hpp"
#include "random_checkpoint.hpp"
#include "random_run.hpp"
#include "sim/io/arrays.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "support/file_size_limit.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

using Names = std::vector<std::string>;

/// What reading a small weights file says after `damage`.
std::string refusal(const std::function<void(FileEdit&)>& damage) {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  write_checkpoint(path, small_checkpoint(), Overwrite::kRefuse);
  {
    FileEdit edit(path);
    damage(edit);
  }
  return data_error(path, [&] { read_checkpoint(path); });
}

std::string write_refusal(const std::string& path, Overwrite overwrite,
                          const Checkpoint& checkpoint = small_checkpoint()) {
  return data_error(path, [&] { write_checkpoint(path, checkpoint, overwrite); });
}

}  // namespace

TEST_CASE("what was saved is read back, bit by bit") {
  const TempFolder folder;
  for_each_seed(100, [&](std::uint64_t seed) {
    const Checkpoint checkpoint = random_checkpoint(seed);
    write_checkpoint(folder.path("w.h5"), checkpoint, Overwrite::kAllow);
    check_checkpoint(read_checkpoint(folder.path("w.h5")), checkpoint);
  });
  CHECK(folder.names() == Names{"w.h5"});
}

TEST_CASE("a checkpoint that holds nothing is read back") {
  const TempFolder folder;
  const Checkpoint nothing{.precision = "double"};
  write_checkpoint(folder.path("w.h5"), nothing, Overwrite::kRefuse);
  check_checkpoint(read_checkpoint(folder.path("w.h5")), nothing);
}

TEST_CASE("descriptions read weights and parameters from the file") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  write_checkpoint(path, small_checkpoint(), Overwrite::kRefuse);
  CHECK(weights_dataset("w") == "neurosim/weights/w");
  const NumericArray weights = load_hdf5_array(path, weights_dataset("w"));
  CHECK(weights.shape == std::vector<std::size_t>{2, 3});
  CHECK(weights.values == std::vector<double>{1, 2, 3, 4, 5, 6.5});
  CHECK(parameter_dataset("out", "bias") == "neurosim/parameters/out/bias");
  const NumericArray bias = load_hdf5_array(path, parameter_dataset("out", "bias"));
  CHECK(bias.values == std::vector<double>{-1, 0.1});
}

TEST_CASE("an existing weights file is replaced only when that is allowed") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  std::ofstream(path) << "precious";
  CHECK(write_refusal(path, Overwrite::kRefuse) == "exists already, and is not overwritten");
  std::string text;
  std::ifstream(path) >> text;
  CHECK(text == "precious");
  CHECK(folder.names() == Names{"w.h5"});
  write_checkpoint(path, small_checkpoint(), Overwrite::kAllow);
  check_checkpoint(read_checkpoint(path), small_checkpoint());
}

TEST_CASE("a reader of the old file is not disturbed by the new one") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  write_checkpoint(path, random_checkpoint(1), Overwrite::kRefuse);
  std::filesystem::create_hard_link(path, folder.path("old.h5"));
  const hid_t reader = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  write_checkpoint(path, random_checkpoint(2), Overwrite::kAllow);
  check_checkpoint(read_checkpoint(path), random_checkpoint(2));
  check_checkpoint(read_checkpoint(folder.path("old.h5")), random_checkpoint(1));
  H5Fclose(reader);
}

TEST_CASE("what a killed writer left does not stop the next, or end up in its file") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  write_checkpoint(path, small_checkpoint(), Overwrite::kRefuse);
  const auto size = std::filesystem::file_size(path);
  std::ofstream(path + ".partial") << std::string(3 * size, 'x');
  write_checkpoint(path, small_checkpoint(), Overwrite::kAllow);
  CHECK(std::filesystem::file_size(path) == size);
  CHECK(folder.names() == Names{"w.h5"});
}

TEST_CASE("two programs do not write one weights file") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  const int other = ::open((path + ".partial").c_str(), O_RDWR | O_CREAT, 0666);
  REQUIRE(flock(other, LOCK_EX) == 0);
  CHECK(write_refusal(path, Overwrite::kAllow) == "is being written by another run");
  CHECK(folder.names() == Names{"w.h5.partial"});
  close(other);
  write_checkpoint(path, small_checkpoint(), Overwrite::kAllow);
  CHECK(folder.names() == Names{"w.h5"});
}

TEST_CASE("places that cannot hold a weights file are refused") {
  const TempFolder folder;
  CHECK(write_refusal(folder.path("none/w.h5"), Overwrite::kAllow) ==
        "cannot be written: No such file or directory");
  CHECK(write_refusal(folder.path(""), Overwrite::kAllow) == "is a folder");
}

TEST_CASE("a full disk leaves the old weights file, and training may go on") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  Checkpoint large = small_checkpoint();
  large.state.push_back({"moment/large", {5000}, std::vector<double>(5000, 0.5)});
  write_checkpoint(path, large, Overwrite::kRefuse);
  const auto size = std::filesystem::file_size(path);
  write_checkpoint(path, small_checkpoint(), Overwrite::kAllow);
  const auto open_before = H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL);
  for (std::uintmax_t part = 0; part < 20; ++part) {
    CAPTURE(part);
    const FileSizeLimit limit(size * part / 20);
    CHECK(write_refusal(path, Overwrite::kAllow, large) == "cannot be written: File too large");
    CHECK(folder.names() == Names{"w.h5"});
    check_checkpoint(read_checkpoint(path), small_checkpoint());
  }
  CHECK(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL) == open_before);
  write_checkpoint(path, large, Overwrite::kAllow);
  check_checkpoint(read_checkpoint(path), large);
  CHECK(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL) == open_before);
}

TEST_CASE("names that HDF5 cannot hold are refused before anything is written") {
  const TempFolder folder;
  const auto named = [&](std::vector<NamedArray> Checkpoint::*list, const std::string& name) {
    Checkpoint checkpoint = small_checkpoint();
    (checkpoint.*list)[0].name = name;
    return write_refusal(folder.path("w.h5"), Overwrite::kRefuse, checkpoint);
  };
  CHECK(named(&Checkpoint::weights, "a/b") ==
        "projection \"a/b\" cannot be the name of an HDF5 dataset");
  CHECK(named(&Checkpoint::weights, ".") ==
        "projection \".\" cannot be the name of an HDF5 dataset");
  CHECK(named(&Checkpoint::parameters, "bias") ==
        "parameter \"bias\" cannot be the name of an HDF5 dataset");
  CHECK(named(&Checkpoint::state, "a//b") ==
        "state \"a//b\" cannot be the name of an HDF5 dataset");
  CHECK(named(&Checkpoint::state, "a/") == "state \"a/\" cannot be the name of an HDF5 dataset");
  CHECK(named(&Checkpoint::state, "") == "state \"\" cannot be the name of an HDF5 dataset");
  CHECK(folder.names().empty());
}

TEST_CASE("checkpoints that contradict themselves are defects") {
  const TempFolder folder;
  const auto write = [&](const Checkpoint& checkpoint) {
    write_checkpoint(folder.path("w.h5"), checkpoint, Overwrite::kRefuse);
  };
  Checkpoint wrong = small_checkpoint();
  wrong.weights[0].shape = {2, 4};
  CHECK_THROWS_AS(write(wrong), InternalError);
  wrong = small_checkpoint();
  wrong.weights.push_back(wrong.weights[0]);
  CHECK_THROWS_AS(write(wrong), InternalError);
  wrong = small_checkpoint();
  wrong.epochs[1].activity.pop_back();
  CHECK_THROWS_AS(write(wrong), InternalError);
  CHECK(folder.names().empty());
}

TEST_CASE("files that are no weights files are refused") {
  const TempFolder folder;
  const auto read = [&](const std::string& name) {
    return data_error(folder.path(name), [&] { read_checkpoint(folder.path(name)); });
  };
  CHECK(read("none.h5") == "no such file");
  std::ofstream(folder.path("text.h5")) << "epoch, loss\n";
  CHECK(read("text.h5") == "not an HDF5 file");
  FileEdit(folder.path("other.h5")).reals("weights", {1});
  CHECK(read("other.h5") == "not a weights file: no group /neurosim");
  write_run(folder.path("run.h5"), small_run(3));
  CHECK(read("run.h5") ==
        "is a results file of `neurosim run` (neurosim-results/2), which `neurosim inspect` shows, "
        "not a weights file of "
        "`neurosim train`");
}

TEST_CASE("a truncated weights file is refused") {
  const TempFolder folder;
  const std::string path = folder.path("w.h5");
  write_checkpoint(path, small_checkpoint(), Overwrite::kRefuse);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  CHECK(data_error(path, [&] { read_checkpoint(path); }) == "the file is truncated");
}

TEST_CASE("a weights file with a malformed header is refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"/neurosim: attribute format: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim", "format"); }},
      {"/neurosim: attribute format: unknown format \"other/1\"",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "other/1"); }},
      {"/neurosim: attribute format: \"neurosim-weights/2\" is newer than this program reads "
       "(neurosim-weights/1)",
       [](FileEdit& e) { e.text_attribute("/neurosim", "format", "neurosim-weights/2"); }},
      {"/neurosim: attribute version: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim", "version"); }},
      {"/neurosim: attribute network_name: expected a text",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "network_name", 1); }},
      {"/neurosim: attribute precision: expected single or double, got \"half\"",
       [](FileEdit& e) { e.text_attribute("/neurosim", "precision", "half"); }},
      {"/neurosim: attribute seed: expected an integer",
       [](FileEdit& e) { e.text_attribute("/neurosim", "seed", "1"); }},
      {"/neurosim: attribute finished: expected 0 or 1, got 2",
       [](FileEdit& e) { e.integer_attribute("/neurosim", "finished", 2); }},
      {"/neurosim/network_yaml: missing", [](FileEdit& e) { e.remove("/neurosim/network_yaml"); }},
      {"/neurosim/network_yaml: expected a single text",
       [](FileEdit& e) {
         e.texts("/neurosim/network_yaml", {"a", "b"});
       }},
      {"/neurosim/validation_samples: missing",
       [](FileEdit& e) { e.remove("/neurosim/validation_samples"); }},
      {"/neurosim/validation_samples: expected u64",
       [](FileEdit& e) { e.integers("/neurosim/validation_samples", {-1}); }},
      {"/neurosim/validation_samples: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.integers_2d("/neurosim/validation_samples", {1, 2}, {1, 2});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("missing, mistyped and misplaced arrays are refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"/neurosim/weights: missing", [](FileEdit& e) { e.remove("/neurosim/weights"); }},
      {"/neurosim/weights: not a group", [](FileEdit& e) { e.reals("/neurosim/weights", {1}); }},
      {"/neurosim/weights/w: attribute index: missing",
       [](FileEdit& e) { e.remove_attribute("/neurosim/weights/w", "index"); }},
      {"/neurosim/weights/w: attribute index: 1 is out of range or used twice",
       [](FileEdit& e) { e.integer_attribute("/neurosim/weights/w", "index", 1); }},
      {"/neurosim/weights/w: expected f32 or f64",
       [](FileEdit& e) {
         e.texts("/neurosim/weights/w", {"a"});
         e.integer_attribute("/neurosim/weights/w", "index", 0);
       }},
      {"/neurosim/weights/w: expected f32 or f64",
       [](FileEdit& e) {
         e.integers("/neurosim/weights/w", {1}, H5T_STD_U64LE);
         e.integer_attribute("/neurosim/weights/w", "index", 0);
       }},
      {"/neurosim/weights/x: not a dataset",
       [](FileEdit& e) { e.reals("/neurosim/weights/x/y", {1}); }},
      {"/neurosim/parameters/hidden: not a group",
       [](FileEdit& e) { e.reals("/neurosim/parameters/hidden", {1}); }},
      {"/neurosim/parameters/hidden/a: not a dataset",
       [](FileEdit& e) { e.reals("/neurosim/parameters/hidden/a/b", {1}); }},
      {"/neurosim/parameters/out/bias: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.reals("/neurosim/parameters/out/bias", {1, 2}, {1, 2});
         e.integer_attribute("/neurosim/parameters/out/bias", "index", 0);
       }},
      {"/neurosim/state/moment/w: expected u64, f32 or f64",
       [](FileEdit& e) {
         e.integers("/neurosim/state/moment/w", {1});
         e.integer_attribute("/neurosim/state/moment/w", "index", 0);
       }},
      {"/neurosim/state/1/2/3/4/5/6/7/8: not a dataset",
       [](FileEdit& e) { e.reals("/neurosim/state/1/2/3/4/5/6/7/8/9", {1}); }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}

TEST_CASE("epochs that do not fit together are refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"/neurosim/epochs: missing", [](FileEdit& e) { e.remove("/neurosim/epochs"); }},
      {"/neurosim/epochs/populations: missing",
       [](FileEdit& e) { e.remove("/neurosim/epochs/populations"); }},
      {"/neurosim/epochs/epoch: expected u64",
       [](FileEdit& e) {
         e.reals("/neurosim/epochs/epoch", {1, 2, 3});
       }},
      {"/neurosim/epochs/loss: missing", [](FileEdit& e) { e.remove("/neurosim/epochs/loss"); }},
      {"/neurosim/epochs/loss: expected [3] (epochs), found [2]",
       [](FileEdit& e) {
         e.reals("/neurosim/epochs/loss", {1, 2});
       }},
      {"/neurosim/epochs/seconds: expected f64",
       [](FileEdit& e) {
         e.integers("/neurosim/epochs/seconds", {1, 2, 3});
       }},
      {"/neurosim/epochs/activity: expected [3, 2] (epochs, populations), found [6]",
       [](FileEdit& e) {
         e.reals("/neurosim/epochs/activity", {1, 2, 3, 4, 5, 6});
       }},
      {"/neurosim/epochs/activity: expected [3, 1] (epochs, populations), found [3, 2]",
       [](FileEdit& e) { e.texts("/neurosim/epochs/populations", {"in"}); }},
      {"/neurosim/epochs/error_dropped: expected f64",
       [](FileEdit& e) {
         e.reals("/neurosim/epochs/error_dropped", {1, 2, 3, 4, 5, 6}, {3, 2}, H5T_IEEE_F32LE);
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
}
