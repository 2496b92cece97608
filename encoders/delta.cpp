#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

class DeltaEncoder final : public SignalEncoder {
 public:
  explicit DeltaEncoder(const DeltaCode& code) : code_(code) {
    NS_ASSERT(std::isfinite(code.threshold) && code.threshold > 0);
  }

  std::size_t neurons(std::size_t channels) const override {
    return code_.directions == DeltaCode::Directions::kBoth ? 2 * channels : channels;
  }

  void encode(std::span<const float> values, std::size_t channels, Tick first, Tick steps,
              SpikeTrain& train) const override {
    NS_ASSERT(channels > 0 && values.size() % channels == 0);
    train.clear();
    if (values.empty()) return;
    const bool both = code_.directions == DeltaCode::Directions::kBoth;
    const Tick end = std::min(steps, static_cast<Tick>(values.size() / channels));
    std::vector<double> reference(values.begin(),
                                  values.begin() + static_cast<std::ptrdiff_t>(channels));
    std::vector<NeuronId> rises;
    for (Tick step = 0; step < end; ++step) {
      rises.clear();
      for (std::size_t c = 0; c < channels; ++c) {
        const float value = values[static_cast<std::size_t>(step) * channels + c];
        const int crossing = take(static_cast<double>(value), reference[c]);
        if (crossing > 0) rises.push_back(static_cast<NeuronId>(both ? channels + c : c));
        if (crossing < 0 && both) train.append(first + step, static_cast<NeuronId>(c));
      }
      for (const NeuronId id : rises) train.append(first + step, id);
    }
  }

 private:
  /// 1 where `value` rose by the threshold, -1 where it fell, else 0; moves the reference.
  int take(double value, double& reference) const {
    const double change = value - reference;
    const int crossing = change >= code_.threshold ? 1 : -change >= code_.threshold ? -1 : 0;
    if (code_.reference == DeltaCode::Reference::kPrevious) {
      reference = value;
    } else {
      reference += crossing * code_.threshold;
    }
    return crossing;
  }

  DeltaCode code_;
};

}  // namespace

std::unique_ptr<SignalEncoder> make_delta_encoder(const DeltaCode& code) {
  return std::make_unique<DeltaEncoder>(code);
}

}  // namespace neurosim
