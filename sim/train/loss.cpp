#include "sim/train/loss.hpp"

#include <algorithm>

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
  loss.value = neurosim::log(sum) - (readout[label] - *largest);
  for (double& share : loss.gradient) share = share / sum * weight;
  loss.gradient[label] -= weight;
  return loss;
}

}  // namespace neurosim
