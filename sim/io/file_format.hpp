#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/io/hdf5.hpp"

namespace neurosim {

/// A kind of file that this program writes: what stands in attribute `format` of /neurosim, e.g.
/// "neurosim-results/1". The number grows when an older reader would misread the file.
struct FileFormat {
  const char* prefix;
  std::int64_t number;
  const char* noun;     ///< what the file is called
  const char* command;  ///< what writes it
  const char* viewer;   ///< what shows it
};

inline constexpr FileFormat kResultsFormat{"neurosim-results/", 2, "results file", "neurosim run",
                                           "neurosim inspect"};
inline constexpr FileFormat kWeightsFormat{"neurosim-weights/", 1, "weights file", "neurosim train",
                                           "neurosim report"};

/// Holds all that SONATA does not know.
inline constexpr const char* kOwnGroup = "neurosim";

void write_format(hdf5::Group& own, const FileFormat& format);

/// The group /neurosim of a file. Throws DataError unless its format is the wanted one, of a number
/// that this program reads.
hdf5::Group open_own_group(const hdf5::File& file, const FileFormat& wanted);

enum class FileKind { kResults, kWeights };

/// Which of the formats above a file is of, of any number. Throws DataError when it is of neither.
FileKind kind_of_file(const std::string& path);

/// The place in `items` that attribute `index` of `object` names, since HDF5 forgets the order of
/// members. Throws DataError when it is out of range, or in `seen`, to which it is added.
template <class T>
T& at_index(std::vector<T>& items, const hdf5::Object& object, std::set<std::uint64_t>& seen) {
  const auto index = object.number<std::uint64_t>("index");
  if (index >= items.size() || !seen.insert(index).second) {
    object.fail("attribute index: " + std::to_string(index) + " is out of range or used twice");
  }
  return items[index];
}

}  // namespace neurosim
