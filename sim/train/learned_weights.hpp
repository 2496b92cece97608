#pragma once

#include <cstddef>
#include <functional>
#include <numeric>

#include "sim/network/network.hpp"

namespace neurosim {

/// Whether several synapses of a projection share what is learned: the weights of a kernel, which
/// is laid out as files hold it, [out, in, height, width].
template <class T>
bool has_kernel(const Projection<T>& projection) {
  return !projection.shared_row.empty();
}

/// The numbers that are learned of a projection's weights, padding included.
template <class T>
std::size_t learned_weights(const Projection<T>& projection) {
  if (projection.dense) return projection.slabs.size();
  if (!has_kernel(projection)) return projection.weight.size();
  return std::accumulate(projection.file_shape.begin(), projection.file_shape.end(), std::size_t{1},
                         std::multiplies<>());
}

}  // namespace neurosim
