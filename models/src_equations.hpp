#pragma once

// The equations of the Spiking Recurrent Cell for one neuron; src_neuron.hpp lists them. P: its
// parameters.

#include "sim/core/numerics.hpp"

namespace neurosim::src {

/// i[t] (Eq. 5a), with the cutoff.
template <class P, class T>
NS_KERNEL T leak(const P& p, T i, T input) {
  const T leaked = fma(p.alpha, i, fma(p.alpha_rest, i, input));
  return magnitude(leaked) < p.cutoff ? T(0) : leaked;
}

/// What c[t] is the tanh of (Eq. 3a).
template <class T>
NS_KERNEL T activation(T x, T r, T rs, T bias, T h, T hs) {
  return x + fma(r, h, fma(rs, hs, bias));
}

/// 1 - zs (Eq. 5c).
template <bool kSmoothGate, class P, class T>
NS_KERNEL T follow_of(const P& p, T gate) {
  if constexpr (kSmoothGate) {
    return fma(p.follow_dep - p.follow_hyp, sigmoid(p.slope * (gate - T(0.5))), p.follow_hyp);
  } else {
    return gate > T(0.5) ? p.follow_dep : p.follow_hyp;
  }
}

/// d follow_of / d gate of a smooth gate.
template <class P, class T>
NS_KERNEL T follow_slope(const P& p, T gate) {
  const T s = sigmoid(p.slope * (gate - T(0.5)));
  return (p.follow_dep - p.follow_hyp) * p.slope * s * (T(1) - s);
}

/// s[t] (Eq. 5f, or the binary output). Both kinds in one, as a number that is compared leaves
/// the loops around it vectorisable.
template <class P, class T>
NS_KERNEL T spike_of(const P& p, T h) {
  const T value = p.binary_above > T(0) ? T(1) : h;
  return h > p.binary_above ? value : T(0);
}

}  // namespace neurosim::src
