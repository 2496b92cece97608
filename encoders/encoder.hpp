#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sim/core/spike_train.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

struct RateCode {
  double gain = 1.0;
  double offset = 0.0;
  Tick first_spike_time = 0;  ///< steps before it stay silent
};

/// Where a sample stands among the random draws of a run.
struct EncodingKey {
  std::uint64_t seed = 1;
  std::uint32_t sample = 0;
  std::uint32_t epoch = 0;       ///< fresh spikes each epoch while training
  std::uint32_t population = 0;  ///< sources fire independently of each other
};

/// Turns one data item into spikes. Safe to use from several threads.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Overwrites `train` with the spikes of `pixels` (0..255, read as 0..1) over `steps` ticks that
  /// start at tick `first`. Costs by spikes, not by pixels x steps.
  virtual void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey key,
                      SpikeTrain& train) const = 0;
};

std::unique_ptr<Encoder> make_rate_encoder(const RateCode& code);

/// A source of independent Poisson-like (Bernoulli a step) trains.
/// `probability` a step and neuron, in [0, 1].
void poisson_train(double probability, std::size_t neurons, Tick first, Tick steps, EncodingKey key,
                   SpikeTrain& train);

}  // namespace neurosim
