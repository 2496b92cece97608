#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace neurosim {

enum class Packing { kNone, kLz4, kZstd };

/// Unpacks one LZ4 or Zstandard frame into `out`. Returns what is wrong, empty: nothing. What
/// unpacks to more than 256 times its size (more than LZ4 can do) is refused, so that memory is
/// bounded by the size of the file.
std::string_view unpack(Packing packing, std::span<const std::uint8_t> in,
                        std::vector<std::uint8_t>& out);

}  // namespace neurosim
