#pragma once

// The trainer behind trainer.hpp; nothing outside sim/train includes this.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/split.hpp"
#include "sim/core/thread_team.hpp"
#include "sim/train/epoch.hpp"
#include "sim/train/parameters.hpp"
#include "sim/train/trainer.hpp"
#include "sim/train/transposed.hpp"
#include "sim/train/worker.hpp"

namespace neurosim {

template <class T>
class TrainerOf final : public Trainer {
 public:
  TrainerOf(const Description& description, Network<T> network, TrainingData data,
            const TrainerOptions& options);

  MemoryEstimate memory() const override { return memory_; }
  TrainingTimes times() const override;
  bool run(const Hooks& hooks) override;
  Checkpoint checkpoint() const override;
  void restore(const Checkpoint& checkpoint) override;

 private:
  using Transposed = std::vector<std::optional<TransposedWeights<T>>>;

  void make_transposed();
  bool run_epoch(const Hooks& hooks);
  void learn_batch(std::span<const std::uint32_t> samples);
  BatchSettings settings() const;
  GradientOrder order_of(std::size_t projection) const;
  void count_batch(std::span<const ShardGradient<T>> shards, std::size_t samples);
  void update(std::span<const ShardGradient<T>> shards, const BatchSettings& settings);
  double sum_gradients(std::span<const ShardGradient<T>> shards, const BatchSettings& settings);
  void refresh_transposed();
  void check_finite(double loss, double norm) const;
  void end_epoch(const Hooks& hooks);
  ShardResult validate();
  bool finished() const;
  void keep_best(const EpochMetrics& metrics);
  std::string place() const;

  void save_state(Checkpoint& checkpoint) const;
  void restore_weights(const Checkpoint& checkpoint);

  Description description_;
  Network<T> network_;
  TrainingData data_;
  Recipe recipe_;
  Plan plan_;
  Split split_;
  MemoryEstimate memory_;
  Segments segments_;
  Parameters<T> parameters_;
  Transposed transposed_;
  ThreadTeam team_;
  std::vector<std::unique_ptr<Worker<T>>> workers_;  ///< [thread]
  std::vector<ShardGradient<T>> shards_;
  std::vector<std::uint8_t> spiking_;  ///< [population]

  // What a checkpoint holds.
  std::uint64_t epoch_ = 0;  ///< epochs done
  std::uint64_t step_ = 0;   ///< batches done, in all epochs
  EpochSums sums_;
  std::vector<ErrorThreshold> thresholds_;  ///< [population]
  std::vector<EpochMetrics> history_;
  double best_loss_ = 0;
  std::uint64_t best_epoch_ = 0;      ///< counts from 1; 0: none yet
  std::vector<std::vector<T>> best_;  ///< [parameter], values after the best epoch
  bool ended_ = false;  ///< by early stopping: the best weights are back, there is no going on

  std::vector<std::uint32_t> order_;  ///< the epoch's samples
  double update_seconds_ = 0, wall_seconds_ = 0;
};

/// Threads that can have work at once: one a shard of a batch.
unsigned useful_threads(const Recipe& recipe, unsigned threads);

/// Chooses how many segments a sample is cut into, and adds up what a run needs.
template <class T>
MemoryEstimate estimate_memory(const Network<T>& network, const Plan& plan, const Recipe& recipe,
                               const TrainerOptions& options);

}  // namespace neurosim
