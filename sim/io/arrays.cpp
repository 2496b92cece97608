#include "sim/io/arrays.hpp"

#include <fmt/format.h>

#include "sim/io/hdf5.hpp"

namespace neurosim {
namespace {

/// Number of elements; throws when they exceed the bound (without overflow on the way).
std::size_t element_count(const hdf5::Dataset& dataset) {
  constexpr std::size_t kMost = kMaxArrayBytes / sizeof(double);
  std::size_t count = 1;
  for (const std::uint64_t extent : dataset.shape()) {
    if (extent == 0) return 0;
  }
  for (const std::uint64_t extent : dataset.shape()) {
    if (extent > kMost / count) {
      dataset.fail(fmt::format("more than {} numbers, the most read at once", kMost));
    }
    count *= extent;
  }
  return count;
}

}  // namespace

NumericArray load_hdf5_array(const std::string& file, const std::string& dataset) {
  const hdf5::File opened = hdf5::File::open(file);
  const std::size_t root = dataset.find_first_not_of('/');
  const auto found = opened.root().dataset(dataset.substr(root == std::string::npos ? 0 : root));
  found.expect(hdf5::Kind::kReal);
  NumericArray array;
  array.shape.assign(found.shape().begin(), found.shape().end());
  array.values.resize(element_count(found));
  if (!array.values.empty()) found.read(0, found.rows(), array.values.data());
  return array;
}

}  // namespace neurosim
