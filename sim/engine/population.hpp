#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/core/record.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/kernels.hpp"
#include "sim/network/neuron_blocks.hpp"

namespace neurosim {

/// The spikes of one block at one tick, as it sent them.
struct BlockSpikes {
  Tick tick = 0;
  std::uint32_t block = 0;
  std::uint64_t mask = 0;
  std::size_t first_value = 0;
};

/// What blocks sent and did until it was collected. Threads that advance different blocks of one
/// population each have their own, on cache lines of its own.
template <class T>
struct alignas(128) Sent {
  std::vector<BlockSpikes> spikes;
  std::vector<T> values;      ///< of graded spikes
  std::uint64_t updates = 0;  ///< neuron updates computed
  std::uint64_t driven = 0;   ///< of these, those with an input other than 0
};

/// State of one population during a sample, and what it sends. One step of one block goes through
/// the same code of the model, whichever engine asks for it.
template <class T>
class Population {
 public:
  /// `seed`: of this population's noise alone.
  Population(const NeuronBlocks<T>& neurons, std::uint64_t seed);

  const NeuronBlocks<T>& neurons() const { return neurons_; }

  /// Back to the initial state, with nothing sent.
  void reset(std::uint32_t sample);
  /// Makes room for the output of as many threads. REQUIRES: nothing was sent since reset().
  void split(std::size_t parts) { sent_.resize(parts); }

  struct Outcome {
    std::uint64_t spikes = 0;  ///< mask of the lanes that fired
    bool awake = false;        ///< the block must be stepped again at the next tick
  };
  /// One tick of one block, its inputs `stride` apart. The spikes are kept until take_spikes();
  /// output() shows all lanes.
  Outcome advance(int block, Tick tick, const T* input, std::size_t stride = kBlock) {
    return advance(block, tick, input, stride, sent_[0], output_.at);
  }
  /// The same for one of several threads.
  Outcome advance(int block, Tick tick, const T* input, std::size_t stride, std::size_t part,
                  T* output) {
    return advance(block, tick, input, stride, sent_[part], output);
  }
  /// Several ticks of one block: `run` says which, with what input, and whether the block is awake.
  void run(int block, Tick first, BlockRun<T>& run, std::size_t part);

  const T* output() const { return output_.at; }

  /// Appends what was sent to `train`, in order of tick and neuron, and counts it per neuron.
  /// REQUIRES: in each part, blocks advanced in ascending order, each in tick order, or ticks in
  /// ascending order, each with blocks in ascending order; parts in ascending order of blocks.
  void take_spikes(SpikeTrain& train, std::vector<std::uint32_t>& spiking_ticks);

  double observe(NeuronId neuron, std::size_t variable, Tick tick) const;
  /// All variables of all neurons at `tick`, [variable][neuron].
  void dump(Tick tick, std::vector<double>& values) const;

  std::uint64_t updates() const;
  std::uint64_t driven() const;

 private:
  Outcome advance(int block, Tick tick, const T* input, std::size_t stride, Sent<T>& sent,
                  T* output);
  StepContext context(int block, Tick tick, std::size_t stride) const;
  std::uint64_t lanes(int block) const;
  void send(int block, Tick tick, std::uint64_t mask, const T* output, Sent<T>& sent) const;
  void* state(int block) { return states_.data() + offset(block); }
  const void* state(int block) const { return states_.data() + offset(block); }
  std::size_t offset(int block) const { return static_cast<std::size_t>(block) * stride_; }

  const NeuronBlocks<T>& neurons_;
  const Kernels<T>& kernels_;
  std::uint64_t seed_;
  std::uint32_t sample_ = 0;
  std::size_t stride_;
  AlignedVector<std::byte> states_;
  Lanes<T> output_;
  std::vector<Sent<T>> sent_;  ///< by thread
  std::vector<BlockSpikes> all_, sorted_;
};

}  // namespace neurosim
