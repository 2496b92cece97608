#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

void check(const CurrentCode& code) {
  NS_ASSERT(std::isfinite(code.gain) && std::isfinite(code.offset));
}

class CurrentEncoder final : public ImageEncoder {
 public:
  explicit CurrentEncoder(const CurrentCode& code) {
    check(code);
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      levels_[level] = code.gain * (static_cast<double>(level) / 255) + code.offset;
    }
  }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    thread_local std::vector<NeuronId> ids;
    thread_local std::vector<double> values;
    train.clear();
    ids.clear();
    values.clear();
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      const double value = levels_[pixels[k]];
      if (value == 0) continue;
      ids.push_back(static_cast<NeuronId>(k));
      values.push_back(value);
    }
    if (ids.empty()) return;
    for (Tick step = 0; step < steps; ++step) train.append_packet(first + step, ids, values);
  }

 private:
  std::array<double, 256> levels_ = {};
};

class SignalCurrentEncoder final : public SignalEncoder {
 public:
  explicit SignalCurrentEncoder(const CurrentCode& code) : code_(code) { check(code); }

  std::size_t neurons(std::size_t channels) const override { return channels; }

  void encode(std::span<const float> values, std::size_t channels, Tick first, Tick steps,
              SpikeTrain& train) const override {
    train.clear();
    if (values.empty()) return;
    NS_ASSERT(channels > 0 && values.size() % channels == 0);
    const Tick points = std::min(steps, static_cast<Tick>(values.size() / channels));
    const float* value = values.data();
    for (Tick point = 0; point < points; ++point) {
      for (std::size_t channel = 0; channel < channels; ++channel, ++value) {
        const double current = code_.gain * static_cast<double>(*value) + code_.offset;
        if (current != 0) train.append(first + point, static_cast<NeuronId>(channel), current);
      }
    }
  }

 private:
  CurrentCode code_;
};

}  // namespace

std::unique_ptr<ImageEncoder> make_current_encoder(const CurrentCode& code) {
  return std::make_unique<CurrentEncoder>(code);
}

std::unique_ptr<SignalEncoder> make_signal_current_encoder(const CurrentCode& code) {
  return std::make_unique<SignalCurrentEncoder>(code);
}

}  // namespace neurosim
