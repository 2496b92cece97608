#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

enum class Crossing { kNone, kRise, kFall };

/// v[t] - v[t - 1] in float32, as snnTorch's tensors.
class PreviousValue {
 public:
  PreviousValue(std::span<const float> start, double threshold)
      : previous_(start.begin(), start.end()), threshold_(static_cast<float>(threshold)) {}

  Crossing see(std::size_t channel, float value) {
    const float change = value - previous_[channel];
    previous_[channel] = value;
    if (change >= threshold_) return Crossing::kRise;
    return change <= -threshold_ ? Crossing::kFall : Crossing::kNone;
  }

 private:
  std::vector<float> previous_;
  float threshold_;
};

/// Counts thresholds from the first value, so that the level does not drift by rounding.
class Level {
 public:
  Level(std::span<const float> start, double threshold)
      : start_(start.begin(), start.end()), crossings_(start.size()), threshold_(threshold) {}

  Crossing see(std::size_t channel, float value) {
    double& crossings = crossings_[channel];
    const double above = static_cast<double>(value) -
                         (static_cast<double>(start_[channel]) + crossings * threshold_);
    if (above >= threshold_) {
      ++crossings;
      return Crossing::kRise;
    }
    if (above <= -threshold_) {
      --crossings;
      return Crossing::kFall;
    }
    return Crossing::kNone;
  }

 private:
  std::vector<float> start_;
  std::vector<double> crossings_;  ///< rises less falls
  double threshold_;
};

class DeltaEncoder final : public SignalEncoder {
 public:
  explicit DeltaEncoder(const DeltaCode& code) : code_(code) {
    NS_ASSERT(code.threshold > 0 && std::isfinite(code.threshold));
  }

  std::size_t neurons(std::size_t channels) const override {
    return both() ? 2 * channels : channels;
  }

  void encode(std::span<const float> values, std::size_t channels, Tick first, Tick steps,
              SpikeTrain& train) const override {
    train.clear();
    if (values.empty()) return;
    NS_ASSERT(channels > 0 && values.size() % channels == 0);
    const auto points = static_cast<std::size_t>(
        std::clamp<Tick>(steps, 0, static_cast<Tick>(values.size() / channels)));
    const auto seen = values.first(points * channels);
    const auto start = values.first(channels);
    if (code_.reference == DeltaCode::Reference::kPrevious) {
      send(PreviousValue(start, code_.threshold), seen, channels, first, train);
    } else {
      send(Level(start, code_.threshold), seen, channels, first, train);
    }
  }

 private:
  bool both() const { return code_.directions == DeltaCode::Directions::kBoth; }

  template <class Reference>
  void send(Reference reference, std::span<const float> values, std::size_t channels, Tick first,
            SpikeTrain& train) const {
    const std::size_t first_rise = both() ? channels : 0;
    std::vector<NeuronId> rises;
    for (std::size_t begin = 0; begin < values.size(); begin += channels) {
      const Tick tick = first + static_cast<Tick>(begin / channels);
      rises.clear();
      for (std::size_t channel = 0; channel < channels; ++channel) {
        const Crossing crossing = reference.see(channel, values[begin + channel]);
        if (crossing == Crossing::kRise) {
          rises.push_back(static_cast<NeuronId>(first_rise + channel));
        } else if (crossing == Crossing::kFall && both()) {
          train.append(tick, static_cast<NeuronId>(channel));
        }
      }
      for (const NeuronId id : rises) train.append(tick, id);
    }
  }

  DeltaCode code_;
};

}  // namespace

std::unique_ptr<SignalEncoder> make_delta_encoder(const DeltaCode& code) {
  return std::make_unique<DeltaEncoder>(code);
}

}  // namespace neurosim
