#pragma once

#include <cstddef>

#include "sim/network/network.hpp"
#include "sim/train/plan.hpp"
#include "sim/train/recipe.hpp"
#include "sim/train/shard.hpp"

namespace neurosim {

/// What a population's outputs owe to `activity_penalty`.
template <class T>
class ActivityPenalty {
 public:
  /// All referred to must outlive this.
  ActivityPenalty(const Network<T>& network, const Plan& plan, const Recipe& recipe)
      : network_(network), plan_(plan), recipe_(recipe) {}

  void begin(std::size_t batch_samples) { batch_samples_ = static_cast<double>(batch_samples); }
  /// Fills a block's rows with the gradient. Returns false, and leaves them, where there is none.
  bool add(std::size_t population, std::size_t sample, int block, Segment ticks,
           const ShardRecord<T>& record, T* rows) const;

 private:
  bool due(std::size_t population, std::size_t sample, const ShardRecord<T>& record) const;

  const Network<T>& network_;
  const Plan& plan_;
  const Recipe& recipe_;
  double batch_samples_ = 1;
};

}  // namespace neurosim
