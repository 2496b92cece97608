#include "tools/byte_size.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

#include "tools/number_text.hpp"

namespace neurosim {
namespace {

constexpr std::array<ByteUnit, 5> kUnits = {
    {{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}}};

/// What a suffix multiplies by; 0: unknown.
double factor_of(std::string_view suffix) {
  if (!suffix.empty() && std::tolower(static_cast<unsigned char>(suffix.back())) == 'b') {
    suffix.remove_suffix(1);
  }
  if (suffix.empty()) return 1;
  if (suffix.size() > 1) return 0;
  const int letter = std::tolower(static_cast<unsigned char>(suffix.front()));
  for (const ByteUnit& unit : kUnits) {
    if (unit.bytes > 1 && std::tolower(static_cast<unsigned char>(unit.name.front())) == letter) {
      return unit.bytes;
    }
  }
  return 0;
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, status] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
  if (status != std::errc()) return std::nullopt;
  const double bytes = number * factor_of({end, static_cast<std::size_t>(last - end)});
  // Not a number fails the comparison as well.
  if (!(bytes >= 1 && bytes < 0x1p63)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

ByteUnit byte_unit(std::uint64_t bytes) {
  std::size_t k = 0;
  // 999.5 would be told as 1,000.
  while (k + 1 < kUnits.size() && static_cast<double>(bytes) >= 999.5 * kUnits[k].bytes) ++k;
  return kUnits[k];
}

std::string bytes_text(std::uint64_t bytes) {
  const ByteUnit unit = byte_unit(bytes);
  return fmt::format("{} {}", real_text(static_cast<double>(bytes) / unit.bytes), unit.name);
}

}  // namespace neurosim
