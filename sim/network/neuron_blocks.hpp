#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/model.hpp"

namespace neurosim {

/// The neurons of one population in blocks of kBlock: everything that stays constant while the
/// network runs. State lives with whoever runs them, in memory that this class lays out.
/// Thread-safe: all members are const.
template <class T>
class NeuronBlocks {
 public:
  virtual ~NeuronBlocks() = default;

  std::size_t size() const { return size_; }
  const ModelInfo& model() const { return model_; }
  int blocks() const { return static_cast<int>((size_ + kBlock - 1) / kBlock); }
  /// Neurons in a block.
  int count(int block) const {
    const std::size_t left = size_ - static_cast<std::size_t>(block) * kBlock;
    return left < kBlock ? static_cast<int>(left) : kBlock;
  }
  /// Lanes to compute in a block: its neurons, rounded up to a multiple of kLaneGroup.
  int width(int block) const { return (count(block) + kLaneGroup - 1) / kLaneGroup * kLaneGroup; }

  /// Bytes of state a block, a multiple of the cache line.
  virtual std::size_t state_bytes() const = 0;
  virtual void reset(int block, void* state) const = 0;
  /// Advances a block by one tick; see models/model.hpp. `input` and `output` hold kBlock values.
  /// REQUIRES: context.width == width(block), context.first_neuron == block * kBlock.
  virtual std::uint32_t step(int block, void* state, const T* input, const StepContext& context,
                             T* output) const = 0;
  /// Variable `variable` (index into the model's variables) of a neuron at `tick`.
  virtual double observe(int block, const void* state, std::size_t variable, int lane,
                         Tick tick) const = 0;

 protected:
  NeuronBlocks(const ModelInfo& model, std::size_t size) : model_(model), size_(size) {}

 private:
  ModelInfo model_;
  std::size_t size_;
};

/// Makes the neurons of a population. `values` follows the model's fields; each is empty, one
/// number, or `size` numbers.
template <class T>
std::unique_ptr<NeuronBlocks<T>> make_neuron_blocks(std::string_view model, std::size_t size,
                                                    std::span<const FieldValue> values);

}  // namespace neurosim
