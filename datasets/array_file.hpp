#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"

namespace neurosim {

/// Numbers of one file, converted to double.
struct NumberArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;  ///< row-major
  bool integers = false;       ///< stored as whole numbers
};

/// Reads IDX (any element type, plain or gzip), NumPy .npy (versions 1 to 3; booleans, integers and
/// floats of either byte order; C or Fortran order), or one array of an .npz: `file.npz:name`, the
/// name may be left out where there is only one. The content decides, not the name. No size is 0;
/// of a single number `shape` is empty. Memory is bounded by what the file really holds. Throws
/// DataError.
NumberArray read_array_file(const std::string& path);

/// Images [samples, rows, columns] and labels [samples] (none: every label -1) from such files.
/// Pixels of whole numbers must be 0..255; real ones 0..1, and are rounded to 1/255; of booleans
/// true is 255. Labels are whole numbers in 0..65535, of whatever type; there are as many classes
/// as the largest one + 1. Held in memory as bytes. Throws DataError.
std::unique_ptr<ImageDataset> open_image_files(const std::string& images,
                                               const std::string& labels);

/// Signals [samples, time, channels] and labels as above. Values must be finite in single
/// precision, in which they are held in memory. Throws DataError.
std::unique_ptr<SignalDataset> open_signal_files(const std::string& signals,
                                                 const std::string& labels);

}  // namespace neurosim
