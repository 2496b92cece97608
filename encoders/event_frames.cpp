#include <algorithm>
#include <cmath>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

class EventFrameEncoder final : public EventEncoder {
 public:
  explicit EventFrameEncoder(const EventFrameCode& code) : code_(code) {
    NS_ASSERT(std::isfinite(code.step_ms) && code.step_ms > 0);
  }

  void encode(const EventRecording& recording, Tick first, Tick steps,
              SpikeTrain& train) const override {
    train.clear();
    const std::vector<Event>& events = recording.events;
    if (events.empty() || steps < 1) return;
    // Events come in order of time, so those of a bin are neighbours.
    thread_local std::vector<NeuronId> ids;
    ids.clear();
    Tick open = 0;
    for (const Event& event : events) {
      const Tick bin = bin_of(event.t, events, steps);
      if (bin >= steps) break;
      if (bin != open) {
        append_bin(ids, first + open, train);
        open = bin;
      }
      ids.push_back(static_cast<NeuronId>((event.p * recording.height + event.y) * recording.width +
                                          event.x));
    }
    append_bin(ids, first + open, train);
  }

 private:
  /// `steps` or more: in no bin. Never below the bin of an earlier event.
  Tick bin_of(std::int64_t t, const std::vector<Event>& events, Tick steps) const {
    const std::int64_t since = t - events.front().t;
    if (code_.bins == EventFrameCode::Bins::kClock) {
      const double bin = std::floor(static_cast<double>(since) / (code_.step_ms * 1000));
      return bin < static_cast<double>(steps) ? static_cast<Tick>(bin) : steps;
    }
    const std::int64_t width = (events.back().t - events.front().t) / steps;
    if (code_.bins == EventFrameCode::Bins::kTonic) return width > 0 ? since / width : steps;
    return width > 0 ? std::min<Tick>(since / width, steps - 1) : steps - 1;
  }

  /// Sends the gathered neurons, each once, and forgets them.
  void append_bin(std::vector<NeuronId>& ids, Tick tick, SpikeTrain& train) const {
    std::sort(ids.begin(), ids.end());
    for (std::size_t begin = 0, end = 0; begin < ids.size(); begin = end) {
      while (end < ids.size() && ids[end] == ids[begin]) ++end;
      if (code_.values == EventFrameCode::Values::kCounts) {
        train.append(tick, ids[begin], static_cast<double>(end - begin));
      } else {
        train.append(tick, ids[begin]);
      }
    }
    ids.clear();
  }

  EventFrameCode code_;
};

}  // namespace

std::unique_ptr<EventEncoder> make_event_frame_encoder(const EventFrameCode& code) {
  return std::make_unique<EventFrameEncoder>(code);
}

}  // namespace neurosim
