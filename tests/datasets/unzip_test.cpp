#include "datasets/unzip.hpp"

#include <doctest/doctest.h>
#include <zip.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "temp_folder.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using Entries = std::vector<std::pair<std::string, std::string>>;  // name, contents

/// A zip archive in the folder; `type`: file type of unix in the attributes of each entry.
fs::path make_zip(const TempFolder& folder, const Entries& entries, zip_uint32_t type = 0) {
  const fs::path path = folder.path() / "a.zip";
  int code = 0;
  zip_t* const zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  REQUIRE(zip != nullptr);
  for (const auto& [name, contents] : entries) {
    zip_source_t* const source = zip_source_buffer(zip, contents.data(), contents.size(), 0);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    REQUIRE(index >= 0);
    const auto at = static_cast<zip_uint64_t>(index);
    if (type != 0) {
      zip_file_set_external_attributes(zip, at, 0, ZIP_OPSYS_UNIX, (type | 0644) << 16);
    }
  }
  REQUIRE(zip_close(zip) == 0);
  return path;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Nothing but the archive and what the test has put there.
bool holds_only(const fs::path& folder, std::ptrdiff_t count) {
  return std::distance(fs::directory_iterator(folder), {}) == count;
}

}  // namespace

TEST_CASE("an archive is unpacked with a list of checksums") {
  const TempFolder folder;
  const std::string large(300'000, 'x');
  const fs::path zip = make_zip(folder, {{"Train/0/1.bin", "abc"},
                                         {"Train/1/2.bin", large},
                                         {"__MACOSX/._x", "junk"},
                                         {"Train/.DS_Store", "junk"},
                                         {"Icon\r", ""}});
  CHECK(unpack_zip(zip, folder.path(), "Train") == UnpackEnd::kDone);
  CHECK(read(folder.path() / "Train/0/1.bin") == "abc");
  CHECK(read(folder.path() / "Train/1/2.bin") == large);
  CHECK(read(folder.path() / "Train.md5")
            .starts_with("900150983cd24fb0d6963f7d28e17f72  Train/0/1.bin\n"));
  CHECK_FALSE(fs::exists(folder.path() / "Train/.DS_Store"));
  CHECK(holds_only(folder.path(), 3));
}

TEST_CASE("the folder that was there is replaced as a whole, or stays as it was") {
  const TempFolder folder;
  folder.write("Train/old.bin", test::text_bytes("old"));
  CHECK_THROWS_AS(
      unpack_zip(make_zip(folder, {{"Train/a", "abc"}, {"../evil", "x"}}), folder.path(), "Train"),
      DataError);
  CHECK(read(folder.path() / "Train/old.bin") == "old");
  CHECK(holds_only(folder.path(), 2));
  std::atomic<bool> interrupt = true;
  const fs::path good = make_zip(folder, {{"Train/a", "abc"}});
  CHECK(unpack_zip(good, folder.path(), "Train", &interrupt) == UnpackEnd::kInterrupted);
  CHECK(read(folder.path() / "Train/old.bin") == "old");
  CHECK(unpack_zip(good, folder.path(), "Train") == UnpackEnd::kDone);
  CHECK_FALSE(fs::exists(folder.path() / "Train/old.bin"));
  CHECK(read(folder.path() / "Train/a") == "abc");
}

TEST_CASE("names that lead out of the folder are refused") {
  for (const char* name : {"../evil", "Train/../../evil", "/tmp/evil", "Train//x", "Train/./x",
                           "Train\\..\\evil", "Train/a\nb"}) {
    CAPTURE(name);
    const TempFolder folder;
    CHECK_THROWS_AS(
        unpack_zip(make_zip(folder, {{"Train/ok", "x"}, {name, "x"}}), folder.path(), "Train"),
        DataError);
    CHECK(holds_only(folder.path(), 1));
    CHECK_FALSE(fs::exists(folder.path().parent_path() / "evil"));
  }
}

TEST_CASE("links are refused") {
  const TempFolder folder;
  constexpr zip_uint32_t kLink = 0120000, kRegular = 0100000;
  CHECK_THROWS_AS(
      unpack_zip(make_zip(folder, {{"Train/a", "/etc/passwd"}}, kLink), folder.path(), "Train"),
      DataError);
  CHECK(unpack_zip(make_zip(folder, {{"Train/a", "abc"}}, kRegular), folder.path(), "Train") ==
        UnpackEnd::kDone);
}

TEST_CASE("an archive that grows beyond the limits is refused") {
  const TempFolder folder;
  const std::string zeros(1'000'000, '\0');
  const fs::path zip = make_zip(folder, {{"Train/a", zeros}, {"Train/b", zeros}});
  const auto unpack = [&](const UnpackLimits& limits) {
    return unpack_zip(zip, folder.path(), "Train", nullptr, limits);
  };
  CHECK_THROWS_AS(unpack({.file_bytes = 999'999}), DataError);
  CHECK_THROWS_AS(unpack({.bytes = 1'999'999}), DataError);
  CHECK_THROWS_AS(unpack({.files = 1}), DataError);
  CHECK(holds_only(folder.path(), 1));
  CHECK(unpack({.files = 2, .file_bytes = 1'000'000, .bytes = 2'000'000}) == UnpackEnd::kDone);
}

TEST_CASE("broken archives are refused") {
  const TempFolder folder;
  const fs::path zip = make_zip(folder, {{"Train/a", std::string(10'000, 'x') + "end"}});
  const std::string whole = read(zip);
  const auto unpack_bytes = [&](const std::string& bytes) {
    folder.write("b.zip", test::text_bytes(bytes));
    unpack_zip(folder.path() / "b.zip", folder.path(), "Train");
  };
  CHECK_THROWS_AS(unpack_bytes(""), DataError);
  CHECK_THROWS_AS(unpack_bytes("PK no archive"), DataError);
  CHECK_THROWS_AS(unpack_bytes(whole.substr(0, whole.size() / 2)), DataError);
  std::string damaged = whole;
  damaged[45] = static_cast<char>(damaged[45] ^ 0x10);  // in the compressed data
  CHECK_THROWS_AS(unpack_bytes(damaged), DataError);
  CHECK_THROWS_AS(unpack_zip(zip, folder.path(), "Test"), DataError);
  CHECK_FALSE(fs::exists(folder.path() / "Train"));
  CHECK_NOTHROW(unpack_bytes(whole));
}

}  // namespace neurosim
