#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// Sorts keys of `bits` bits digit by digit: costs by keys, whatever the size of the sensor.
void radix_sort(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& scratch, int bits) {
  constexpr int kDigit = 10;
  constexpr std::uint64_t kMask = (1 << kDigit) - 1;
  scratch.resize(keys.size());
  for (int shift = 0; shift < bits; shift += kDigit) {
    std::array<std::size_t, kMask + 1> places = {};
    for (const std::uint64_t key : keys) ++places[key >> shift & kMask];
    std::size_t place = 0;
    for (std::size_t& count : places) {
      place += count;
      count = place - count;
    }
    for (const std::uint64_t key : keys) scratch[places[key >> shift & kMask]++] = key;
    keys.swap(scratch);
  }
}

/// Time since the recording's first event; unsigned, since readers take any 64 bits for a time.
std::uint64_t since(const Event& event, const Event& start) {
  return static_cast<std::uint64_t>(event.t) - static_cast<std::uint64_t>(start.t);
}

constexpr std::uint64_t kNoBin = std::numeric_limits<std::uint64_t>::max();

/// The bins of Tonic and of SpikingJelly.
class EqualBins {
 public:
  EqualBins(std::uint64_t duration, std::uint64_t bins, bool last_takes_rest)
      : width_(duration / bins), last_(bins - 1), last_takes_rest_(last_takes_rest) {}

  std::uint64_t operator()(std::uint64_t us) const {
    const std::uint64_t beyond = last_takes_rest_ ? last_ : kNoBin;
    if (width_ == 0) return beyond;
    const std::uint64_t bin = us / width_;
    return bin > last_ ? beyond : bin;
  }

 private:
  std::uint64_t width_, last_;
  bool last_takes_rest_;
};

/// Bins of a length given in ms, taken in whole ns so that their borders are exact.
class ClockBins {
 public:
  ClockBins(double step_ms, std::uint64_t bins) : bins_(bins) {
    constexpr double kLongest = 1e16;  // ns, a third of a year: longer ones would not fit below
    ns_ = static_cast<std::uint64_t>(std::clamp(std::round(step_ms * 1e6), 1.0, kLongest));
  }

  std::uint64_t operator()(std::uint64_t us) const {
    const std::uint64_t thousands = us / ns_;  // of bins
    if (thousands > bins_) return kNoBin;
    const std::uint64_t bin = thousands * 1000 + us % ns_ * 1000 / ns_;
    return bin < bins_ ? bin : kNoBin;
  }

 private:
  std::uint64_t ns_, bins_;
};

class EventFrameEncoder final : public EventEncoder {
 public:
  explicit EventFrameEncoder(const EventFrameCode& code) : code_(code) {
    NS_ASSERT(code.step_ms > 0 && std::isfinite(code.step_ms));
  }

  void encode(const EventRecording& recording, Tick first, Tick steps,
              SpikeTrain& train) const override {
    NS_ASSERT(steps <= kMaxTicks);
    train.clear();
    if (recording.events.empty() || steps <= 0) return;
    NS_ASSERT(recording.width <= kMostPixels && recording.height <= kMostPixels);
    NS_ASSERT(event_neurons(recording.width, recording.height) <= kMostNeurons);
    const auto bins = static_cast<std::uint64_t>(steps);
    const auto bin_bits = static_cast<int>(std::bit_width(bins - 1));
    const std::uint64_t duration = since(recording.events.back(), recording.events.front());
    thread_local std::vector<std::uint64_t> keys, scratch;
    keys.clear();
    if (code_.bins == EventFrameCode::Bins::kClock) {
      add_keys(recording, ClockBins(code_.step_ms, bins), keys);
    } else {
      const bool all = code_.bins == EventFrameCode::Bins::kSpikingJelly;
      add_keys(recording, EqualBins(duration, bins, all), keys);
    }
    radix_sort(keys, scratch, id_bits(recording) + bin_bits);
    append(keys, id_bits(recording), first, train);
  }

 private:
  static constexpr std::size_t kMostNeurons = std::size_t{1} << 32;
  static constexpr std::size_t kMostPixels = std::size_t{1} << 16;  ///< a side: events' x and y

  static int id_bits(const EventRecording& recording) {
    return static_cast<int>(std::bit_width(event_neurons(recording.width, recording.height) - 1));
  }

  /// A key is bin and neuron, so that keys ascend as spikes shall.
  template <class Bins>
  static void add_keys(const EventRecording& recording, const Bins& bin_of,
                       std::vector<std::uint64_t>& keys) {
    const int bits = id_bits(recording);
    for (const Event& event : recording.events) {
      const std::uint64_t bin = bin_of(since(event, recording.events.front()));
      if (bin == kNoBin) return;  // later events have none either
      keys.push_back(bin << bits |
                     ((event.p * recording.height + event.y) * recording.width + event.x));
    }
  }

  void append(const std::vector<std::uint64_t>& keys, int bits, Tick first,
              SpikeTrain& train) const {
    const std::uint64_t id_mask = (std::uint64_t{1} << bits) - 1;
    const bool graded = code_.values == EventFrameCode::Values::kCounts;
    for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
      const std::uint64_t key = keys[begin];
      while (end < keys.size() && keys[end] == key) ++end;
      const Tick tick = first + static_cast<Tick>(key >> bits);
      const auto id = static_cast<NeuronId>(key & id_mask);
      if (graded) {
        train.append(tick, id, static_cast<double>(end - begin));
      } else {
        train.append(tick, id);
      }
    }
  }

  EventFrameCode code_;
};

}  // namespace

std::unique_ptr<EventEncoder> make_event_frame_encoder(const EventFrameCode& code) {
  return std::make_unique<EventFrameEncoder>(code);
}

}  // namespace neurosim
