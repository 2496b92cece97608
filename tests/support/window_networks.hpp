#pragma once

#include <cstdint>
#include <string>

namespace neurosim::test {

/// A network of conv2d and pool2d projections as YAML, drawn from a seed: any kernels, strides,
/// paddings, delays and rounding, with a readout, some with loops. All neurons' states are
/// recorded.
std::string random_window_network(std::uint64_t seed);

}  // namespace neurosim::test
