#include "sim/io/arrays.hpp"

#include "sim/io/hdf5.hpp"

namespace neurosim {

NumericArray load_hdf5_array(const std::string& file, const std::string& dataset) {
  const hdf5::File opened = hdf5::File::open(file);
  const std::size_t root = dataset.find_first_not_of('/');
  const auto found = opened.root().dataset(dataset.substr(root == std::string::npos ? 0 : root));
  found.expect(hdf5::Kind::kReal);
  NumericArray array;
  array.shape.assign(found.shape().begin(), found.shape().end());
  array.values.resize(found.count(kMaxArrayBytes / sizeof(double)));
  if (!array.values.empty()) found.read(0, found.rows(), array.values.data());
  return array;
}

}  // namespace neurosim
