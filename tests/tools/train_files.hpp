#pragma once

#include <string_view>

namespace neurosim {

/// Twelve SRC neurons and a readout that learn drawn digits, 40 of them for two epochs: trains in
/// a fraction of a second.
inline constexpr std::string_view kTrainNetwork = R"(format: neurosim/1
name: tiny
time: { steps: 40 }
data: { dataset: synthetic-digits, samples: 5, encoder: { type: rate, gain: 1 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 12 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 3 }, learn: true }
  - { from: hidden, to: classes, weights: { init: xavier_uniform }, learn: true }
training: { samples: 40, batch: 8, epochs: 2, validation: 0.2 }
record:
  spikes: [pixels]
)";

}  // namespace neurosim
