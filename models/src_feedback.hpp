#pragma once

#include "sim/core/numerics.hpp"

namespace neurosim {

/// Where r and rs come from: the population's constants, or arrays with one value a lane.
template <class T>
struct SharedFeedback {
  T r, rs;
  NS_KERNEL T r_of(int) const { return r; }
  NS_KERNEL T rs_of(int) const { return rs; }
};
template <class T>
struct NoisyFeedback {
  const T *r, *rs;
  NS_KERNEL T r_of(int lane) const { return r[lane]; }
  NS_KERNEL T rs_of(int lane) const { return rs[lane]; }
};

}  // namespace neurosim
