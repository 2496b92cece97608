#include "sim/io/event_file.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>

#include "file_edit.hpp"
#include "support/random_tests.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

void write_events(FileEdit& edit, const std::string& prefix = "", const std::string& suffix = "") {
  edit.integers(prefix + "t" + suffix, {0, 5, 5, 1'000'000'000'000}, H5T_STD_I64LE);
  edit.integers(prefix + "x" + suffix, {3, 0, 33, 1}, H5T_STD_U16LE);
  edit.integers(prefix + "y" + suffix, {0, 9, 2, 1}, H5T_STD_U16BE);
  edit.integers(prefix + "p" + suffix, {1, 0, 0, 1}, H5T_STD_U8LE);
}

const std::vector<Event> kEvents = {
    {0, 3, 0, 1}, {5, 0, 9, 0}, {5, 33, 2, 0}, {1'000'000'000'000, 1, 1, 1}};

/// What reading says after `damage`.
std::string refusal(const std::function<void(FileEdit&)>& damage, std::size_t width = 0,
                    std::size_t height = 0) {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  {
    FileEdit edit(path);
    write_events(edit);
    damage(edit);
  }
  return data_error(path, [&] { read_hdf5_events(path, width, height); });
}

/// A dataset that announces a length, and of which nothing is written.
void announce(const std::string& path, const std::string& name, hsize_t length, hsize_t chunk) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const hid_t space = H5Screate_simple(1, &length, nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  if (chunk != 0) {
    H5Pset_chunk(properties, 1, &chunk);
    H5Pset_deflate(properties, 1);
  }
  const hid_t dataset =
      H5Dcreate2(file, name.c_str(), H5T_STD_U16LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  REQUIRE(dataset >= 0);
  H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
  H5Fclose(file);
}

}  // namespace

TEST_CASE("events are read from every place they are known to stand in") {
  const TempFolder folder;
  const std::pair<const char*, const char*> places[] = {
      {"", ""}, {"events/", ""}, {"events/", "s"}};
  for (const auto& [prefix, suffix] : places) {
    const std::string path =
        folder.path(std::string("e") + std::string(prefix).substr(0, 1) + suffix);
    {
      FileEdit edit(path);
      write_events(edit, prefix, suffix);
    }
    CHECK(is_hdf5(path));
    const EventRecording recording = read_hdf5_events(path, 0, 0);
    CHECK(recording.width == 34);
    CHECK(recording.height == 10);
    CHECK(recording.events == kEvents);
    const EventRecording given = read_hdf5_events(path, 346, 0);
    CHECK(given.width == 346);
    CHECK(given.height == 10);
  }
}

TEST_CASE("events: polarity -1, the largest camera, times that go back") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  {
    FileEdit edit(path);
    edit.integers("t", {7, 3, 7, 3});
    edit.integers("x", {65535, 1, 2, 3});
    edit.integers("y", {0, 0, 0, 65535});
    edit.integers("p", {-1, 1, 1, -1}, H5T_STD_I8LE);
  }
  const EventRecording recording = read_hdf5_events(path, 0, 0);
  CHECK(recording.width == 65536);
  CHECK(recording.height == 65536);
  CHECK(recording.events ==
        std::vector<Event>{{3, 1, 0, 1}, {3, 3, 65535, 0}, {7, 65535, 0, 0}, {7, 2, 0, 1}});
}

TEST_CASE("events: polarity as Python stores booleans") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  {
    const hid_t boolean = H5Tenum_create(H5T_STD_I8LE);
    const signed char values[] = {0, 1};
    H5Tenum_insert(boolean, "FALSE", &values[0]);
    H5Tenum_insert(boolean, "TRUE", &values[1]);
    FileEdit edit(path);
    write_events(edit);
    edit.remove("p");
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hsize_t length = 4;
    const hid_t space = H5Screate_simple(1, &length, nullptr);
    const hid_t dataset =
        H5Dcreate2(file, "p", boolean, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const signed char data[] = {1, 0, 0, 1};
    REQUIRE(H5Dwrite(dataset, boolean, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Tclose(boolean);
    H5Fclose(file);
  }
  CHECK(read_hdf5_events(path, 0, 0).events == kEvents);
}

TEST_CASE("events: longer than a block") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  constexpr long long kCount = 200'000;
  std::vector<long long> numbers(kCount);
  for (long long k = 0; k < kCount; ++k) numbers[static_cast<std::size_t>(k)] = k;
  {
    FileEdit edit(path);
    edit.integers("t", numbers);
    for (auto& number : numbers) number %= 1000;
    edit.integers("x", numbers);
    edit.integers("y", numbers);
    for (auto& number : numbers) number %= 2;
    edit.integers("p", numbers);
  }
  const EventRecording recording = read_hdf5_events(path, 0, 0);
  REQUIRE(recording.events.size() == kCount);
  CHECK(recording.events[150'001] == Event{150'001, 1, 1, 1});
  numbers[150'001] = 7;
  FileEdit(path).integers("p", numbers);
  CHECK(data_error(path, [&] { read_hdf5_events(path, 0, 0); }) ==
        "/p: entry 150001: expected a number in [-1, 1], found 7");
}

TEST_CASE("malformed events are refused") {
  using Damage = std::function<void(FileEdit&)>;
  const std::pair<const char*, Damage> table[] = {
      {"no error", [](FileEdit&) {}},
      {"/: expected the events as datasets t, x, y, p, here or in a group events, found no t",
       [](FileEdit& e) { e.remove("t"); }},
      {"/p: missing", [](FileEdit& e) { e.remove("p"); }},
      {"/t: expected integers",
       [](FileEdit& e) {
         e.reals("t", {0, 1, 2, 3});
       }},
      {"/x: expected 1 axis, found 2",
       [](FileEdit& e) {
         e.integers_2d("x", {0, 1, 2, 3}, {4, 1});
       }},
      {"/y: 3 entries, but /t has 4",
       [](FileEdit& e) {
         e.integers("y", {0, 1, 2});
       }},
      {"/t: entry 1: expected a number in [0, 4611686018427387904], found -5",
       [](FileEdit& e) {
         e.integers("t", {0, -5, 1, 2});
       }},
      {"/x: entry 2: expected a number in [0, 65535], found 65536",
       [](FileEdit& e) {
         e.integers("x", {0, 1, 65536, 2});
       }},
      {"/y: entry 3: expected a number in [0, 65535], found -1",
       [](FileEdit& e) {
         e.integers("y", {0, 1, 2, -1});
       }},
      {"/p: entry 0: expected a number in [-1, 1], found 2",
       [](FileEdit& e) {
         e.integers("p", {2, 1, 1, 1});
       }},
      {"/t: no events, so that the size of the camera must be given",
       [](FileEdit& e) {
         for (const char* const name : {"t", "x", "y", "p"}) e.integers(name, {});
       }},
  };
  for (const auto& [message, damage] : table) CHECK(refusal(damage) == message);
  CHECK(refusal([](FileEdit&) {}, 33) == "/x: entry 2: expected a number in [0, 32], found 33");
  CHECK(refusal([](FileEdit&) {}, 34, 9) == "/y: entry 1: expected a number in [0, 8], found 9");
}

TEST_CASE("events: lengths that the file does not hold are refused before memory is taken") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  FileEdit(path).integers("t", {1});
  constexpr hsize_t kLie = hsize_t{1} << 40;
  for (const hsize_t chunk : {hsize_t{0}, hsize_t{1} << 16}) {
    FileEdit(path).integers("x", {1});
    FileEdit(path).integers("y", {1});
    FileEdit(path).integers("p", {1});
    for (const char* const name : {"t", "x", "y", "p"}) announce(path, name, kLie, chunk);
    CHECK(data_error(path, [&] { read_hdf5_events(path, 0, 0); }) ==
          "/t: announces 1099511627776 entries, but the file holds 0 bytes of them");
  }
}

TEST_CASE("events: what is no HDF5 file") {
  const TempFolder folder;
  std::ofstream(folder.path("text")) << "\x89HDF and more";
  CHECK_FALSE(is_hdf5(folder.path("text")));
  CHECK_FALSE(is_hdf5(folder.path("absent")));
  CHECK(data_error(folder.path("text"), [&] { read_hdf5_events(folder.path("text"), 0, 0); }) ==
        "not an HDF5 file");
}

// Not any byte of the file: damaged structures are for libhdf5 to find, which does not always.
TEST_CASE("events: whatever the numbers and lengths, refused or a valid recording") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  std::size_t valid = 0;
  for_each_seed(200, [&](std::uint64_t seed) {
    Draw draw(seed);
    const std::size_t length = draw.below(6);
    const double odd = draw.chance(0.5) ? 0.05 : 0;
    {
      FileEdit edit(path);
      for (const char* const name : {"t", "x", "y", "p"}) {
        constexpr long long kOdd[] = {-1, 2, 65535, 65536, INT64_MAX, INT64_MIN};
        std::vector<long long> values(draw.chance(odd) ? length + 1 : length);
        for (auto& value : values) {
          value = draw.chance(odd) ? kOdd[draw.below(6)] : static_cast<long long>(draw.below(2));
        }
        edit.integers(name, values);
      }
    }
    try {
      const EventRecording recording = read_hdf5_events(path, 0, 0);
      ++valid;
      CHECK(recording.events.size() == length);
      std::int64_t last = 0;
      for (const Event& event : recording.events) {
        CHECK(event.t >= last);
        CHECK(event.x < recording.width);
        CHECK(event.y < recording.height);
        CHECK(event.p <= 1);
        last = event.t;
      }
    } catch (const DataError&) {  // as good
    }
  });
  CHECK(valid > 50);
}

TEST_CASE("events: a file cut anywhere is refused") {
  const TempFolder folder;
  const std::string path = folder.path("events.h5");
  {
    FileEdit edit(path);
    write_events(edit);
  }
  for (auto size = std::filesystem::file_size(path); size > 64;) {
    std::filesystem::resize_file(path, size -= 64);
    CHECK_THROWS_AS(read_hdf5_events(path, 0, 0), DataError);
  }
}
