#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kLevels = 256;
constexpr std::uint32_t kSilent = std::numeric_limits<std::uint32_t>::max();

using Times = std::array<float, kLevels>;
using Steps = std::array<std::uint32_t, kLevels>;

/// The nearest integer, ties to even, if it lies in [0, end); else kSilent.
std::uint32_t nearest_step(float time, Tick end) {
  constexpr double kRound = numerics::Constants<double>::kRound;
  const double step = (static_cast<double>(time) + kRound) - kRound;
  return step >= 0 && step < static_cast<double>(end) ? static_cast<std::uint32_t>(step) : kSilent;
}

/// Spike times of all brightnesses in the arithmetic of snnTorch's float32 tensors: numbers given
/// by users are doubles that round to float32 where they meet a pixel.
class LatencyTimes {
 public:
  explicit LatencyTimes(const LatencyCode& code) : code_(code) {
    // Longer ones put every spike beyond the last step anyway; float32 holds their products.
    constexpr double kLongestTau = 1e20;
    code_.tau = std::min(code.tau, kLongestTau);
    for (std::size_t level = 0; level < kLevels; ++level) {
      brightness_[level] = static_cast<float>(level) / 255.0f;
      below_[level] = brightness_[level] < static_cast<float>(code_.threshold);
    }
    if (!linear()) find_logarithmic();
  }

  bool linear() const { return code_.curve == LatencyCode::Curve::kLinear; }
  bool removed(std::size_t level) const {
    return below_[level] && code_.below == LatencyCode::BelowThreshold::kClip;
  }

  /// Times without normalisation.
  Times plain() const {
    if (linear()) return linear_times(code_.tau);
    Times times = logarithmic_;
    for (float& time : times) time += first();
    return times;
  }

  /// Times spread over `steps`, of an image that has the brightnesses `present`.
  Times spread(Tick steps, const std::array<bool, kLevels>& present) const {
    const Tick most = steps - 1 - code_.first_spike_time;
    if (linear()) return linear_times(static_cast<double>(most));
    Times times = plain();
    float latest = 0;
    for (std::size_t level = 0; level < kLevels; ++level) {
      times[level] -= first();
      latest = present[level] ? std::max(latest, times[level]) : latest;
    }
    for (float& time : times) {
      // snnTorch divides 0 by 0 where threshold or tau are so small that all times vanish.
      time = latest > 0 ? time * static_cast<float>(most) / latest + first() : first();
    }
    return times;
  }

 private:
  float first() const { return static_cast<float>(code_.first_spike_time); }

  Times linear_times(double tau) const {
    Times times;
    const auto latest = static_cast<float>(-tau * (code_.threshold - 1));
    for (std::size_t level = 0; level < kLevels; ++level) {
      const float time = static_cast<float>(-tau) * (brightness_[level] - 1.0f);
      times[level] = std::min(time, latest) + first();
    }
    return times;
  }

  void find_logarithmic() {
    constexpr double kEpsilon = 1e-7;
    const auto threshold = static_cast<float>(code_.threshold);
    const auto least = static_cast<float>(code_.threshold + kEpsilon);
    float brighter = 0;
    for (std::size_t level = kLevels; level-- > 0;) {
      const float x = std::max(brightness_[level], least);
      const float ratio = x / (x - threshold);
      const float time =
          static_cast<float>(code_.tau) * static_cast<float>(log(static_cast<double>(ratio)));
      // Rounding never put a darker level first where it was tried; should it, order is kept.
      brighter = std::max(brighter, time);
      logarithmic_[level] = brighter;
    }
  }

  LatencyCode code_;
  Times brightness_ = {};
  Times logarithmic_ = {};  ///< without first_spike_time
  std::array<bool, kLevels> below_ = {};
};

/// Puts an image's spikes in order by counting: costs by spikes and levels, but for one look at
/// each pixel.
class StepCounts {
 public:
  /// `steps`: of each brightness, kSilent for none. REQUIRES: they do not fall as levels get
  /// darker, where kSilent counts as the last.
  void append(std::span<const std::uint8_t> pixels, const Steps& steps, Tick start,
              SpikeTrain& train) {
    rank_levels(steps);
    const std::span<const NeuronId> neurons = find_neurons(pixels);
    std::array<std::size_t, kLevels> places = {};
    for (const NeuronId id : neurons) ++places[ranks_[pixels[id]]];
    std::size_t place = 0;
    for (std::size_t packet = 0; packet < packets_; ++packet) {
      place += places[packet];
      places[packet] = place - places[packet];
    }
    ids_.resize(std::max(ids_.size(), neurons.size()));
    for (const NeuronId id : neurons) ids_[places[ranks_[pixels[id]]]++] = id;
    std::size_t begin = 0;
    for (std::size_t packet = 0; packet < packets_; ++packet) {  // a place is now a packet's end
      const auto ids = std::span(ids_).subspan(begin, places[packet] - begin);
      if (!ids.empty()) train.append_packet(start + static_cast<Tick>(packet_steps_[packet]), ids);
      begin = places[packet];
    }
  }

 private:
  /// Gives levels of one step one rank, ascending with the step.
  void rank_levels(const Steps& steps) {
    packets_ = 0;
    for (std::size_t level = kLevels; level-- > 0;) {  // no darker level spikes earlier
      const std::uint32_t step = steps[level];
      spikes_[level] = step != kSilent;
      if (step == kSilent) continue;
      if (packets_ == 0 || packet_steps_[packets_ - 1] != step) packet_steps_[packets_++] = step;
      ranks_[level] = static_cast<std::uint8_t>(packets_ - 1);
    }
  }

  std::span<const NeuronId> find_neurons(std::span<const std::uint8_t> pixels) {
    neurons_.resize(std::max(neurons_.size(), pixels.size()));
    std::size_t count = 0;
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      neurons_[count] = static_cast<NeuronId>(k);
      count += spikes_[pixels[k]] ? 1 : 0;
    }
    return std::span(neurons_).first(count);
  }

  std::array<bool, kLevels> spikes_ = {};         ///< of each level
  std::array<std::uint8_t, kLevels> ranks_ = {};  ///< of each level that spikes
  std::size_t packets_ = 0;
  Steps packet_steps_ = {};
  std::vector<NeuronId> neurons_, ids_;
};

class LatencyEncoder final : public ImageEncoder {
 public:
  explicit LatencyEncoder(const LatencyCode& code) : code_(code), times_(code) {}

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    NS_ASSERT(steps <= kMaxTicks);
    train.clear();
    if (steps <= code_.first_spike_time) return;
    NS_ASSERT(code_.late == LatencyCode::LateSpikes::kDrop || latest(steps) < steps);
    thread_local StepCounts counts;
    counts.append(pixels, code_.normalize ? spread_steps(pixels, steps) : plain_steps(steps), first,
                  train);
  }

  Tick latest(Tick steps) const {
    if (code_.normalize) return steps - 1;
    const Times times = times_.plain();
    Tick latest = 0;
    for (std::size_t level = 0; level < kLevels; ++level) {
      if (times_.removed(level)) continue;
      const std::uint32_t step = nearest_step(times[level], kMaxTicks);
      latest = std::max(latest, step == kSilent ? kMaxTicks : static_cast<Tick>(step));
    }
    return latest;
  }

 private:
  Steps plain_steps(Tick steps) const {
    Steps result;
    const Times times = times_.plain();
    for (std::size_t level = 0; level < kLevels; ++level) {
      result[level] = times_.removed(level) ? kSilent : nearest_step(times[level], steps);
    }
    return result;
  }

  Steps spread_steps(std::span<const std::uint8_t> pixels, Tick steps) const {
    std::array<bool, kLevels> present = {};
    if (!times_.linear()) {
      for (const std::uint8_t pixel : pixels) present[pixel] = true;
    }
    Steps result;
    const Times times = times_.spread(steps, present);
    const auto last = static_cast<std::uint32_t>(steps - 1);
    for (std::size_t level = 0; level < kLevels; ++level) {
      // In float32 the last of more than 2^24 steps may come out one too late.
      const std::uint32_t step = nearest_step(times[level], 2 * kMaxTicks);
      result[level] = times_.removed(level) ? kSilent : std::min(step, last);
    }
    return result;
  }

  LatencyCode code_;
  LatencyTimes times_;
};

void check(const LatencyCode& code) {
  NS_ASSERT(code.tau > 0 && code.threshold > 0 && code.threshold < 1);
  NS_ASSERT(code.first_spike_time >= 0 && code.first_spike_time <= kMaxTicks);
}

}  // namespace

Tick latest_spike(const LatencyCode& code, Tick steps) {
  check(code);
  return LatencyEncoder(code).latest(steps);
}

std::unique_ptr<ImageEncoder> make_latency_encoder(const LatencyCode& code) {
  check(code);
  return std::make_unique<LatencyEncoder>(code);
}

}  // namespace neurosim
