#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"

// The arithmetic is that of snnTorch, in single precision and in its order, so that the steps of
// spikes agree also where a time lies next to the middle between two steps.

namespace neurosim {
namespace {

constexpr std::size_t kLevels = 256;
constexpr float kEpsilon = 1e-7f;  ///< keeps the logarithm finite at the threshold (snnTorch's)

/// tau ln(x / (x - threshold)), x being raised to the threshold.
float logarithmic_time(float x, const LatencyCode& code) {
  const auto threshold = static_cast<float>(code.threshold);
  const float above = std::max(x, static_cast<float>(code.threshold + double{kEpsilon}));
  const float ratio = above / (above - threshold);
  return static_cast<float>(code.tau) * static_cast<float>(log(static_cast<double>(ratio)));
}

/// min(-tau (x - 1), -tau (threshold - 1)).
float linear_time(float x, double tau, const LatencyCode& code) {
  return std::min(-static_cast<float>(tau) * (x - 1.0f),
                  static_cast<float>(-tau * (code.threshold - 1)));
}

/// Half to even, as torch.round.
Tick rounded(float time) { return static_cast<Tick>(std::nearbyint(time)); }

/// The step of each level of brightness. Brighter levels never come later, so the levels of one
/// step are neighbours: `rank` counts the steps that are used, from the brightest level on.
struct Schedule {
  std::array<Tick, kLevels> step_of_rank = {};
  std::array<std::uint8_t, kLevels> rank = {};
  std::size_t ranks = 0;
};

class LatencyEncoder final : public ImageEncoder {
 public:
  explicit LatencyEncoder(const LatencyCode& code) : code_(code) {
    NS_ASSERT(code.tau > 0 && code.threshold > 0 && code.threshold < 1);
    NS_ASSERT(code.first_spike_time >= 0);
    for (std::size_t level = 0; level < kLevels; ++level) {
      x_[level] = static_cast<float>(level) / 255.0f;
      logarithmic_[level] = logarithmic_time(x_[level], code);
    }
    const bool clip = code.below == LatencyCode::BelowThreshold::kClip;
    while (clip && x_[darkest_] < static_cast<float>(code.threshold)) ++darkest_;
  }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    NS_ASSERT(code_.late == LatencyCode::LateSpikes::kDrop || latest_spike(code_, steps) < steps);
    train.clear();
    if (pixels.empty()) return;
    const Schedule schedule = make_schedule(*std::ranges::min_element(pixels), steps);
    // A counting sort by step leaves the neurons of a step in ascending order.
    std::array<std::uint32_t, kLevels + 1> begin = {};
    for (const std::uint8_t level : pixels) {
      if (level >= darkest_) ++begin[schedule.rank[level] + 1u];
    }
    for (std::size_t rank = 0; rank < schedule.ranks; ++rank) begin[rank + 1] += begin[rank];
    thread_local std::vector<NeuronId> ids;
    ids.resize(pixels.size());
    std::array<std::uint32_t, kLevels + 1> next = begin;
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      if (pixels[k] >= darkest_) ids[next[schedule.rank[pixels[k]]]++] = static_cast<NeuronId>(k);
    }
    for (std::size_t rank = 0; rank < schedule.ranks; ++rank) {
      const Tick step = schedule.step_of_rank[rank];
      if (begin[rank] == begin[rank + 1] || step >= steps) continue;
      train.append_packet(first + step,
                          std::span(ids).subspan(begin[rank], begin[rank + 1] - begin[rank]));
    }
  }

 private:
  Schedule make_schedule(std::uint8_t least, Tick steps) const {
    Schedule schedule;
    for (std::size_t level = kLevels; level-- > 0;) {
      const Tick step = rounded(time_of(level, least, steps));
      if (schedule.ranks == 0 || schedule.step_of_rank[schedule.ranks - 1] != step) {
        schedule.step_of_rank[schedule.ranks++] = step;
      }
      schedule.rank[level] = static_cast<std::uint8_t>(schedule.ranks - 1);
    }
    return schedule;
  }

  /// `least`: the darkest level of the image, whose time the logarithmic code normalises by.
  float time_of(std::size_t level, std::size_t least, Tick steps) const {
    const auto first = static_cast<float>(code_.first_spike_time);
    const Tick room = steps - 1 - code_.first_spike_time;
    if (code_.curve == LatencyCode::Curve::kLinear) {
      const double tau = code_.normalize ? static_cast<double>(room) : code_.tau;
      return linear_time(x_[level], tau, code_) + first;
    }
    // A level that the image has not may come later than its latest one: to the same step.
    const float time = logarithmic_[std::max(level, least)];
    if (!code_.normalize) return time + first;
    return time * static_cast<float>(room) / logarithmic_[least] + first;
  }

  LatencyCode code_;
  std::size_t darkest_ = 0;  ///< the first level that spikes
  std::array<float, kLevels> x_ = {};
  std::array<float, kLevels> logarithmic_ = {};
};

}  // namespace

Tick latest_spike(const LatencyCode& code, Tick steps) {
  if (code.normalize) return std::max(steps - 1, code.first_spike_time);
  const float time = code.curve == LatencyCode::Curve::kLinear ? linear_time(0, code.tau, code)
                                                               : logarithmic_time(0, code);
  return rounded(time + static_cast<float>(code.first_spike_time));
}

std::unique_ptr<ImageEncoder> make_latency_encoder(const LatencyCode& code) {
  return std::make_unique<LatencyEncoder>(code);
}

}  // namespace neurosim
