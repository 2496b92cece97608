#pragma once

#include "sim/core/numerics.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// What stands for the derivative of a spike with respect to x = V - threshold, k: the slope.
enum class Surrogate {
  kAtan,             ///< k/2 / (1 + (pi k x / 2)^2)    (snnTorch's ATan; the paper: k = 2)
  kFastSigmoid,      ///< 1 / (1 + k |x|)^2             (Zenke and Ganguli, 2018)
  kSigmoid,          ///< k s (1 - s), s = 1 / (1 + exp(-k x))
  kStraightThrough,  ///< 1
};

/// How gradients are taken where there is a choice. One for a whole network.
struct GradientMode {
  bool bypass_relu = true;       ///< ds/dh = 1 for every h (sec. 4.4); false: only where h > 0
  bool full_recurrence = false;  ///< through h and hs back in time; false: through i only
  Surrogate surrogate = Surrogate::kAtan;
  double surrogate_slope = 2;
};

template <class T>
NS_KERNEL T surrogate_derivative(Surrogate kind, T slope, T x) {
  switch (kind) {
    case Surrogate::kAtan: {
      const T y = T(1.57079632679489661923) * slope * x;
      return T(0.5) * slope / fma(y, y, T(1));
    }
    case Surrogate::kFastSigmoid: {
      const T y = fma(slope, magnitude(x), T(1));
      return T(1) / (y * y);
    }
    case Surrogate::kSigmoid: {
      const T s = sigmoid(slope * x);
      return slope * s * (T(1) - s);
    }
    case Surrogate::kStraightThrough:
      return T(1);
  }
  return T(0);
}

/// Where a step writes what its adjoint needs: the model's rows for one tick, each kBlock lanes.
template <class T>
struct Tape {
  T* rows = nullptr;  ///< nullptr: nothing is kept
  const GradientMode* mode = nullptr;
};

/// A stretch of time of one block, as its adjoint runs through it backwards. Row t of `d_output`
/// and `error` is at t x width, row t of the tape at t x tape_rows x kBlock.
template <class T>
struct AdjointRange {
  Tick first = 0;  ///< tick of row 0; at 0 the initial state takes its gradient
  int ticks = 0;
  int width = 0;
  const T* tape = nullptr;
  const T* d_output = nullptr;  ///< gradient of the loss by each output
  /// Gradient by the input, in the form that is cheap to propagate: the gradient by the input at
  /// tick t is error[t] + f error[t+1] + f^2 error[t+2] + ..., with f = error_filter().
  /// May be `d_output` itself.
  T* error = nullptr;
};

}  // namespace neurosim
