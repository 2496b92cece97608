#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/network/kernels.hpp"
#include "sim/network/network.hpp"
#include "sim/train/plan.hpp"
#include "sim/train/shard.hpp"

namespace neurosim {

/// Whether the forward pass writes the tape.
enum class Taping { kOff, kOn };

/// The forward pass of a shard: the same `step` and the same order of summation as the engines, so
/// that spikes are theirs bit for bit. Not thread-safe: one a thread.
template <class T>
class Forward {
 public:
  /// All referred to must outlive this.
  Forward(const Network<T>& network, const Plan& plan, const GradientMode& mode,
          const Segments& segments);

  /// Runs all ticks of every sample of `record.inputs`; `numbers` are the samples' own, by which
  /// noise is keyed, together with `pass`. With one segment and kOn the tape is complete after it.
  void run(ShardRecord<T>& record, std::span<const std::uint32_t> numbers, std::uint32_t pass,
           Taping taping);
  /// Runs one segment again from the state that run() left at its start, for the tape.
  void replay(ShardRecord<T>& record, std::size_t segment);

 private:
  struct Source {
    const Projection<T>* projection;
    const SpikeRows* spikes;
  };
  struct Pass {
    Segment ticks;
    Taping taping;
    bool record;  ///< spikes and states; off in a replay
  };

  bool all_dense(std::size_t population) const;
  StepContext context(std::size_t population, std::size_t sample, int block) const;
  void advance(std::size_t population, const Pass& pass, ShardRecord<T>& record);
  void sweep(std::size_t population, const Pass& pass, ShardRecord<T>& record);
  void sweep_block(std::size_t population, std::size_t sample, int block, const Pass& pass,
                   ShardRecord<T>& record);
  void collect(std::size_t population, std::size_t sample, ShardRecord<T>& record);
  void march(std::span<const std::size_t> populations, std::size_t sample, const Pass& pass,
             ShardRecord<T>& record);
  void march_block(std::size_t population, std::size_t sample, int block, Tick tick,
                   const Pass& pass, ShardRecord<T>& record);
  std::byte* marching(std::size_t population, int block);
  void sum_inputs(std::size_t population, std::size_t sample, Tick tick,
                  const ShardRecord<T>& record);
  void read_out(std::size_t sample, int block, const void* state, ShardRecord<T>& record) const;

  std::byte* saved(std::size_t population, std::size_t sample, std::size_t segment, int block);
  void enter(std::size_t population, std::size_t sample, int block, Tick tick, void* state);
  void leave(std::size_t population, std::size_t sample, int block, Tick tick, const void* state);
  Tape<T> tape_of(std::size_t population, std::size_t sample, int block, const Pass& pass,
                  ShardRecord<T>& record) const;

  const Network<T>& network_;
  const Plan& plan_;
  const GradientMode& mode_;
  Segments segments_;
  const Kernels<T>& kernels_;
  std::span<const std::uint32_t> numbers_;
  std::uint32_t pass_ = 0;
  std::vector<std::uint64_t> noise_seeds_;          ///< [population]
  std::vector<AlignedVector<std::byte>> saved_;     ///< [population], states at segments' starts
  AlignedVector<std::byte> state_;                  ///< of the block in a sweep
  std::vector<AlignedVector<std::byte>> marching_;  ///< [population], states of all blocks
  std::vector<AlignedVector<T>> input_;             ///< [population], summed input of all blocks
  std::vector<Source> incoming_;
  struct BlockSpikes {
    std::vector<std::uint64_t> masks;  ///< [tick]
    std::vector<T> values;
  };
  std::vector<BlockSpikes> sent_;  ///< [sample][block] of the population in a sweep
};

}  // namespace neurosim
