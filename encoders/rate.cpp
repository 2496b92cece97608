#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "encoders/geometric.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kLevels = 256;

/// The spikes of one neuron: scratch ticks from `begin` to the next run's.
struct Run {
  NeuronId id;
  std::size_t begin;
};

/// Spikes by ascending neuron, ticks counted from 0. Kept per thread between samples, so that
/// encoding allocates nothing once they have grown.
struct Scratch {
  std::vector<std::uint32_t> ticks;  ///< the first `spikes` hold; the rest is room
  std::size_t spikes = 0;
  std::vector<Run> runs;  ///< by ascending neuron; the last one only ends the one before
  std::vector<std::size_t> starts;
  std::vector<NeuronId> ids;
  std::vector<std::uint64_t> keys;

  /// Room for `count` more ticks.
  std::uint32_t* room(std::size_t count) {
    if (ticks.size() < spikes + count) ticks.resize(2 * (spikes + count));
    return ticks.data() + spikes;
  }
  template <class Visit>
  void for_each_spike(Visit visit) const {
    for (std::size_t k = 0; k + 1 < runs.size(); ++k) {
      for (std::size_t i = runs[k].begin; i < runs[k + 1].begin; ++i) visit(ticks[i], runs[k].id);
    }
  }
};

/// Counting sort by tick: stable, so ids ascend within a tick as they do in the scratch.
void order_by_counting(Scratch& scratch, Tick first, std::size_t steps, SpikeTrain& train) {
  std::vector<std::size_t>& starts = scratch.starts;
  starts.assign(steps + 1, 0);
  for (std::size_t k = 0; k < scratch.spikes; ++k) ++starts[scratch.ticks[k] + 1];
  for (std::size_t tick = 0; tick < steps; ++tick) starts[tick + 1] += starts[tick];
  if (scratch.ids.size() < scratch.spikes) scratch.ids.resize(scratch.ticks.size());
  NeuronId* const ids = scratch.ids.data();
  std::size_t* const place = starts.data();
  scratch.for_each_spike([=](std::uint32_t tick, NeuronId id) { ids[place[tick]++] = id; });
  // Each start has moved to its tick's end.
  std::size_t begin = 0;
  for (std::size_t tick = 0; tick < steps; ++tick) {
    const std::size_t end = starts[tick];
    if (end == begin) continue;
    train.append_packet(first + static_cast<Tick>(tick),
                        std::span<const NeuronId>(ids + begin, end - begin));
    begin = end;
  }
}

/// For few spikes in many steps: costs by spikes only.
void order_by_comparison(Scratch& scratch, Tick first, SpikeTrain& train) {
  std::vector<std::uint64_t>& keys = scratch.keys;
  keys.clear();
  scratch.for_each_spike(
      [&keys](std::uint32_t tick, NeuronId id) { keys.push_back(std::uint64_t{tick} << 32 | id); });
  std::sort(keys.begin(), keys.end());
  for (const std::uint64_t key : keys) {
    train.append(first + static_cast<Tick>(key >> 32), static_cast<NeuronId>(key));
  }
}

/// Adds the spikes of one neuron. Four draws are written at once and those past the end given
/// back: one unpredictable branch a neuron.
template <class BitsOf>
void add_spikes(double scale, std::uint64_t trials, BitsOf bits_of, Scratch& scratch) {
  if (scale == 0) {
    std::uint32_t* const out = scratch.room(trials);
    for (std::uint64_t tick = 0; tick < trials; ++tick) {
      out[tick] = static_cast<std::uint32_t>(tick);
    }
    scratch.spikes += trials;
    return;
  }
  SuccessRow row(scale);
  for (std::uint32_t block = 0; row.trials() < trials; ++block) {
    const std::array<std::uint64_t, 4> ticks = row.next(bits_of(block));
    std::uint32_t* const out = scratch.room(ticks.size());
    for (std::size_t k = 0; k < ticks.size(); ++k) out[k] = static_cast<std::uint32_t>(ticks[k]);
    for (const std::uint64_t tick : ticks) scratch.spikes += tick < trials ? 1 : 0;
  }
}

class RateEncoder final : public Encoder {
 public:
  explicit RateEncoder(const RateCode& code) : first_spike_time_(code.first_spike_time) {
    NS_ASSERT(std::isfinite(code.gain) && std::isfinite(code.offset));
    NS_ASSERT(code.first_spike_time >= 0);
    for (std::size_t level = 0; level < kLevels; ++level) {
      const double pixel = static_cast<double>(level) / 255;
      const double p = std::clamp(code.gain * pixel + code.offset, 0.0, 1.0);
      scales_[level] = failures_per_exponential(p);
    }
  }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey key,
              SpikeTrain& train) const override {
    NS_ASSERT(steps <= kMaxTicks);
    train.clear();
    if (steps <= first_spike_time_) return;
    const auto trials = static_cast<std::uint64_t>(steps - first_spike_time_);
    const Tick start = first + first_spike_time_;
    thread_local Scratch scratch;
    draw(pixels, trials, key, scratch);
    // Filling a counter for each step is worth it only when there are spikes for them.
    constexpr std::size_t kStepsPerSpike = 8;
    if (trials <= kStepsPerSpike * scratch.spikes) {
      order_by_counting(scratch, start, trials, train);
    } else {
      order_by_comparison(scratch, start, train);
    }
  }

 private:
  void draw(std::span<const std::uint8_t> pixels, std::uint64_t trials, const EncodingKey& key,
            Scratch& scratch) const {
    const std::uint64_t seed = epoch_seed(key, Stream::kEncoder);
    scratch.spikes = 0;
    scratch.runs.clear();
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      const double scale = scales_[pixels[k]];
      if (std::isinf(scale)) continue;
      const auto id = static_cast<NeuronId>(k);
      scratch.runs.push_back({id, scratch.spikes});
      const auto bits_of = [&](std::uint32_t block) {
        return random_bits(seed, Stream::kEncoder, {key.sample, block, id});
      };
      add_spikes(scale, trials, bits_of, scratch);
    }
    scratch.runs.push_back({0, scratch.spikes});
  }

  Tick first_spike_time_;
  std::array<double, kLevels> scales_ = {};
};

}  // namespace

std::unique_ptr<Encoder> make_rate_encoder(const RateCode& code) {
  return std::make_unique<RateEncoder>(code);
}

}  // namespace neurosim
