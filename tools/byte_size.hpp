#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace neurosim {

/// A number of bytes as people write it: `400M`, `1.5G`, `2000000`; k, M, G, T count in thousands,
/// upper or lower case, and a B may follow. Nothing where it is no such number, or below one.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// Prefix and divisor in which a number of bytes is told.
struct ByteUnit {
  std::string_view name;
  double bytes = 1;
};
ByteUnit byte_unit(std::uint64_t bytes);

/// `9.91 MB`
std::string bytes_text(std::uint64_t bytes);

}  // namespace neurosim
