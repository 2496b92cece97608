#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

class CurrentEncoder final : public ImageEncoder {
 public:
  explicit CurrentEncoder(const CurrentCode& code) : code_(code) {
    NS_ASSERT(std::isfinite(code.gain) && std::isfinite(code.offset));
  }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    train.clear();
    thread_local std::vector<NeuronId> ids;
    thread_local std::vector<double> values;
    ids.clear();
    values.clear();
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      const double current = code_.gain * (static_cast<double>(pixels[k]) / 255) + code_.offset;
      if (current == 0) continue;
      ids.push_back(static_cast<NeuronId>(k));
      values.push_back(current);
    }
    for (Tick step = 0; step < steps; ++step) {
      for (std::size_t k = 0; k < ids.size(); ++k) train.append(first + step, ids[k], values[k]);
    }
  }

 private:
  CurrentCode code_;
};

class SignalCurrentEncoder final : public SignalEncoder {
 public:
  explicit SignalCurrentEncoder(const CurrentCode& code) : code_(code) {}

  std::size_t neurons(std::size_t channels) const override { return channels; }

  void encode(std::span<const float> values, std::size_t channels, Tick first, Tick steps,
              SpikeTrain& train) const override {
    NS_ASSERT(channels > 0 && values.size() % channels == 0);
    train.clear();
    const Tick end = std::min(steps, static_cast<Tick>(values.size() / channels));
    for (Tick step = 0; step < end; ++step) {
      for (std::size_t c = 0; c < channels; ++c) {
        const double value =
            static_cast<double>(values[static_cast<std::size_t>(step) * channels + c]);
        const double current = code_.gain * value + code_.offset;
        if (current != 0) train.append(first + step, static_cast<NeuronId>(c), current);
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
