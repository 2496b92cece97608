#include "sim/train/optimiser.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"

namespace neurosim {
namespace {

/// a^n for any n.
double power(double a, std::uint64_t n) {
  double result = 1;
  for (; n > 0; n >>= 1, a *= a) result = (n & 1) != 0 ? result * a : result;
  return result;
}

}  // namespace

double learning_rate(const Recipe& recipe, std::uint64_t epoch) {
  switch (recipe.schedule) {
    case Training::kCosine:
      return 0.5 * recipe.learning_rate *
             (1 + cos_pi(static_cast<double>(epoch) / static_cast<double>(recipe.epochs)));
    case Training::kStep:
      return recipe.learning_rate * power(recipe.schedule_factor, epoch / recipe.schedule_epochs);
    case Training::kNoSchedule:
      break;
  }
  return recipe.learning_rate;
}

double clip_scale(const Recipe& recipe, double norm) {
  return recipe.clip_norm ? std::min(1.0, *recipe.clip_norm / (norm + 1e-6)) : 1;
}

template <class T>
OptimiserStep<T>::OptimiserStep(const Recipe& recipe, double rate, std::uint64_t step, double scale)
    : kind_(recipe.optimiser),
      rate_(static_cast<T>(rate)),
      momentum_(static_cast<T>(recipe.momentum)),
      decay_(static_cast<T>(recipe.weight_decay)) {
  adam_ = {.scale = static_cast<T>(scale),
           .decay = 0,
           .beta1 = static_cast<T>(recipe.beta1),
           .one_minus_beta1 = static_cast<T>(1 - recipe.beta1),
           .beta2 = static_cast<T>(recipe.beta2),
           .one_minus_beta2 = static_cast<T>(1 - recipe.beta2),
           .rate = static_cast<T>(rate / (1 - power(recipe.beta1, step))),
           .root_of_bias2 = static_cast<T>(1 / std::sqrt(1 - power(recipe.beta2, step))),
           .epsilon = static_cast<T>(recipe.epsilon)};
}

template <class T>
void OptimiserStep<T>::apply(std::span<const T> gradient, bool decay, std::span<T> mean,
                             std::span<T> square, std::span<T> values) const {
  if (kind_ == Training::kAdam) {
    AdamStep<T> step = adam_;
    step.decay = decay ? decay_ : T(0);
    kernels<T>().adam(step, values.size(), gradient.data(), mean.data(), square.data(),
                      values.data());
    return;
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    const T g = fma(decay ? decay_ : T(0), values[k], adam_.scale * gradient[k]);
    mean[k] = fma(momentum_, mean[k], g);
    values[k] -= rate_ * mean[k];
  }
}

template class OptimiserStep<float>;
template class OptimiserStep<double>;

}  // namespace neurosim
