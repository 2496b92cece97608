#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "datasets/dataset.hpp"

namespace neurosim {

/// Handwriting-like digits 0..9, 28 x 28, drawn by the program: data for which no file is needed.
///
/// image(index) and label(index) depend only on (seed, split, index): any number of samples, any
/// order, any thread. The splits share no random draw. Each ten consecutive samples 10k..10k+9
/// hold every digit once, in random order. Only + - * / and sqrt are used, so that the images have
/// the same bits on every machine.
enum class DigitSplit : std::uint32_t { kTrain = 0, kTest = 1 };

struct SyntheticDigitsOptions {
  std::uint64_t seed = 1;
  DigitSplit split = DigitSplit::kTrain;
  std::size_t samples = 1;
};

inline constexpr std::size_t kMaxSyntheticDigits = std::numeric_limits<std::uint32_t>::max();

/// REQUIRES: 1 <= samples <= kMaxSyntheticDigits.
std::unique_ptr<ImageDataset> make_synthetic_digits(const SyntheticDigitsOptions& options);

}  // namespace neurosim
