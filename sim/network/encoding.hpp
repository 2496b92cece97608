#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/fields.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// What the items of a dataset are.
enum class DataKind { kImages, kEvents, kSignals };

/// Indexed by DataKind, for messages and help.
inline constexpr std::array<std::string_view, 3> kDataKindNames = {"images", "events", "signals"};

/// The keys of `data.encoder:` and `data.camera:`. Reading, validation, `neurosim help encoders`,
/// the resolved YAML of the results and the encoders themselves take names, defaults and ranges
/// from these tables.
struct Encoding {
  enum Type : std::size_t { kRate, kLatency, kEventFrames, kDelta, kCurrent, kRows, kTypeCount };

  enum RateField : std::size_t { kRateGain, kRateOffset, kRateFirst };
  enum LatencyField : std::size_t {
    kLatencyTau,
    kLatencyThreshold,
    kLatencyFirst,
    kLatencyNormalize,
    kLatencyCurve,
    kLatencyClip,
    kLatencyBypass
  };
  enum FrameField : std::size_t { kFrameBins, kFrameValues };
  enum DeltaField : std::size_t { kDeltaThreshold, kDeltaReference, kDeltaDirections };
  enum CurrentField : std::size_t { kCurrentGain, kCurrentOffset };
  enum RowsField : std::size_t { kRowsGain, kRowsSteps };

  static constexpr Range kPositive = {.low = 0, .low_open = true};
  static constexpr Range kSteps = {0, static_cast<double>(kMaxTicks)};
  static constexpr std::string_view kNoYes[] = {"false", "true"};
  static constexpr std::string_view kCurves[] = {"linear", "logarithmic"};
  static constexpr std::string_view kBins[] = {"tonic", "spikingjelly", "clock"};
  static constexpr std::string_view kValues[] = {"counts", "binary"};
  static constexpr std::string_view kReferences[] = {"previous", "level"};
  static constexpr std::string_view kDirections[] = {"rises", "both"};

  static constexpr FieldInfo kRateFields[] = {
      {.name = "gain", .fallback = 1, .sentence = "times the pixel (0 to 1)"},
      {.name = "offset",
       .fallback = 0,
       .sentence = "added to it: the chance of a spike a step, kept within 0 and 1"},
      {.name = "first_spike_time",
       .kind = FieldKind::kInteger,
       .fallback = 0,
       .range = kSteps,
       .unit = "steps",
       .sentence = "steps before it stay silent"},
  };
  static constexpr FieldInfo kLatencyFields[] = {
      {.name = "tau",
       .fallback = 10,
       .range = kPositive,
       .unit = "steps",
       .sentence = "time constant; normalize replaces it in the linear code"},
      {.name = "threshold",
       .fallback = 0.01,
       .range = {.low = 0, .high = 1, .low_open = true, .high_open = true},
       .sentence = "smallest pixel (0 to 1) that counts as bright"},
      {.name = "first_spike_time",
       .kind = FieldKind::kInteger,
       .fallback = 0,
       .range = kSteps,
       .unit = "steps",
       .sentence = "steps before it stay silent"},
      {.name = "normalize",
       .kind = FieldKind::kChoice,
       .fallback = 1,
       .choices = kNoYes,
       .sentence = "spread the spikes over all steps; of the logarithmic code, the sample's latest "
                   "spike goes to the last step"},
      {.name = "curve",
       .kind = FieldKind::kChoice,
       .fallback = 0,
       .choices = kCurves,
       .sentence = "spike time of pixel x: linear -tau (x - 1), or logarithmic tau ln(x / (x - "
                   "threshold))"},
      {.name = "clip",
       .kind = FieldKind::kChoice,
       .fallback = 1,
       .choices = kNoYes,
       .sentence = "pixels below the threshold never spike; false: they spike last"},
      {.name = "bypass",
       .kind = FieldKind::kChoice,
       .fallback = 0,
       .choices = kNoYes,
       .sentence = "drop spikes that come too late for the steps; false: refuse such a code"},
  };
  static constexpr FieldInfo kFrameFields[] = {
      {.name = "bins",
       .kind = FieldKind::kChoice,
       .fallback = 0,
       .choices = kBins,
       .sentence = "a step's share of the recording: tonic and spikingjelly cut it from first to "
                   "last event into whole us (tonic leaves the last event out), clock takes "
                   "step_ms from the first event on"},
      {.name = "values",
       .kind = FieldKind::kChoice,
       .fallback = 0,
       .choices = kValues,
       .sentence = "graded spikes that count events, or binary ones"},
  };
  static constexpr FieldInfo kDeltaFields[] = {
      {.name = "threshold",
       .fallback = 0.1,
       .range = {.low = 1e-30},
       .sentence = "change of the signal that makes a spike"},
      {.name = "reference",
       .kind = FieldKind::kChoice,
       .fallback = 0,
       .choices = kReferences,
       .sentence = "change since the previous step, or from the level of the last spike, which "
                   "moves by the threshold"},
      {.name = "directions",
       .kind = FieldKind::kChoice,
       .fallback = 1,
       .choices = kDirections,
       .sentence = "rises: one neuron a channel; both: neurons for falls, then neurons for rises"},
  };
  static constexpr FieldInfo kCurrentFields[] = {
      {.name = "gain", .fallback = 1, .sentence = "times the pixel (0 to 1) or the signal"},
      {.name = "offset", .fallback = 0, .sentence = "added to it; 0 in all sends nothing"},
  };
  static constexpr FieldInfo kRowsFields[] = {
      {.name = "gain",
       .fallback = 1,
       .sentence = "times the pixel (0 to 1): the chance of a spike a step, kept within 0 and 1"},
      {.name = "steps_per_row",
       .kind = FieldKind::kInteger,
       .fallback = 4,
       .range = {1, static_cast<double>(kMaxTicks)},
       .unit = "steps",
       .sentence = "how long each row is shown; after the last one nothing is sent"},
  };

  struct Info {
    std::string_view name;
    std::string_view sentence;
    std::array<bool, 3> takes;  ///< by DataKind
    std::span<const FieldInfo> fields;
  };
  static constexpr Info kTypes[] = {
      {"rate",
       "each pixel a Bernoulli train with the chance gain x + offset at each step",
       {true, false, false},
       kRateFields},
      {"latency",
       "at most one spike a pixel, the earlier the brighter",
       {true, false, false},
       kLatencyFields},
      {"event_frames",
       "the events of a recording, gathered step by step; shape [2, height, width]",
       {false, true, false},
       kFrameFields},
      {"delta", "spikes where a signal crosses a threshold", {false, false, true}, kDeltaFields},
      {"current",
       "each pixel or channel sends gain x + offset at every step, as a graded spike",
       {true, false, true},
       kCurrentFields},
      {"rows",
       "an image row after row, from the top, to one neuron a column: Bernoulli trains with the "
       "chance gain x",
       {true, false, false},
       kRowsFields},
  };
  static_assert(std::size(kTypes) == kTypeCount);

  /// The encoder of data for which none is named.
  static constexpr Type usual(DataKind kind) {
    return kind == DataKind::kImages ? kRate : kind == DataKind::kEvents ? kEventFrames : kDelta;
  }

  enum CameraField : std::size_t {
    kWidth,
    kHeight,
    kCameraThreshold,
    kThresholdSpread,
    kBlack,
    kAmplitude,
    kSaccadeMs,
    kRefractoryMs,
    kNoiseHz,
    kCameraFieldCount
  };
  static constexpr Range kPixels = {1, 1024};
  static constexpr FieldInfo kCameraFields[] = {
      {.name = "width",
       .kind = FieldKind::kInteger,
       .fallback = 34,
       .range = kPixels,
       .unit = "pixels",
       .sentence = "of the sensor; the image stands in its middle"},
      {.name = "height",
       .kind = FieldKind::kInteger,
       .fallback = 34,
       .range = kPixels,
       .unit = "pixels",
       .sentence = "of the sensor"},
      {.name = "threshold",
       .fallback = 0.36,
       .range = {0.01, 10},
       .sentence = "change of log intensity that makes an event"},
      {.name = "threshold_spread",
       .fallback = 0.05,
       .range = {0, 10},
       .sentence = "its standard deviation over pixels"},
      {.name = "black",
       .fallback = 0.1,
       .range = {0.001, 1},
       .sentence = "what black sends out, as a share of white"},
      {.name = "amplitude",
       .fallback = 6,
       .range = {0, 100},
       .unit = "pixels",
       .sentence = "width and height of the triangle that the image moves along"},
      {.name = "saccade_ms",
       .fallback = 103,
       .range = {1, 10000},
       .unit = "ms",
       .sentence = "duration of each of the three saccades"},
      {.name = "refractory_ms",
       .fallback = 1,
       .range = {0, 10000},
       .unit = "ms",
       .sentence = "a pixel is blind that long after an event"},
      {.name = "noise_hz",
       .fallback = 0.3,
       .range = {0, 1000},
       .unit = "Hz",
       .sentence = "spurious events of each pixel"},
  };
  static_assert(std::size(kCameraFields) == kCameraFieldCount);
};

}  // namespace neurosim
