#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>

#include "models/model.hpp"
#include "models/model_list.hpp"

namespace neurosim {

/// The loops that cost time, compiled once for each instruction set from kernels_impl.hpp and
/// chosen at start-up. All targets give the same bits: they fuse where the code says fma, sum in
/// the same order, and use no approximation of the processor.
template <class T>
struct Kernels {
  /// Model::step with its types erased (see models/model.hpp).
  using Step = std::uint32_t (*)(const void* parameters, const void* cells, void* state,
                                 const T* input, const StepContext& context, T* output);
  std::array<Step, std::tuple_size_v<ModelList>> step;

  /// sum[k] = start[k], then fma(weights[id * width + k], value, sum[k]) for each spike in turn,
  /// k < width. `values` empty: every value is 1. `start` may be `sum` itself.
  /// REQUIRES: width a multiple of kLaneGroup, at most kBlock.
  void (*deliver_dense)(const T* weights, int width, std::span<const NeuronId> ids,
                        std::span<const double> values, const T* start, T* sum);

  /// input[target[k]] = fma(weight[k], value, input[target[k]]) for k < count.
  void (*deliver_sparse)(const NeuronId* target, const T* weight, std::size_t count, T value,
                         T* input);

  /// input[k] = fma(row[k], value, input[k]) for k < count: the reference engine's delivery.
  void (*add_row)(const T* row, T value, std::size_t count, T* input);

  /// Bit k is set where output[k] > 0, k < width.
  std::uint64_t (*spike_mask)(const T* output, int width);
};

template <class T>
const Kernels<T>& kernels();

/// Instruction set in use: `avx2` or `baseline`.
std::string_view simd_target();

}  // namespace neurosim
