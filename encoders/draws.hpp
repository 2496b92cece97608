#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace neurosim {

/// Blocks of four draws, many side by side. A block gives the next four successes of a row of
/// trials (geometric.hpp); SuccessRow does the same exactly, one block after the other.
struct DrawBlocks {
  /// Blocks are drawn in groups of so many.
  static constexpr std::size_t kGroup = 64;
  /// The most trials that may be asked for; failures are counted in single precision.
  static constexpr std::uint32_t kMostTrials = std::uint32_t{1} << 20;
  /// Above this, every block is open (see below).
  static constexpr float kMostPerOctave = 1e5f;

  /// Where four successes stand, if the block's first trial is number 0.
  struct Successes {
    std::uint32_t trials[4];
  };

  std::uint64_t seed = 0;
  std::uint32_t sample = 0;  ///< block k is drawn at the place {sample, block[k], neuron[k]}
  std::uint32_t trials = 0;  ///< successes from here on may come at any later trial
  std::size_t groups = 0;
  const std::uint32_t* block = nullptr;
  const std::uint32_t* neuron = nullptr;
  const float* per_octave = nullptr;  ///< ln 2 failures_per_exponential(p), at most kMostPerOctave

  Successes* successes = nullptr;
  /// Not 0 if single precision cannot tell on which side of an integer a number of the block lies,
  /// so that its successes may be wrong: about one block in 22,000 p.
  std::uint32_t* open = nullptr;
};

/// Writes `successes` and `open`; returns whether any block is open. REQUIRES: trials at most
/// kMostTrials.
bool draw_blocks(const DrawBlocks& blocks);

/// draw_blocks as compiled for one instruction set.
struct DrawTarget {
  std::string_view name;
  bool (*draw)(const DrawBlocks& blocks);
};

/// Those that this processor can run, the fastest first. All give the same bits.
std::span<const DrawTarget> draw_targets();

}  // namespace neurosim
