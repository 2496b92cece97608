#include "encoders/encoder.hpp"
#include "encoders/geometric.hpp"
#include "sim/core/error.hpp"

namespace neurosim {

namespace {

/// Appends successes of the row step 0 neuron 0, step 0 neuron 1, ... as spikes.
class RowReader {
 public:
  RowReader(std::size_t neurons, Tick first, SpikeTrain& train)
      : neurons_(neurons), first_(first), train_(train) {}

  void add(std::uint64_t trial) {
    if (trial - step_begin_ >= neurons_) {  // seldom: divisions are slow
      step_ = trial / neurons_;
      step_begin_ = step_ * neurons_;
    }
    train_.append(first_ + static_cast<Tick>(step_), static_cast<NeuronId>(trial - step_begin_));
  }

 private:
  std::uint64_t neurons_;
  Tick first_;
  SpikeTrain& train_;
  std::uint64_t step_ = 0;
  std::uint64_t step_begin_ = 0;  ///< the trial of neuron 0 at step_
};

}  // namespace

/// All neurons share one probability, so that the trials of all steps make one row, step after
/// step and neuron after neuron: spikes come out in order, nothing is sorted, and neither steps
/// nor neurons without a spike cost anything.
void poisson_train(double probability, std::size_t neurons, Tick first, Tick steps, EncodingKey key,
                   SpikeTrain& train) {
  NS_ASSERT(probability >= 0 && probability <= 1);
  NS_ASSERT(steps <= kMaxTicks && neurons <= SuccessRow::kMostTrials / kMaxTicks);
  train.clear();
  const double scale = failures_per_exponential(probability);
  if (std::isinf(scale) || steps <= 0) return;
  const std::uint64_t trials = neurons * static_cast<std::uint64_t>(steps);
  RowReader reader(neurons, first, train);
  if (scale == 0) {
    for (std::uint64_t trial = 0; trial < trials; ++trial) reader.add(trial);
    return;
  }
  const std::uint64_t seed = epoch_seed(key, Stream::kPoisson);
  SuccessRow row(scale);
  for (std::uint64_t block = 0; row.trials() < trials; ++block) {
    const Place place = {key.sample, static_cast<std::uint32_t>(block),
                         static_cast<std::uint32_t>(block >> 32)};
    for (const std::uint64_t trial : row.next(random_bits(seed, Stream::kPoisson, place))) {
      if (trial >= trials) return;
      reader.add(trial);
    }
  }
}

}  // namespace neurosim
