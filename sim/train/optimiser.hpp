#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/network/kernels.hpp"
#include "sim/train/recipe.hpp"

namespace neurosim {

/// Learning rate of an epoch, counted from 0. Cosine: rate (1 + cos(pi epoch / epochs)) / 2
/// (Loshchilov and Hutter, 2017, without restarts).
double learning_rate(const Recipe& recipe, std::uint64_t epoch);

/// What the joint gradient is multiplied by, given its norm: at most bound / (norm + 1e-6), as
/// PyTorch's clip_grad_norm_.
double clip_scale(const Recipe& recipe, double norm);

/// One step of the optimiser for all parameters: Adam (Kingma and Ba, 2015) or SGD with momentum,
/// as PyTorch computes them, with the decay added to the gradient.
///
///   adam  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
///         w -= rate / (1 - beta1^n) m / (sqrt(v / (1 - beta2^n)) + epsilon)
///   sgd   m = momentum m + g;  w -= rate m
template <class T>
class OptimiserStep {
 public:
  /// `step` counts from 1. `scale`: see clip_scale().
  OptimiserStep(const Recipe& recipe, double rate, std::uint64_t step, double scale);

  /// All of one length; `square` is not used by sgd.
  void apply(std::span<const T> gradient, bool decay, std::span<T> mean, std::span<T> square,
             std::span<T> values) const;

 private:
  Training::Optimiser kind_;
  AdamStep<T> adam_;
  T rate_, momentum_, decay_;
};

}  // namespace neurosim
