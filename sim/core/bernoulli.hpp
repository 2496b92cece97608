#pragma once

#include <limits>

#include "sim/core/numerics.hpp"

namespace neurosim {

/// For trials that each succeed with probability p: the number of failures before the next success
/// is floor(E x this), where E is exponential with mean 1.
/// It is 1 / -log(1 - p): 0 for p = 1 (never a failure), infinite for p = 0. REQUIRES: p in [0, 1].
inline double failures_per_exponential(double p) {
  if (p >= 1) return 0;
  const double q = 1 - p;
  // Where 1 - p rounds, log(q) is right for the rounded q; the factor p / (1 - q) mends that.
  const double rate = q < 1 ? -neurosim::log(q) * (p / (1 - q)) : p;
  return rate > 0 ? 1 / rate : std::numeric_limits<double>::infinity();
}

}  // namespace neurosim
