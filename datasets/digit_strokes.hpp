#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace neurosim {

/// A place in the digit's box: x to the right, y down, both about 0..1.
struct StrokePoint {
  double x = 0;
  double y = 0;
};

/// One way of writing a digit: strokes as polylines, dense enough to bend smoothly.
using DigitShape = std::vector<std::vector<StrokePoint>>;

inline constexpr std::size_t kDigits = 10;

/// The ways of writing `digit`. REQUIRES: digit < kDigits.
std::span<const DigitShape> digit_shapes(std::size_t digit);

}  // namespace neurosim
