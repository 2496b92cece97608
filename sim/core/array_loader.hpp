#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace neurosim {

/// A numeric array as read from a file, row-major.
struct NumericArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// Reads a named dataset of a file; throws DataError. The network is compiled through this port,
/// so that it knows no file format.
using ArrayLoader =
    std::function<NumericArray(const std::string& file, const std::string& dataset)>;

}  // namespace neurosim
