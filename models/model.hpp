#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/gradient.hpp"
#include "models/registry.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// Neurons that wake, advance and sleep together. One block's spikes fit one 64-bit mask.
inline constexpr int kBlock = 64;

/// Blocks are cut to a multiple of this many neurons where a population ends.
inline constexpr int kLaneGroup = 16;

/// One value a neuron of a block.
template <class T>
struct alignas(64) Lanes {
  T at[kBlock];
};

/// What a block's step needs to know beside its state.
struct StepContext {
  Tick tick = 0;
  int width = kBlock;  ///< lanes to compute, a multiple of kLaneGroup
  /// Of a model with several inputs (ModelInfo::receptors): how far apart they lie.
  std::size_t input_stride = kBlock;
  NeuronId first_neuron = 0;  ///< neuron of lane 0, for random numbers
  std::uint64_t seed = 0;
  std::uint32_t sample = 0;
};

/// A parameter's value for one neuron.
inline double value_of(const FieldValue& value, std::size_t neuron) {
  return value.size() == 1 ? value[0] : value[neuron];
}

/// A neuron model. `Parameters` are constants of a population, `Cells` parameters of a block's
/// neurons, `State` what changes, `Carry` what the adjoint hands to the tick before; all are plain
/// structs. parameters() is also given the length of a tick in ms.
///
/// step() advances a block by one tick, given each neuron's summed synaptic input, and writes each
/// neuron's output (0: no spike). It returns 0 if another step without input would change nothing
/// and send nothing, so that the block may sleep; any other value keeps it awake. With a tape it
/// also writes the tape_rows() rows that the adjoint reads.
/// observe() gives a recorded variable at `tick`, also while the block sleeps.
template <class M>
concept NeuronModel = requires(std::span<const FieldValue> values,
                               typename M::template Parameters<float> parameters,
                               typename M::template Cells<float> cells,
                               typename M::template State<float> state, const float* input,
                               StepContext context, float* output, Tape<float> tape) {
  { M::kInfo } -> std::convertible_to<ModelInfo>;
  { M::template parameters<float>(values, double{}) } -> std::same_as<decltype(parameters)>;
  {M::fill(cells, 0, values, std::size_t{})};
  {M::reset(parameters, cells, state)};
  {
    M::step(parameters, cells, state, input, context, output, tape)
    } -> std::same_as<std::uint32_t>;
  { M::observe(parameters, cells, state, std::size_t{}, 0, Tick{}) } -> std::same_as<double>;
};

/// A model that can be trained through (ModelInfo::trainable).
///
/// adjoint() runs backwards through the ticks of a range (see AdjointRange) and adds to
/// `d_parameters` the gradients of the learnable fields, in the order of the field table, one row
/// of kBlock lanes each.
template <class M>
concept TrainableModel = NeuronModel<M> &&
    requires(std::span<const FieldValue> values, typename M::template Parameters<float> parameters,
             typename M::template Cells<float> cells, typename M::template Carry<float> carry,
             float* output, GradientMode mode, AdjointRange<float> range) {
  { M::tape_rows(mode) } -> std::same_as<int>;
  { M::adjoint(parameters, cells, mode, carry, range, output) } -> std::same_as<void>;
  { M::error_filter(values, mode) } -> std::same_as<double>;
};

}  // namespace neurosim
