#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "sim/network/description.hpp"
#include "sim/network/topology.hpp"

namespace neurosim {

/// A population as planes of neurons, numbered row by row and plane after plane.
struct Planes {
  std::size_t channels = 1;
  std::array<std::size_t, 2> extent = {1, 1};  ///< height, width
  std::size_t size() const { return extent[0] * extent[1]; }
};

/// [channels, height, width], or [height, width] for one channel; nothing for other shapes.
std::optional<Planes> planes_of(const std::vector<std::size_t>& shape);

/// Places of a window, down and across: (extent + 2 padding - kernel) / stride + 1, rounded down;
/// 0 where it does not fit. REQUIRES: kernel and stride >= 1, padding >= 0.
std::array<std::size_t, 2> window_places(const Planes& from, const Window2d& window);

/// The connections of conv2d and pool2d. Sources that the same entries of the kernel reach, i.e. of
/// one channel, of one phase of the stride and as far from a border as matters, share a row.
/// REQUIRES: both shapes are planes, and the target's extent is window_places().
Topology connect_window(const PopulationSpec& from, const PopulationSpec& to,
                        const ConnectSpec& connect);

}  // namespace neurosim
