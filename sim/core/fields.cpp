#include "sim/core/fields.hpp"

#include <charconv>
#include <cmath>

namespace neurosim {
namespace {

std::string number(double value) {
  char buffer[32];
  // Counts in full: bounds are read by people, for whom 1000000 is clearer than 1e+06.
  const bool count = std::trunc(value) == value && std::abs(value) < 1e15;
  const auto format = count ? std::chars_format::fixed : std::chars_format::general;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
  return {buffer, end};
}

}  // namespace

std::string Range::text() const {
  const bool below = std::isfinite(low);
  const bool above = std::isfinite(high);
  if (below && above) {
    return std::string("in ") + (low_open ? "(" : "[") + number(low) + ", " + number(high) +
           (high_open ? ")" : "]");
  }
  if (below) return (low_open ? "> " : ">= ") + number(low);
  if (above) return (high_open ? "< " : "<= ") + number(high);
  return {};
}

}  // namespace neurosim
