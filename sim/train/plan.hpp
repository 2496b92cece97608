#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/gradient.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// Where errors have to go in a network: from the readout back to everything that learns.
struct Plan {
  std::size_t readout = 0;
  std::vector<std::uint8_t> backward;   ///< [population]: its error is needed
  std::vector<std::uint8_t> propagate;  ///< [projection]: takes errors from target to source
  std::vector<std::uint8_t> learn;      ///< [projection]
  std::vector<std::vector<std::size_t>> outgoing;  ///< [population]: projections that propagate
  Tick longest_delay = 0;                          ///< of those that propagate or learn
};

/// Throws ConfigError with everything that keeps the network from being trained: no readout or
/// several, nothing that learns, something that learns without a way to the readout, a neuron
/// option without an adjoint.
Plan make_plan(const Description& description, const GradientMode& mode);

}  // namespace neurosim
