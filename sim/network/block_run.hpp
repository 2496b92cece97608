#pragma once

#include <cstdint>

#include "models/model.hpp"

namespace neurosim {

/// Ticks that a block runs through at once, all its input being known: at most the bits of a mask.
inline constexpr int kMostWindow = 64;

/// A stretch of ticks of one block: what goes in, and what comes out.
template <class T>
struct BlockRun {
  StepContext context;  ///< of the first tick
  int ticks = 0;        ///< at most kMostWindow
  /// Of the first tick; receptors lie context.input_stride apart. Set to 0 once it is taken.
  T* input = nullptr;
  std::size_t tick_stride = 0;
  std::uint64_t touched = 0;  ///< bit t: there may be input at tick t; else it is 0
  std::uint64_t lanes = 0;    ///< the real neurons
  int receptors = 1;
  bool awake = true;  ///< in: step the first tick in any case; out: step the next one

  std::uint64_t* spikes = nullptr;  ///< [ticks], all 0 before: masks of who fired
  T* values = nullptr;              ///< [ticks][kBlock], outputs at ticks with spikes; may be null
  std::uint64_t steps = 0;          ///< ticks that were computed
  std::uint64_t driven = 0;         ///< neuron updates with an input other than 0
};

}  // namespace neurosim
