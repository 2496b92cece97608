#pragma once

// Private to hdf5*.cpp, the only files that include <hdf5.h>.

#include <hdf5.h>

#include <mutex>
#include <string>
#include <vector>

#include "sim/io/hdf5.hpp"
#include "sim/io/hdf5_crash_guard.hpp"

namespace neurosim::hdf5 {

static_assert(std::is_same_v<Id, hid_t>);

/// Holds the process-wide lock; recursive, since functions of this layer call one another.
class Guard {
 public:
  Guard();

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

/// A Guard while `file` is read: a crash of HDF5 in there is laid to the file's charge.
class ReadGuard {
 public:
  explicit ReadGuard(const std::string& file) : suspect_(file.c_str()) {}

 private:
  Guard guard_;
  Suspect suspect_;
};

/// Throws DataError `<file>: <path>: <what>: <cause>` with the cause that HDF5 recorded last.
[[noreturn]] void fail_with_cause(const std::string& file, const std::string& path,
                                  const std::string& what);

hid_t memory_type(Type type);
hid_t stored_type(Type type);

/// A variable-length UTF-8 string.
Handle text_type();

/// A dataspace; `growing`: without limit along the first axis.
enum class Extent { kFixed, kGrowing };
Handle make_space(const Shape& shape, Extent extent = Extent::kFixed);

/// Reads `count` strings, variable or fixed length, of the given file type and space through
/// `read(memory_type, buffer)`, which returns a negative number on failure; so does this.
template <class Read>
herr_t read_strings(hid_t file_type, hid_t space, std::size_t count, Read read,
                    std::vector<std::string>& out);

}  // namespace neurosim::hdf5

template <class Read>
herr_t neurosim::hdf5::read_strings(hid_t file_type, hid_t space, std::size_t count, Read read,
                                    std::vector<std::string>& out) {
  out.clear();
  if (H5Tis_variable_str(file_type) > 0) {
    std::vector<char*> raw(count, nullptr);
    const herr_t status = read(file_type, raw.data());
    if (status < 0) return status;
    for (const char* text : raw) out.emplace_back(text == nullptr ? "" : text);
    return H5Dvlen_reclaim(file_type, space, H5P_DEFAULT, raw.data());
  }
  const std::size_t width = H5Tget_size(file_type);
  std::vector<char> raw(count * width);
  const herr_t status = read(file_type, raw.data());
  for (std::size_t k = 0; k < count && status >= 0; ++k) {
    const std::string_view field(raw.data() + k * width, width);
    out.emplace_back(field.substr(0, field.find('\0')));
  }
  return status;
}
