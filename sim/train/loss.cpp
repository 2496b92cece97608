#include "sim/train/loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/numerics.hpp"

namespace neurosim {

Loss cross_entropy(const std::vector<double>& readout, std::size_t label, double weight) {
  const auto largest = std::max_element(readout.begin(), readout.end());
  Loss loss;
  loss.correct = static_cast<std::size_t>(largest - readout.begin()) == label;
  double sum = 0;
  for (const double value : readout) {
    loss.gradient.push_back(neurosim::exp(value - *largest));
    sum += loss.gradient.back();
  }
  const double ratio = sum * (readout[label] - *largest);  // not finite where any readout is not
  loss.value = std::isfinite(ratio) ? neurosim::log(sum) - (readout[label] - *largest)
                                    : std::numeric_limits<double>::quiet_NaN();
  for (double& share : loss.gradient) share = share / sum * weight;
  loss.gradient[label] -= weight;
  return loss;
}

}  // namespace neurosim
