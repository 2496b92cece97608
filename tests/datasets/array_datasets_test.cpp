#include <doctest/doctest.h>

#include <bit>

#include "datasets/array_file.hpp"
#include "sim/core/error.hpp"
#include "support/shared_data.hpp"
#include "tests/datasets/array_bytes.hpp"

namespace neurosim {
namespace {

using namespace test;
using test::operator+;

Bytes floats(const std::vector<float>& values) {
  Bytes bytes;
  for (const float value : values) append_number(bytes, std::bit_cast<std::uint32_t>(value), 4);
  return bytes;
}

Bytes image_of(const ImageDataset& images, std::size_t index) {
  Bytes pixels(images.rows() * images.columns());
  images.image(index, pixels);
  return pixels;
}

template <class Open>
std::string error_of(Open open, const std::string& data, const std::string& labels = "") {
  try {
    open(data, labels);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("image files: whole numbers, reals and booleans") {
  const TempFolder folder;
  const std::string bytes =
      folder.write("u1", idx_header(0x08, {2, 1, 3}) + Bytes{0, 1, 2, 3, 4, 255});
  const std::string labels = folder.write(
      "labels", npy_header("<i8", "(2,)") + Bytes{3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
  const auto whole = open_image_files(bytes, labels);
  CHECK(whole->size() == 2);
  CHECK(whole->rows() == 1);
  CHECK(whole->columns() == 3);
  CHECK(whole->class_count() == 257);
  CHECK(whole->class_name(256) == "256");
  CHECK(whole->label(0) == 3);
  CHECK(whole->label(1) == 256);
  CHECK(image_of(*whole, 0) == Bytes{0, 1, 2});
  CHECK(image_of(*whole, 1) == Bytes{3, 4, 255});

  const auto real =
      open_image_files(folder.write("f4", npy_header("<f4", "(1, 2, 3)") +
                                              floats({0, 1, 0.5f, 0.3f / 255, 0.7f / 255, -0.f})),
                       "");
  CHECK(image_of(*real, 0) == Bytes{0, 255, 128, 0, 1, 0});
  CHECK(real->label(0) == -1);
  CHECK(real->class_count() == 0);

  const auto boolean =
      open_image_files(folder.write("b1", npy_header("|b1", "(1, 1, 2)") + Bytes{0, 1}), "");
  CHECK(image_of(*boolean, 0) == Bytes{0, 255});
  const auto wide = open_image_files(
      folder.write("i2", npy_header(">i2", "(1, 1, 2)") + Bytes{0, 255, 0, 9}), "");
  CHECK(image_of(*wide, 0) == Bytes{255, 9});
}

TEST_CASE("image files: labels may be stored as reals") {
  const TempFolder folder;
  const std::string images = folder.write("i", npy_header("|u1", "(3, 1, 1)") + ramp(3));
  const auto open = open_image_files(
      images, folder.write("l", npy_header("<f4", "(3,)") + floats({2, 0, 65535})));
  CHECK(open->label(0) == 2);
  CHECK(open->label(2) == 65535);
  CHECK(open->class_count() == 65536);
}

TEST_CASE("image and signal files: values and shapes that do not fit are refused") {
  const TempFolder folder;
  const std::string path = (folder.path() / "data").string();
  const auto images = [&](const Bytes& bytes) {
    return error_of(open_image_files, folder.write("data", bytes));
  };
  CHECK(images(npy_header("<i2", "(1, 2, 2)") + Bytes{0, 0, 0, 0, 0, 1, 0, 0}) ==
        path + ": element [0, 1, 0]: expected a pixel of 0 to 255, found 256");
  CHECK(images(npy_header("|i1", "(1, 1, 1)") + Bytes{255}) ==
        path + ": element [0, 0, 0]: expected a pixel of 0 to 255, found -1");
  CHECK(images(npy_header("<f4", "(1, 1, 2)") + floats({1, 1.5f})) ==
        path + ": element [0, 0, 1]: expected a pixel of 0 to 1, found 1.5");
  CHECK(images(npy_header("<f4", "(1, 1, 1)") + floats({std::bit_cast<float>(0x7FC00000)})) ==
        path + ": element [0, 0, 0]: expected a pixel of 0 to 1, found nan");
  CHECK(images(npy_header("|u1", "(2, 2)") + ramp(4)) ==
        path + ": expected 3 axes, [samples, rows, columns], found 2 (2 x 2)");
  CHECK(error_of(open_signal_files, folder.write("data", npy_header("|u1", "()") + ramp(1))) ==
        path + ": expected 3 axes, [samples, time, channels], found 0 (a single number)");
  CHECK(error_of(open_signal_files,
                 folder.write("data", npy_header("<f4", "(1, 1, 2)") +
                                          floats({0, std::bit_cast<float>(0x7F800000)}))) ==
        path + ": element [0, 0, 1]: expected a finite number in single precision, found inf");
}

TEST_CASE("image and signal files: labels that do not fit are refused") {
  const TempFolder folder;
  const std::string data = folder.write("data", npy_header("|u1", "(2, 1, 1)") + ramp(2));
  const std::string path = (folder.path() / "labels").string();
  const auto labels = [&](const Bytes& bytes) {
    const std::string file = folder.write("labels", bytes);
    const std::string message = error_of(open_image_files, data, file);
    CHECK(error_of(open_signal_files, data, file) == message);
    return message;
  };
  CHECK(labels(npy_header("|u1", "(3,)") + ramp(3)) ==
        path + ": expected 2 labels on one axis, one for each sample of " + data + ", found 3");
  CHECK(labels(npy_header("|u1", "(2, 1)") + ramp(2)) ==
        path + ": expected 2 labels on one axis, one for each sample of " + data + ", found 2 x 1");
  const std::string wanted = ": expected a label, a whole number of 0 to 65535, found ";
  CHECK(labels(npy_header("|i1", "(2,)") + Bytes{0, 255}) ==
        path + ": element [1]" + wanted + "-1");
  CHECK(labels(npy_header("<i4", "(2,)") + Bytes{0, 0, 1, 0, 0, 0, 0, 0}) ==
        path + ": element [0]" + wanted + "65536");
  CHECK(labels(npy_header("<f4", "(2,)") + floats({1, 0.5f})) ==
        path + ": element [1]" + wanted + "0.5");
  CHECK(labels(npy_header("<f4", "(2,)") + floats({std::bit_cast<float>(0x7FC00000), 0})) ==
        path + ": element [0]" + wanted + "nan");
}

TEST_CASE("signal files: [sample, time, channel]") {
  const TempFolder folder;
  const std::string both =
      folder.write("set.npz", zip({{"x.npy", npy_header("<f4", "(2, 3, 2)") +
                                                 floats({0, 1, 2, 3, 4, 5, -6, 7, 8, 9, 10, 0.1f})},
                                   {"y.npy", npy_header("|u1", "(2,)") + Bytes{4, 2}}}));
  const auto signals = open_signal_files(both + ":x", both + ":y");
  CHECK(signals->size() == 2);
  CHECK(signals->length() == 3);
  CHECK(signals->channels() == 2);
  CHECK(signals->class_count() == 5);
  CHECK(signals->label(1) == 2);
  std::vector<float> values(6);
  signals->signal(1, values);
  CHECK(values == std::vector<float>{-6, 7, 8, 9, 10, 0.1f});
}

TEST_CASE("image files: MNIST's test set") {
  const std::string images = "data/mnist/t10k-images-idx3-ubyte.gz";
  const std::string labels = "data/mnist/t10k-labels-idx1-ubyte.gz";
  if (!have_shared(images) || !have_shared(labels)) return;
  const auto mnist = open_image_files(shared_path(images), shared_path(labels));
  CHECK(mnist->size() == 10000);
  CHECK(mnist->class_count() == 10);
  CHECK(mnist->label(0) == 7);
  CHECK(mnist->label(9999) == 6);
}

}  // namespace
}  // namespace neurosim
