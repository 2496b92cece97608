#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace neurosim {

/// `1,234,567`; from a thousand million on, digits and a prefix: `12.35 G`.
std::string count_text(std::uint64_t count);

/// `12,345,678,901`: every digit.
std::string exact_text(std::uint64_t count);

/// Three or four digits, however large: `0`, `0.012`, `1.23`, `12.3`, `123`, `1,234`, `1.2e-05`;
/// `-` when not finite.
std::string real_text(double value);

/// part / whole in percent without the sign; `-` when whole is 0.
std::string percent_text(double part, double whole);

/// `0.52 s`, `12.3 s`, `2 min 5 s`, `3 h 12 min`.
std::string duration_text(double seconds);

/// `1 error`, `2,000 errors`.
std::string plural(std::uint64_t count, std::string_view noun);

}  // namespace neurosim
