#include "sim/core/fields.hpp"

#include <charconv>

namespace neurosim {
namespace {

std::string number(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
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
