#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/core/checkpoint.hpp"
#include "sim/core/record.hpp"
#include "sim/network/description.hpp"
#include "sim/network/network.hpp"
#include "sim/train/times.hpp"

namespace neurosim {

/// The samples to learn from. `fill` overwrites `input` with a sample's spikes and label; it is
/// called from several threads, and what it gives depends on nothing but its arguments. `pass`
/// keys the spikes drawn: 0 for validation, as in a run, else the epoch, counted from 1 (always 0
/// where `training.spikes` is `once`).
struct TrainingData {
  std::size_t samples = 0;
  std::function<void(std::size_t sample, std::uint32_t pass, SampleInput& input)> fill;
  /// Of a sample, without its spikes; asked where validation is stratified.
  std::function<std::int64_t(std::size_t sample)> label;
};

/// Memory of a training run in bytes, as estimated before it starts, besides the data and the
/// program.
struct MemoryEstimate {
  /// Weights, their transposes, gradients, the optimiser's memory, and copies of these on their way
  /// into a checkpoint.
  std::uint64_t parameters = 0;
  std::uint64_t tape = 0;      ///< what the backward pass needs of the forward pass
  std::uint64_t spikes = 0;    ///< a guess: 10 % of all neurons at each step
  std::uint64_t segments = 1;  ///< pieces of time; more than one: steps are computed twice
  std::uint64_t total() const { return parameters + tape + spikes; }
};

struct TrainerOptions {
  unsigned threads = 1;
  std::uint64_t max_memory = 0;  ///< bytes; 0: no bound
};

struct BatchProgress {
  std::uint64_t epoch = 0;   ///< counts from 1
  std::uint64_t epochs = 0;  ///< planned
  std::size_t done = 0;      ///< training samples of this epoch
  std::size_t total = 0;
  double loss = 0;      ///< mean of this epoch so far
  double accuracy = 0;  ///< the same, in [0, 1]
};

/// Trains a network by backpropagation through time (arXiv:2306.03623, sec. 4). The same seed gives
/// the same bits for any number of threads, and for a run that was stopped and resumed (as long as
/// the number of segments stays the same, see TrainerOptions::max_memory).
class Trainer {
 public:
  struct Hooks {
    std::function<void(const BatchProgress&)> batch;  ///< after each batch
    /// After each epoch, when checkpoint() already includes it.
    std::function<void(const EpochMetrics&)> epoch;
    /// Asked after each batch; true ends run() there, and checkpoint() can be resumed.
    std::function<bool()> stop;
  };

  virtual ~Trainer() = default;
  virtual MemoryEstimate memory() const = 0;
  /// Since the trainer was made.
  virtual TrainingTimes times() const = 0;
  /// Trains from where it stands to the last epoch or to the first stop. Returns whether training
  /// is finished. Throws TrainingError for a loss or gradient that is not finite.
  virtual bool run(const Hooks& hooks) = 0;
  /// Everything that goes on from here; fields that the trainer does not know (version, YAML) are
  /// left empty. Callable between batches, from the hooks.
  virtual Checkpoint checkpoint() const = 0;
  /// Goes back to a checkpoint of the same network. Throws DataError("checkpoint", ...) where it
  /// does not fit.
  virtual void restore(const Checkpoint& checkpoint) = 0;
};

/// The network is compiled already and belongs to the trainer from here on. Throws ConfigError for
/// what cannot be trained (no readout, nothing that learns, ...), naming the place in the YAML.
template <class T>
std::unique_ptr<Trainer> make_trainer(const Description& description, Network<T> network,
                                      TrainingData data, const TrainerOptions& options);

}  // namespace neurosim
