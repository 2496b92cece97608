#include "sim/network/rounding.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// std::nearbyint, but for any rounding mode. REQUIRES: 0 <= x < 2^51, so that the difference is
/// exact.
double round_half_even(double x) {
  const double below = std::floor(x);
  const double rest = x - below;
  if (rest != 0.5) return rest < 0.5 ? below : below + 1;
  return std::fmod(below, 2) == 0 ? below : below + 1;
}

}  // namespace

template <class T>
void round_weights(std::span<T> weights, int bits) {
  NS_ASSERT(bits >= kFewestBits && bits <= kMostBits);
  double largest = 0;
  for (const T w : weights) largest = std::max(largest, std::abs(static_cast<double>(w)));
  const double steps = (1 << (bits - 1)) - 1;
  const double scale = largest / steps;
  if (scale == 0) return;  // all 0, or too small to be cut into steps
  for (T& w : weights) {
    const double size = std::abs(static_cast<double>(w));
    // Where the scale is subnormal, the quotient may lie beyond the last step.
    const double step = std::min(round_half_even(size / scale), steps);
    const double rounded = step == steps ? largest : scale * step;
    // A 0 has no sign: -0 would count as an input.
    w = static_cast<T>(w < 0 && step > 0 ? -rounded : rounded);
  }
}

template void round_weights(std::span<float>, int);
template void round_weights(std::span<double>, int);

}  // namespace neurosim
