#include "datasets/dataset.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "sim/core/error.hpp"
#include "support/shared_data.hpp"
#include "tests/datasets/temp_folder.hpp"

namespace neurosim {
namespace {

using test::idx_header;
using test::ramp;
using test::TempFolder;
using test::operator+;
using test::Bytes;

/// Sets an environment variable for one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* const old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_) {
      setenv(name_, old_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

struct Facts {
  const char* name;
  const char* split;
  std::size_t size;
  std::array<int, 10> first_labels;
  std::uint64_t sum;        ///< of all pixels
  std::uint64_t first_sum;  ///< of the first image's
  std::uint64_t last_sum;   ///< of the last image's
  int last_label;
  std::array<int, 10> labels;  ///< images of each class
};

// Computed with Python's gzip module from the publishers' files.
constexpr Facts kFacts[] = {
    {"mnist",
     "train",
     60000,
     {5, 0, 4, 1, 9, 2, 1, 3, 1, 4},
     1567298545,
     27525,
     20920,
     8,
     {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}},
    {"mnist",
     "test",
     10000,
     {7, 2, 1, 0, 4, 1, 4, 9, 5, 9},
     264923200,
     18454,
     41833,
     6,
     {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
    {"fashion-mnist",
     "train",
     60000,
     {9, 0, 0, 3, 0, 2, 7, 2, 5, 5},
     3431114169,
     76247,
     16684,
     5,
     {6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000}},
    {"fashion-mnist",
     "test",
     10000,
     {9, 2, 1, 1, 6, 1, 4, 6, 5, 7},
     573469082,
     33456,
     24390,
     5,
     {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}},
};

TEST_CASE("dataset: facts of MNIST and Fashion-MNIST") {
  for (const Facts& facts : kFacts) {
    CAPTURE(facts.name);
    CAPTURE(facts.split);
    if (!test::have_shared(std::string("data/") + facts.name)) continue;
    const auto data = open_images(
        {.name = facts.name, .split = facts.split, .data_dir = test::shared_path("data")});
    REQUIRE(data->size() == facts.size);
    REQUIRE(data->rows() == 28);
    REQUIRE(data->columns() == 28);
    CHECK(data->class_count() == 10);
    std::uint64_t sum = 0;
    std::array<int, 10> labels = {};
    std::array<std::uint8_t, 28 * 28> pixels;
    for (std::size_t k = 0; k < data->size(); ++k) {
      ++labels[static_cast<std::size_t>(data->label(k))];
      data->image(k, pixels);
      std::uint64_t image_sum = 0;
      for (const std::uint8_t pixel : pixels) image_sum += pixel;
      sum += image_sum;
      if (k < 10) CHECK(data->label(k) == facts.first_labels[k]);
      if (k == 0) CHECK(image_sum == facts.first_sum);
      if (k == data->size() - 1) CHECK(image_sum == facts.last_sum);
    }
    CHECK(sum == facts.sum);
    CHECK(labels == facts.labels);
    CHECK(data->label(data->size() - 1) == facts.last_label);
  }
}

/// A set of `count` images of 2 x 2 pixels, all of which are `shade`.
void write_set(const TempFolder& folder, const std::string& where, const std::string& prefix,
               std::uint32_t count, std::uint8_t shade) {
  folder.write(where + prefix + "-images-idx3-ubyte",
               idx_header(8, {count, 2, 2}) + Bytes(4 * count, shade));
  folder.write(where + prefix + "-labels-idx1-ubyte", idx_header(8, {count}) + ramp(count, 10));
}

int first_pixel(const DatasetRequest& request) {
  const auto data = open_images(request);
  std::array<std::uint8_t, 4> pixels;
  data->image(data->size() - 1, pixels);
  return pixels[0];
}

std::string error_of(const DatasetRequest& request) {
  try {
    open_images(request);
  } catch (const DataError& error) {
    return error.what();
  } catch (const UsageError& error) {
    return std::string("usage: ") + error.what();
  }
  return "no error";
}

TEST_CASE("dataset: where files are looked for, in which order") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  const Variable home("HOME", root + "/home");
  const Variable list("NEUROSIM_DATA", root + "/a:" + root + "/b");
  const DatasetRequest request = {.name = "mnist", .split = "test", .data_dir = root + "/given"};
  // From the last place searched to the first: each new one is preferred.
  const char* const places[] = {"home/.local/share/neurosim/",
                                "home/.local/share/neurosim/mnist/",
                                "b/",
                                "b/mnist/",
                                "a/",
                                "a/mnist/",
                                "given/",
                                "given/mnist/"};
  std::uint8_t shade = 0;
  for (const char* const place : places) {
    CAPTURE(place);
    write_set(folder, place, "t10k", 3, ++shade);
    CHECK(first_pixel(request) == shade);
  }
}

TEST_CASE("dataset: the folder of another set is not taken for this one's") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  const Variable home("HOME", root);
  const Variable list("NEUROSIM_DATA", "");
  write_set(folder, "mnist/", "train", 2, 1);
  for (const char* const ending : {"/mnist", "/mnist/"}) {
    CHECK(first_pixel({.name = "mnist", .split = "train", .data_dir = root + ending}) == 1);
    CHECK_THROWS_AS(
        open_images({.name = "fashion-mnist", .split = "train", .data_dir = root + ending}),
        DataError);
  }
}

TEST_CASE("dataset: a missing set names every place and the cure") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  const Variable home("HOME", root + "/home");
  const Variable list("NEUROSIM_DATA", root + "/a::" + root + "/mnist");
  CHECK(error_of({.name = "fashion-mnist", .split = "test", .data_dir = root + "/given"}) ==
        "fashion-mnist: not found: the test split needs t10k-images-idx3-ubyte[.gz] and "
        "t10k-labels-idx1-ubyte[.gz]; searched:\n  " +
            root + "/given/fashion-mnist\n  " + root + "/given\n  " + root +
            "/a/fashion-mnist\n  " + root + "/a\n  " + root + "/mnist/fashion-mnist\n  " + root +
            "/home/.local/share/neurosim/fashion-mnist\n  " + root +
            "/home/.local/share/neurosim\n"
            "Name their folder with --data-dir or in the environment variable NEUROSIM_DATA, or "
            "get them: neurosim data fetch fashion-mnist");
}

TEST_CASE("dataset: images and labels must fit each other") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  const DatasetRequest request = {.name = "mnist", .split = "train", .data_dir = root};
  const std::string images =
      folder.write("train-images-idx3-ubyte", idx_header(8, {3, 2, 2}) + ramp(12));
  CHECK(error_of(request) ==
        images + ": expected train-labels-idx1-ubyte[.gz] beside it, found none");
  const std::string labels = folder.write("train-labels-idx1-ubyte", idx_header(8, {2}) + ramp(2));
  CHECK(error_of(request) ==
        labels + ": at byte 4: expected 3 labels, one for each image of " + images + ", found 2");
  folder.write("train-labels-idx1-ubyte", idx_header(8, {3}) + Bytes{0, 10, 200});
  CHECK(error_of(request) == labels + ": at byte 9: expected a label of 0 to 9, found 10");
  folder.write("train-labels-idx1-ubyte", idx_header(8, {3, 1}) + Bytes{0, 1, 2});
  CHECK(error_of(request) == labels + ": at byte 3: expected rank 1 for labels, found 2");
  folder.write("train-labels-idx1-ubyte", idx_header(8, {3}) + Bytes{9, 0, 9});
  CHECK(error_of(request) == "no error");
}

TEST_CASE("dataset: unknown names") {
  CHECK(error_of({.name = "mnits", .split = "train"}) ==
        "usage: unknown dataset \"mnits\"; known: mnist fashion-mnist synthetic-digits");
  CHECK(error_of({.name = "mnist", .split = "valid"}) ==
        "usage: unknown split \"valid\"; known: train test");
  CHECK(error_of({.name = "synthetic-digits", .split = "test"}) ==
        "usage: synthetic-digits: expected a number of samples in [1, 4294967295], got 0");
  CHECK(image_dataset_names().size() == 3);
}

TEST_CASE("dataset: synthetic digits need no file") {
  const auto data =
      open_images({.name = "synthetic-digits", .split = "test", .seed = 3, .samples = 7});
  CHECK(data->size() == 7);
  CHECK(data->rows() == 28);
}

}  // namespace
}  // namespace neurosim
