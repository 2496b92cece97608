#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/network/kernels.hpp"
#include "sim/network/network.hpp"
#include "sim/train/activity_penalty.hpp"
#include "sim/train/errors.hpp"
#include "sim/train/plan.hpp"
#include "sim/train/recipe.hpp"
#include "sim/train/shard.hpp"
#include "sim/train/shard_gradient.hpp"
#include "sim/train/sparse_product.hpp"
#include "sim/train/times.hpp"
#include "sim/train/transposed.hpp"
#include "sim/train/weight_gradient.hpp"

namespace neurosim {

/// What stays the same while a batch is worked on.
struct BatchSettings {
  std::vector<float> thresholds;      ///< [population], for errors
  std::vector<GradientOrder> orders;  ///< [projection]
  int histogram_offset = 0;           ///< first step that goes into the histograms
};

/// The backward pass of a shard: errors from the readout to everything that learns, segment by
/// segment back in time. Not thread-safe: one a thread.
template <class T>
class Backward {
 public:
  /// All referred to must outlive this. `transposed` follows the projections and is empty for those
  /// that do not propagate.
  Backward(const Network<T>& network, const Plan& plan, const Recipe& recipe,
           const Segments& segments,
           const std::vector<std::optional<TransposedWeights<T>>>& transposed);

  /// Before the last segment of a shard. `d_readout`: gradient of the loss by each readout value at
  /// the last tick, [sample][class].
  void begin(const ShardRecord<T>& record, const std::vector<std::vector<double>>& d_readout,
             std::size_t batch_samples);
  /// Takes the errors through one segment, last segment first, and adds to `gradient`.
  void run(const ShardRecord<T>& record, std::size_t segment, const BatchSettings& settings,
           ShardGradient<T>& gradient);

  /// Since this was made: propagate, adjoint, select, weights.
  const TrainingTimes& times() const { return times_; }

 private:
  /// Errors on their way through one projection: filtered back in time.
  struct Filter {
    T factor = 0;
    std::size_t lanes = 0;  ///< of the sources
    std::vector<T> carry;   ///< [sample][lanes], at the tick after those done
    std::vector<std::uint8_t> live;
  };

  void start_readout(std::size_t sample, T* rows, int block, Segment ticks) const;
  void run_blocks(std::size_t population, const ShardRecord<T>& record, Segment ticks,
                  const BatchSettings& settings, ShardGradient<T>& gradient);
  void run_block(std::size_t population, std::size_t sample, int block,
                 const ShardRecord<T>& record, Segment ticks, const BatchSettings& settings,
                 ShardGradient<T>& gradient);
  int ticks_left(std::size_t projection, Segment ticks) const;
  void multiply_sparse(std::size_t population, std::size_t sample, Segment ticks);
  bool gather(std::size_t population, std::size_t sample, int block, Segment ticks,
              const ShardRecord<T>& record, T* rows);
  void product(std::size_t projection, std::size_t sample, int block, Tick row, int count, T* out);
  void run_ticks(const Stage& stage, std::size_t sample, const ShardRecord<T>& record,
                 Segment ticks, const BatchSettings& settings, ShardGradient<T>& gradient);
  void gather_tick(std::size_t population, std::size_t sample, Tick tick, Segment ticks);
  void deliver_errors(std::size_t projection, std::size_t sample, Tick row, T* sums);
  void adjoint(std::size_t population, std::size_t sample, int block, const ShardRecord<T>& record,
               Segment ticks, Tick row, int count, ShardGradient<T>& gradient);
  void select(std::size_t population, std::size_t sample, int block, Segment ticks, Tick row,
              int count, const BatchSettings& settings, ErrorCount& errors);
  void finish(std::size_t population, Segment ticks, const ShardRecord<T>& record,
              const BatchSettings& settings, ShardGradient<T>& gradient);
  std::byte* carry(std::size_t population, std::size_t sample, int block);

  const Network<T>& network_;
  const Plan& plan_;
  const Recipe& recipe_;
  Segments segments_;
  const std::vector<std::optional<TransposedWeights<T>>>& transposed_;
  const Kernels<T>& kernels_;
  std::vector<Errors<T>> errors_;                  ///< [population]
  std::vector<AlignedVector<std::byte>> carries_;  ///< [population]: [sample][block]
  std::vector<Filter> filters_;                    ///< [projection]
  std::vector<std::vector<double>> d_readout_;
  std::vector<std::vector<T>> inputs_;  ///< [population], gradient by the outputs at one tick
  AlignedVector<T> product_;            ///< [tick][width] of one block
  std::vector<SparseProduct<T>> sparse_products_;  ///< [projection], of one sample
  SpikeRows row_;
  ActivityPenalty<T> penalty_;
  WeightGradient<T> weight_gradient_;
  TrainingTimes times_;
};

}  // namespace neurosim
