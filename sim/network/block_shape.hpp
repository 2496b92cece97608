#pragma once

#include <cstddef>

#include "models/model.hpp"

namespace neurosim {

/// How a population is cut into blocks of kBlock neurons.
struct BlockShape {
  std::size_t size = 0;  ///< neurons

  int blocks() const { return static_cast<int>((size + kBlock - 1) / kBlock); }
  /// Neurons in a block.
  int count(int block) const {
    const std::size_t left = size - static_cast<std::size_t>(block) * kBlock;
    return left < kBlock ? static_cast<int>(left) : kBlock;
  }
  /// Lanes to compute in a block: its neurons, rounded up to a multiple of kLaneGroup.
  int width(int block) const { return (count(block) + kLaneGroup - 1) / kLaneGroup * kLaneGroup; }
  /// Lanes in all blocks.
  std::size_t lanes() const { return (size + kLaneGroup - 1) / kLaneGroup * kLaneGroup; }
};

}  // namespace neurosim
