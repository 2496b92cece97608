#include "datasets/fetch.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "datasets/checksum.hpp"
#include "sim/core/error.hpp"
#include "support/flaky_server.hpp"
#include "temp_folder.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

/// train.zip: Train/0/1.bin (abc) and Train/1/2.bin (defg).
void make_small_zip(const TempFolder& folder) {
  const std::string path = (folder.path() / "train.zip").string();
  const Outcome made = run_program({NEUROSIM_PYTHON, "-c",
                                    "import sys, zipfile\n"
                                    "with zipfile.ZipFile(sys.argv[1], 'w') as z:\n"
                                    "    z.writestr('Train/0/1.bin', 'abc')\n"
                                    "    z.writestr('Train/1/2.bin', 'defg')\n",
                                    path});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
}

class Place {
 public:
  Place() {
    setenv("no_proxy", "*", 1);
    make_small_zip(served_);
    served_.write("a.gz", test::gzip(test::text_bytes("abc")));
    archive_ = {
        .name = "train.zip", .md5 = md5("train.zip"), .unpacked = "Train", .unpacked_files = 2};
    packed_ = {.name = "a.gz", .md5 = md5("a.gz"), .plain_md5 = "900150983cd24fb0d6963f7d28e17f72"};
    options_.from = server_.url("clean");
  }

  const KnownFile& archive() const { return archive_; }
  const KnownFile& packed() const { return packed_; }
  FetchOptions& options() { return options_; }
  fs::path folder() const { return here_.path() / "set"; }
  void write(const std::string& name, std::string_view text) const {
    here_.write("set/" + name, test::text_bytes(text));
  }
  std::size_t requests() const { return server_.requests().size(); }
  FetchEnd fetch(const KnownFile& file) const { return fetch_known_file(file, folder(), options_); }
  FileState state(const KnownFile& file) const { return check_known_file(file, folder()).state; }

 private:
  std::string md5(const std::string& name) const {
    return file_checksum((served_.path() / name).string(), ChecksumKind::kMd5);
  }

  TempFolder served_, here_;
  test::FlakyServer server_{served_.path().string(), (here_.path() / "log").string()};
  KnownFile archive_, packed_;
  FetchOptions options_;
};

}  // namespace

TEST_CASE("a file is fetched once") {
  const Place place;
  CHECK(place.state(place.packed()) == FileState::kMissing);
  CHECK(place.fetch(place.packed()) == FetchEnd::kFetched);
  CHECK(place.state(place.packed()) == FileState::kVerified);
  CHECK(place.fetch(place.packed()) == FetchEnd::kAlreadyThere);
  CHECK(place.requests() == 1);
}

TEST_CASE("a file that lies there unpacked counts as well") {
  const Place place;
  place.write("a", "abc");
  CHECK(place.state(place.packed()) == FileState::kVerified);
  CHECK(place.fetch(place.packed()) == FetchEnd::kAlreadyThere);
  place.write("a", "abd");
  CHECK(place.state(place.packed()) == FileState::kWrong);
  CHECK_THROWS_AS(place.fetch(place.packed()), DataError);
  CHECK(place.requests() == 0);
}

TEST_CASE("a wrong file is replaced with force only") {
  Place place;
  place.write("a.gz", "precious");
  CHECK(place.state(place.packed()) == FileState::kWrong);
  CHECK_THROWS_AS(place.fetch(place.packed()), DataError);
  CHECK(place.requests() == 0);
  place.options().force = true;
  CHECK(place.fetch(place.packed()) == FetchEnd::kFetched);
  CHECK(place.state(place.packed()) == FileState::kVerified);
}

TEST_CASE("an archive gives way to what it holds") {
  const Place place;
  CHECK(place.fetch(place.archive()) == FetchEnd::kFetched);
  CHECK(fs::exists(place.folder() / "Train/1/2.bin"));
  CHECK_FALSE(fs::exists(place.folder() / "train.zip"));
  CHECK(place.state(place.archive()) == FileState::kVerified);
  CHECK(place.fetch(place.archive()) == FetchEnd::kAlreadyThere);
  CHECK(place.requests() == 1);

  SUBCASE("a changed file is found") { place.write("Train/1/2.bin", "DEFG"); }
  SUBCASE("a missing file is found") { fs::remove(place.folder() / "Train/1/2.bin"); }
  SUBCASE("a file too many is found") { place.write("Train/1/3.bin", "x"); }
  CHECK(place.state(place.archive()) == FileState::kWrong);
}

TEST_CASE("without the list of checksums, files are counted") {
  const Place place;
  place.fetch(place.archive());
  fs::remove(place.folder() / "Train.md5");
  place.write("Train/.DS_Store", "junk");
  CHECK(place.state(place.archive()) == FileState::kUnchecked);
  CHECK(place.fetch(place.archive()) == FetchEnd::kAlreadyThere);
  place.write("Train/1/3.bin", "x");
  CHECK(place.state(place.archive()) == FileState::kWrong);
}

TEST_CASE("an archive that was left whole is unpacked without a request") {
  Place place;
  const fs::path zip = place.folder() / place.archive().name;
  KnownFile as_it_is = place.archive();
  as_it_is.unpacked = "";
  place.fetch(as_it_is);
  CHECK(place.requests() == 1);
  CHECK(place.fetch(place.archive()) == FetchEnd::kFetched);
  CHECK(place.requests() == 1);
  CHECK(place.state(place.archive()) == FileState::kVerified);
  CHECK_FALSE(fs::exists(zip));
}

TEST_CASE("a dataset is found in its subfolder and in the folder itself") {
  const TempFolder folder;
  const KnownDataset& mnist = *find_known_dataset("mnist");
  unsetenv("NEUROSIM_DATA");
  setenv("HOME", folder.path().c_str(), 1);
  const auto found = [&](const fs::path& data_dir) {
    return find_dataset_folder(mnist, data_dir.string());
  };
  CHECK(found(folder.path()).empty());
  folder.write("t10k-labels-idx1-ubyte", {});
  CHECK(found(folder.path()) == folder.path());
  folder.write("mnist/train-images-idx3-ubyte.gz", {});
  CHECK(found(folder.path()) == folder.path() / "mnist");
  // Both MNIST sets use the same names.
  folder.write("fashion-mnist/train-images-idx3-ubyte.gz", {});
  CHECK(found(folder.path() / "fashion-mnist").empty());
}

}  // namespace neurosim
