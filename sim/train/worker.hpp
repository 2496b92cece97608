#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/train/backward.hpp"
#include "sim/train/forward.hpp"
#include "sim/train/trainer.hpp"

namespace neurosim {

/// What the shards of an epoch, a batch or the validation samples add up to.
struct ShardResult {
  double loss = 0;  ///< sum over samples
  std::uint64_t correct = 0;
};

/// What one thread needs to take shards through the network.
template <class T>
class Worker {
 public:
  /// All referred to must outlive this.
  Worker(const Network<T>& network, const Plan& plan, const Recipe& recipe,
         const Segments& segments, const TrainingData& data,
         const std::vector<std::optional<TransposedWeights<T>>>& transposed);

  /// Forward and backward pass of a shard of a batch of `batch_samples`; overwrites `gradient`.
  void learn(std::span<const std::uint32_t> samples, std::uint32_t pass, std::size_t batch_samples,
             const BatchSettings& settings, ShardGradient<T>& gradient);
  /// Forward pass only.
  ShardResult evaluate(std::span<const std::uint32_t> samples, std::uint32_t pass);

  /// Since this was made, without `update` and `wall`.
  TrainingTimes times() const;

 private:
  void forward(std::span<const std::uint32_t> samples, std::uint32_t pass, Taping taping);
  ShardResult loss(std::span<const std::uint32_t> samples, double weight);

  const Network<T>& network_;
  const Plan& plan_;
  const Recipe& recipe_;
  Segments segments_;
  const TrainingData& data_;
  ShardRecord<T> record_;
  Forward<T> forward_;
  Backward<T> backward_;
  std::vector<std::vector<double>> d_readout_;
  TrainingTimes times_;
};

}  // namespace neurosim
