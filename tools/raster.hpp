#pragma once

#include <cstddef>
#include <string>

#include "sim/core/spike_train.hpp"

namespace neurosim {

enum class Glyphs { kAscii, kBraille };

struct RasterFrame {
  std::size_t neurons = 0;
  Tick ticks = 0;
  double step_ms = 1;
  int columns = 80;  ///< of the terminal, labels included
  int rows = 24;     ///< most lines for neurons
  Glyphs glyphs = Glyphs::kBraille;
};

/// Spikes as dots: time runs to the right along an axis in ms, neuron 0 is at the bottom. Where
/// neurons or ticks outnumber the dots, a dot stands for several and is set if any of them spikes,
/// so no spike vanishes; silent neurons keep their room.
/// REQUIRES: every spike below `ticks` and `neurons`.
std::string draw_raster(const SpikeTrain& train, const RasterFrame& frame);

}  // namespace neurosim
