#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace neurosim {

/// What the elements of an array are.
struct ElementType {
  enum class Kind : std::uint8_t { kBoolean, kSigned, kUnsigned, kReal };
  Kind kind = Kind::kUnsigned;
  std::size_t size = 1;  ///< bytes: 1, 2, 4 or 8; of a real 4 or 8
  bool big_endian = false;
};

/// An array as it stands in a file, so that nothing is held eight times as large as it is there.
struct RawArray {
  std::string name;  ///< of the file, for messages
  ElementType type;
  std::vector<std::size_t> shape;   ///< every size >= 1; empty: one element
  std::vector<std::uint8_t> bytes;  ///< row-major

  std::size_t count() const { return bytes.size() / type.size; }
  /// Element `index`. Integers beyond 2^53 are rounded, booleans are 0 or 1.
  double value(std::size_t index) const;
};

/// Reads any of the files that read_array_file() reads. Throws DataError.
RawArray read_raw_array(const std::string& path);

/// `60000 x 28 x 28`; of no axis `a single number`.
std::string shape_text(const std::vector<std::size_t>& shape);

}  // namespace neurosim
