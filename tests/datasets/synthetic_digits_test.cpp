#include "datasets/synthetic_digits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <vector>

namespace neurosim {
namespace {

constexpr std::size_t kPixels = 28 * 28;
using Image = std::array<std::uint8_t, kPixels>;

Image image_of(const ImageDataset& data, std::size_t index) {
  Image image;
  data.image(index, image);
  return image;
}

std::size_t class_of(const ImageDataset& data, std::size_t index) {
  return static_cast<std::size_t>(data.label(index));
}

/// FNV-1a over the labels and pixels of the first images.
std::uint64_t fingerprint(const ImageDataset& data, std::size_t count) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3u; };
  for (std::size_t k = 0; k < count; ++k) {
    add(static_cast<std::uint8_t>(data.label(k)));
    for (const std::uint8_t pixel : image_of(data, k)) add(pixel);
  }
  return hash;
}

TEST_CASE("synthetic digits: an image depends on seed, split and index only") {
  const auto data = make_synthetic_digits({.seed = 5, .samples = 40});
  const auto longer = make_synthetic_digits({.seed = 5, .samples = 1000});
  const auto again = make_synthetic_digits({.seed = 5, .samples = 40});
  for (std::size_t k = 40; k-- > 0;) {  // the other way round
    CAPTURE(k);
    CHECK(image_of(*longer, k) == image_of(*data, k));
    CHECK(longer->label(k) == data->label(k));
  }
  CHECK(image_of(*again, 17) == image_of(*data, 17));
  CHECK(image_of(*data, 17) == image_of(*data, 17));
}

TEST_CASE("synthetic digits: the bytes are the same on every machine and in every build") {
  // Taken from the first version; differs where arithmetic is contracted or reordered. To be
  // renewed when, and only when, the drawing is changed on purpose.
  CHECK(fingerprint(*make_synthetic_digits({.seed = 1, .samples = 200}), 200) ==
        12605460639143819666u);
}

TEST_CASE("synthetic digits: no two images are the same, in or across splits and seeds") {
  std::set<Image> images;
  std::size_t count = 0;
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1} << 32}) {
    for (const DigitSplit split : {DigitSplit::kTrain, DigitSplit::kTest}) {
      const auto data = make_synthetic_digits({.seed = seed, .split = split, .samples = 500});
      for (std::size_t k = 0; k < data->size(); ++k) images.insert(image_of(*data, k));
      count += data->size();
    }
  }
  CHECK(images.size() == count);
}

TEST_CASE("synthetic digits: each ten samples hold every digit, in varying order") {
  const auto train = make_synthetic_digits({.seed = 9, .samples = 1000});
  const auto test = make_synthetic_digits({.seed = 9, .split = DigitSplit::kTest, .samples = 1000});
  std::set<std::vector<int>> orders;
  for (const Dataset* const data : {train.get(), test.get()}) {
    for (std::size_t block = 0; block < 100; ++block) {
      std::vector<int> order;
      for (std::size_t k = 0; k < 10; ++k) order.push_back(data->label(10 * block + k));
      orders.insert(order);
      std::sort(order.begin(), order.end());
      CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    }
  }
  // 200 of 3,628,800 orders: two are equal with probability 0.5 %, three practically never.
  CHECK(orders.size() >= 199);
}

TEST_CASE("synthetic digits: the last of the largest set") {
  const auto data = make_synthetic_digits({.samples = kMaxSyntheticDigits});
  const std::size_t last = kMaxSyntheticDigits - 1;
  CHECK(data->label(last) >= 0);
  CHECK(image_of(*data, last) != image_of(*data, 0));
}

/// Sums over the images of a class.
struct ClassStatistics {
  std::array<double, kPixels> sum = {};
  double count = 0;
  double total = 0;
  double nonzero = 0;
};

std::vector<ClassStatistics> gather(const ImageDataset& data) {
  std::vector<ClassStatistics> classes(10);
  for (std::size_t k = 0; k < data.size(); ++k) {
    ClassStatistics& of = classes[class_of(data, k)];
    const Image image = image_of(data, k);
    ++of.count;
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      of.sum[pixel] += image[pixel] / 255.0;
      of.total += image[pixel] / 255.0 / kPixels;
      of.nonzero += image[pixel] > 0 ? 1.0 / kPixels : 0;
    }
  }
  return classes;
}

TEST_CASE("synthetic digits: as much ink as MNIST has") {
  const auto data = make_synthetic_digits({.seed = 11, .samples = 2000});
  double mean = 0;
  double nonzero = 0;
  for (const ClassStatistics& digit : gather(*data)) {
    mean += digit.total / 2000;
    nonzero += digit.nonzero / 2000;
    // Of the thinnest digit, 1, as of the richest, 0 (MNIST: 0.076 and 0.173).
    CHECK(digit.total / digit.count > 0.06);
    CHECK(digit.total / digit.count < 0.18);
  }
  CHECK(mean > 0.10);  // MNIST: 0.1307
  CHECK(mean < 0.14);
  CHECK(nonzero > 0.16);  // MNIST: 0.1912
  CHECK(nonzero < 0.22);
}

TEST_CASE("synthetic digits: ink seldom reaches the border") {
  const auto data = make_synthetic_digits({.seed = 12, .samples = 1000});
  int bright_border_pixels = 0;
  for (std::size_t k = 0; k < data->size(); ++k) {
    const Image image = image_of(*data, k);
    for (std::size_t i = 0; i < 28; ++i) {
      for (const std::size_t pixel : {i, 27 * 28 + i, 28 * i, 28 * i + 27}) {
        bright_border_pixels += image[pixel] > 96 ? 1 : 0;  // above every stray pixel
      }
    }
  }
  CHECK(bright_border_pixels < 1000);  // of 112,000; measured 358
}

TEST_CASE("synthetic digits: nearest mean image tells the digits apart, but not too well") {
  const auto train = make_synthetic_digits({.seed = 13, .samples = 2000});
  const auto test =
      make_synthetic_digits({.seed = 13, .split = DigitSplit::kTest, .samples = 1000});
  const std::vector<ClassStatistics> means = gather(*train);
  std::array<int, 10> right = {};
  for (std::size_t k = 0; k < test->size(); ++k) {
    const Image image = image_of(*test, k);
    double best = std::numeric_limits<double>::infinity();
    std::size_t guess = 0;
    for (std::size_t digit = 0; digit < 10; ++digit) {
      double distance = 0;
      for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
        const double d = means[digit].sum[pixel] / means[digit].count - image[pixel] / 255.0;
        distance += d * d;
      }
      if (distance < best) {
        best = distance;
        guess = digit;
      }
    }
    right[guess] += guess == class_of(*test, k) ? 1 : 0;
  }
  int total = 0;
  for (const int count : right) {
    CHECK(count >= 50);  // of 100; measured 68 (8) to 86 (0)
    total += count;
  }
  // Measured 797 of 1,000; MNIST gives about 82 % with all its images.
  CHECK(total >= 740);
  CHECK(total <= 900);
}

}  // namespace
}  // namespace neurosim
