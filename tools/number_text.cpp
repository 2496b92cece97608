#include "tools/number_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace neurosim {
namespace {

constexpr std::uint64_t kFirstScaled = 1'000'000'000;

std::string scaled(double value) {
  constexpr std::array<char, 5> kPrefixes = {'k', 'M', 'G', 'T', 'P'};
  std::size_t k = 0;
  // 999.95 would be printed as 1000.
  for (value /= 1000; value >= 999.95 && k + 1 < kPrefixes.size(); ++k) value /= 1000;
  return fmt::format("{:.{}f} {}", value, value < 99.995 ? 2 : 1, kPrefixes[k]);
}

}  // namespace

std::string count_text(std::uint64_t count) {
  return count >= kFirstScaled ? scaled(static_cast<double>(count)) : exact_text(count);
}

std::string exact_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string real_text(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (value >= 999.5 && value < 1e6) return count_text(static_cast<std::uint64_t>(value + 0.5));
  if (size < 0.001 || size >= 1e6) return fmt::format("{:.1e}", value);
  const int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.1 ? 2 : 3;
  return fmt::format("{:.{}f}", value, digits);
}

std::string percent_text(double part, double whole) {
  return whole == 0 ? "-" : real_text(100 * part / whole);
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "-";
  if (seconds < 59.95) return fmt::format("{:.{}f} s", seconds, seconds < 9.995 ? 2 : 1);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count_text(count), noun, count == 1 ? "" : "s");
}

}  // namespace neurosim
