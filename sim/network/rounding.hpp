#pragma once

#include <span>

namespace neurosim {

/// What `bits` of a projection may be.
inline constexpr int kFewestBits = 2, kMostBits = 16;

/// Rounds weights to signed integers of `bits` bits times one scale, symmetric about 0:
///
///   scale = max |w| / (2^(bits-1) - 1),   w' = scale * round(w / scale),   halves to the even
///   integer
///
/// computed in double precision and stored in T, the same for every rounding mode. The largest
/// weight keeps its value. REQUIRES: finite weights, bits in [kFewestBits, kMostBits].
template <class T>
void round_weights(std::span<T> weights, int bits);

}  // namespace neurosim
