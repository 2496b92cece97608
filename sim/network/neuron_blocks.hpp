#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/model.hpp"
#include "sim/network/block_run.hpp"
#include "sim/network/block_shape.hpp"

namespace neurosim {

/// The neurons of one population in blocks of kBlock: everything that stays constant while the
/// network runs. State lives with whoever runs them, in memory that this class lays out.
/// Thread-safe but for assign().
template <class T>
class NeuronBlocks {
 public:
  virtual ~NeuronBlocks() = default;

  std::size_t size() const { return shape_.size; }
  const BlockShape& shape() const { return shape_; }
  const ModelInfo& model() const { return model_; }
  int blocks() const { return shape_.blocks(); }
  int count(int block) const { return shape_.count(block); }
  int width(int block) const { return shape_.width(block); }

  /// Bytes of state a block, a multiple of the cache line.
  virtual std::size_t state_bytes() const = 0;
  virtual void reset(int block, void* state) const = 0;
  /// Advances a block by one tick; see models/model.hpp. `input` and `output` hold kBlock values.
  /// REQUIRES: context.width == width(block), context.first_neuron == block * kBlock.
  virtual std::uint32_t step(int block, void* state, const T* input, const StepContext& context,
                             T* output, const Tape<T>& tape = {}) const = 0;
  /// Advances a block by as many ticks as `run` says. REQUIRES: as for step().
  virtual void run(int block, void* state, BlockRun<T>& run) const = 0;
  /// Rows of the tape that a step writes, each of kBlock values.
  virtual int tape_rows(const GradientMode& mode) const = 0;
  /// Bytes that the adjoint of a block hands to the ticks before; all zero at the last tick.
  virtual std::size_t carry_bytes() const = 0;
  /// Runs backwards through a stretch of time; see models/model.hpp and AdjointRange.
  virtual void adjoint(int block, const GradientMode& mode, void* carry,
                       const AdjointRange<T>& range, T* d_parameters) const = 0;
  /// f of AdjointRange::error.
  virtual double error_filter(const GradientMode& mode) const = 0;

  /// The values of the model's fields.
  const std::vector<FieldValue>& values() const { return values_; }
  /// Inputs that a neuron sums apart from one another.
  int receptors() const { return receptors_; }
  /// Whether spikes carry values; a graded model's fields may say otherwise.
  bool graded() const { return graded_; }
  /// Replaces the values of all fields. REQUIRES: they are valid, and no other call at the time.
  virtual void assign(std::vector<FieldValue> values) = 0;
  /// Variable `variable` (index into the model's variables) of a neuron at `tick`.
  virtual double observe(int block, const void* state, std::size_t variable, int lane,
                         Tick tick) const = 0;

 protected:
  NeuronBlocks(const ModelInfo& model, std::size_t size) : model_(model), shape_{size} {}
  std::vector<FieldValue> values_;
  bool graded_ = false;
  int receptors_ = 1;

 private:
  ModelInfo model_;
  BlockShape shape_;
};

/// Makes the neurons of a population. `values` follows the model's fields; each is empty, one
/// number, or `size` numbers. `step_ms` is the length of a tick.
template <class T>
std::unique_ptr<NeuronBlocks<T>> make_neuron_blocks(std::string_view model, std::size_t size,
                                                    std::span<const FieldValue> values,
                                                    double step_ms);

}  // namespace neurosim
