#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "sim/core/events.hpp"
#include "sim/core/spike_train.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// Where a sample stands among the random draws of a run.
struct EncodingKey {
  std::uint64_t seed = 1;
  std::uint32_t sample = 0;
  std::uint32_t epoch = 0;       ///< fresh spikes each epoch while training
  std::uint32_t population = 0;  ///< sources fire independently of each other
};

// Encoders turn one data item into spikes. All overwrite `train`, cost by spikes where the code
// allows it (not by neurons x steps), and are safe to use from several threads.

/// Neuron k is pixel k, unless `neurons` says otherwise.
class ImageEncoder {
 public:
  virtual ~ImageEncoder() = default;
  /// How many neurons an image of so many pixels takes.
  virtual std::size_t neurons(std::size_t pixels) const { return pixels; }
  /// `pixels`: bytes 0..255, read as 0..1; the spikes lie in ticks [first, first + steps).
  virtual void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey key,
                      SpikeTrain& train) const = 0;
};

/// Neuron (p height + y) width + x takes the events of polarity p at (x, y). REQUIRES of a
/// recording with events: at most 2^16 rows and columns, at most 2^32 neurons.
class EventEncoder {
 public:
  virtual ~EventEncoder() = default;
  virtual void encode(const EventRecording& recording, Tick first, Tick steps,
                      SpikeTrain& train) const = 0;
};

class SignalEncoder {
 public:
  virtual ~SignalEncoder() = default;
  virtual std::size_t neurons(std::size_t channels) const = 0;
  /// `values` [time][channel]: point k in time is tick first + k; points from `steps` on are not
  /// seen. REQUIRES: values.size() is a multiple of `channels`.
  virtual void encode(std::span<const float> values, std::size_t channels, Tick first, Tick steps,
                      SpikeTrain& train) const = 0;
};

// What users leave out is filled in from sim/network/encoding.hpp, where the defaults, ranges and
// meanings of all options stand.

struct RateCode {
  double gain = 1.0;
  double offset = 0.0;
  Tick first_spike_time = 0;  ///< steps before it stay silent
};
std::unique_ptr<ImageEncoder> make_rate_encoder(const RateCode& code);

/// Row after row: at step t, neuron k is the pixel of row t / steps_per_row in column k, with the
/// rate code's chance of a spike. Steps after the last row stay silent.
struct RowsCode {
  double gain = 1;
  Tick steps_per_row = 4;   ///< >= 1
  std::size_t columns = 1;  ///< >= 1
};
/// REQUIRES of encode: whole rows of pixels, and steps_per_row steps for each.
std::unique_ptr<ImageEncoder> make_rows_encoder(const RowsCode& code);

/// At most one spike a pixel, the earlier the brighter: spikegen.latency of snnTorch 0.9.4, but for
/// `normalize` of the logarithmic code, which takes its maximum over the sample.
struct LatencyCode {
  enum class Curve { kLinear, kLogarithmic };
  enum class BelowThreshold { kSpikeLast, kClip };  ///< pixels below: a late spike, or none
  enum class LateSpikes { kRefuse, kDrop };         ///< spikes beyond the last step (`bypass`)
  double tau = 10;          ///< steps, > 0; `normalize` replaces it in the linear code
  double threshold = 0.01;  ///< in (0, 1)
  Tick first_spike_time = 0;
  bool normalize = true;  ///< spread spikes over all steps
  Curve curve = Curve::kLinear;
  BelowThreshold below = BelowThreshold::kClip;
  LateSpikes late = LateSpikes::kRefuse;
};
/// The step of the latest spike that a pixel can get without `normalize`; with it, steps - 1.
/// Pixels that are clipped get none; kMaxTicks stands for any step from there on.
Tick latest_spike(const LatencyCode& code, Tick steps);
/// With LateSpikes::kRefuse, REQUIRES of encode: latest_spike(code, steps) < steps, unless steps
/// end before first_spike_time, when there are no spikes.
std::unique_ptr<ImageEncoder> make_latency_encoder(const LatencyCode& code);

/// Constant current: each pixel sends gain x + offset at every step (a graded spike; 0 sends none).
struct CurrentCode {
  double gain = 1;
  double offset = 0;
};
std::unique_ptr<ImageEncoder> make_current_encoder(const CurrentCode& code);
/// The same for signals: channel c sends gain v + offset of its value v of each tick.
std::unique_ptr<SignalEncoder> make_signal_current_encoder(const CurrentCode& code);

/// Events gathered in one bin a step.
struct EventFrameCode {
  enum class Bins {
    kTonic,         ///< ToFrame(n_time_bins): whole us, the last event is left out
    kSpikingJelly,  ///< the same width, the last bin takes the rest
    kClock,         ///< bin k: [k, k + 1) step_ms after the first event; later events are lost
  };
  enum class Values {
    kCounts,  ///< graded: the number of events
    kBinary   ///< a spike where there is any event
  };
  Bins bins = Bins::kTonic;
  Values values = Values::kCounts;
  double step_ms = 1;  ///< kClock only, > 0; taken in whole ns
};
std::unique_ptr<EventEncoder> make_event_frame_encoder(const EventFrameCode& code);

/// Threshold crossings of a signal. With kBoth, neurons [0, channels) send falls (OFF) and
/// [channels, 2 channels) rises (ON), as polarities of events; with kRises, neuron c sends rises.
struct DeltaCode {
  enum class Reference {
    kPrevious,  ///< v[t] - v[t - 1] >= threshold, as spikegen.delta of snnTorch (v[-1] = v[0])
    kLevel      ///< against a level, at first v[0], that each crossing moves by the threshold
  };
  enum class Directions { kRises, kBoth };
  double threshold = 0.1;  ///< > 0
  Reference reference = Reference::kPrevious;
  Directions directions = Directions::kBoth;
};
std::unique_ptr<SignalEncoder> make_delta_encoder(const DeltaCode& code);

/// A source of independent Poisson-like (Bernoulli a step) trains.
/// `probability` a step and neuron, in [0, 1].
void poisson_train(double probability, std::size_t neurons, Tick first, Tick steps, EncodingKey key,
                   SpikeTrain& train);

}  // namespace neurosim
