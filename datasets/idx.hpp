#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// The IDX format (LeCun): bytes 00 00 `type` `rank`, then `rank` big-endian uint32 sizes, then the
/// elements, row-major and big-endian. Files are plain or gzip; the content decides, not the name.

/// Type codes, byte 2 of the file.
enum class IdxType : std::uint8_t {
  kU8 = 0x08,
  kI8 = 0x09,
  kI16 = 0x0B,
  kI32 = 0x0C,
  kF32 = 0x0D,
  kF64 = 0x0E,
};

/// What the caller wants to find; anything else in the file is a DataError.
struct IdxExpectation {
  std::optional<IdxType> type;      ///< nullopt: any
  std::optional<std::size_t> rank;  ///< nullopt: any from 1 on
  std::string_view content;         ///< for messages, e.g. `images`
};

struct IdxArray {
  IdxType type = IdxType::kU8;
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> bytes;  ///< elements as in the file: row-major, big-endian
};

/// Reads a whole IDX file. Memory is bounded by what the file really holds (twice that for gzip,
/// whose decompressed size is not known ahead), whatever its header says.
/// Throws DataError with the byte offset, counted in the decompressed data.
IdxArray read_idx(const std::string& path, const IdxExpectation& expected);

/// Offset of the first element.
constexpr std::size_t idx_header_size(std::size_t rank) { return 4 + 4 * rank; }

}  // namespace neurosim
