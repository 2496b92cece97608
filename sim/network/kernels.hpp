#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>

#include "models/model.hpp"
#include "models/model_list.hpp"
#include "sim/network/block_run.hpp"

namespace neurosim {

/// Constants of one step of Adam, the same for all parameters.
template <class T>
struct AdamStep {
  T scale;  ///< of the gradient: clipping
  T decay;  ///< times the value, added to the gradient
  T beta1, one_minus_beta1, beta2, one_minus_beta2;
  T rate;           ///< learning rate / (1 - beta1^n)
  T root_of_bias2;  ///< 1 / sqrt(1 - beta2^n)
  T epsilon;
};

/// The loops that cost time, compiled once for each instruction set from kernels_impl.hpp and
/// chosen at start-up. All targets give the same bits: they fuse where the code says fma, sum in
/// the same order, and use no approximation of the processor.
template <class T>
struct Kernels {
  /// Model::step and Model::adjoint with their types erased (see models/model.hpp).
  using Step = std::uint32_t (*)(const void* parameters, const void* cells, void* state,
                                 const T* input, const StepContext& context, T* output,
                                 const Tape<T>& tape);
  using Adjoint = void (*)(const void* parameters, const void* cells, const GradientMode& mode,
                           void* carry, const AdjointRange<T>& range, T* d_parameters);
  /// As many steps as `run` says, but for those at which nothing can happen.
  using Run = void (*)(const void* parameters, const void* cells, void* state, BlockRun<T>& run);
  std::array<Step, std::tuple_size_v<ModelList>> step;
  std::array<Run, std::tuple_size_v<ModelList>> run;
  std::array<Adjoint, std::tuple_size_v<ModelList>> adjoint;  ///< nullptr: not trainable

  /// sum[k] = start[k], then fma(weights[id * width + k], value, sum[k]) for each spike in turn,
  /// k < width. `values` empty: every value is 1. `start` may be `sum` itself.
  /// REQUIRES: width a multiple of kLaneGroup, at most kBlock.
  void (*deliver_dense)(const T* weights, int width, std::span<const NeuronId> ids,
                        std::span<const double> values, const T* start, T* sum);

  /// input[target[k]] = fma(weight[k], value, input[target[k]]) for k < count.
  void (*deliver_sparse)(const NeuronId* target, const T* weight, std::size_t count, T value,
                         T* input);
  /// The same with *weight for every k.
  void (*deliver_constant)(const NeuronId* target, const T* weight, std::size_t count, T value,
                           T* input);

  /// Who a source connects to with probability p each, by geometric skips: writes the targets below
  /// `targets`, ascending, and returns how many. `scale` is failures_per_exponential(p); draw k is
  /// at {projection, source, k}. Stops at `room` targets, to be called again with the last target
  /// and `first_draw` advanced by as many.
  std::size_t (*draw_targets)(std::uint64_t seed, std::uint32_t projection, std::uint32_t source,
                              std::uint32_t first_draw, double scale, double last, double targets,
                              std::size_t room, NeuronId* out);

  /// input[k] = fma(row[k], value, input[k]) for k < count: the reference engine's delivery.
  void (*add_row)(const T* row, T value, std::size_t count, T* input);

  /// Bit k is set where output[k] > 0, k < width.
  std::uint64_t (*spike_mask)(const T* output, int width);

  /// Bit k is set where row[k] != 0, k < width.
  std::uint64_t (*nonzero_mask)(const T* row, int width);

  // The trainer's loops. Rows of a block lie width values apart, width as in deliver_dense.

  /// out[t * width + k] = fma(a[t * a_width + j], b[j * width + k], ...) for j < count in turn,
  /// t < rows, starting from what out holds: the same bits as deliver_dense gives for the entries
  /// of a row of `a` as spikes.
  void (*multiply_dense)(const T* a, int a_width, int rows, int count, const T* b, int width,
                         T* out);

  /// Backwards through time: row[t] = fma(factor, row[t + 1], row[t]), where the row after the last
  /// is `carry`, which takes row 0 at the end. `out` may be `rows` itself.
  void (*filter_backward)(const T* rows, int count, int width, T factor, T* carry, T* out);

  /// Forwards through time: row[t] = fma(factor, row[t - 1], row[t]), from row 1 on.
  void (*filter_forward)(T* rows, int count, int width, T factor);

  /// Sets values with |value| < threshold to 0 and bit k of masks[t] where one is left. Adds to
  /// `squares` the sum of all squares and to `dropped` that of the values set to 0, lane by lane
  /// (kBlock lanes each).
  void (*select_errors)(T* rows, int count, int width, T threshold, std::uint64_t* masks,
                        T* squares, T* dropped);

  /// Adam (Kingma and Ba, 2015) as PyTorch computes it; see sim/train/optimiser.hpp.
  void (*adam)(const AdamStep<T>& step, std::size_t count, const T* gradient, T* mean, T* square,
               T* values);
};

template <class T>
const Kernels<T>& kernels();

}  // namespace neurosim
