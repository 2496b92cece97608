#pragma once

#include <cstdint>
#include <vector>

namespace neurosim {

/// Softmax cross-entropy of one sample (arXiv:2306.03623, sec. 4.3).
struct Loss {
  double value = 0;  ///< -log of the label's share
  bool correct = false;
  std::vector<double> gradient;  ///< by each readout value, of `value` x `weight`
};

/// `readout`: values at the last tick, one a class. REQUIRES: 0 <= label < readout.size().
Loss cross_entropy(const std::vector<double>& readout, std::size_t label, double weight);

}  // namespace neurosim
