#include "experiments/make_encoder.hpp"

#include <fmt/format.h>

#include "experiments/encoded_data.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using E = Encoding;

/// The values of a table of fields.
class Values {
 public:
  explicit Values(const std::vector<FieldValue>& values) : values_(values) {}
  double real(std::size_t field) const { return values_.at(field).at(0); }
  Tick tick(std::size_t field) const { return static_cast<Tick>(real(field)); }
  std::size_t count(std::size_t field) const { return static_cast<std::size_t>(real(field)); }
  bool yes(std::size_t field) const { return real(field) != 0; }
  /// Choices are listed in the order of the enum.
  template <class Enum>
  Enum choice(std::size_t field) const {
    return static_cast<Enum>(static_cast<int>(real(field)));
  }

 private:
  const std::vector<FieldValue>& values_;
};

Values values_of(const Description& description) {
  return Values(description.data->encoder.values);
}

CurrentCode current_code(const Description& description) {
  const Values values = values_of(description);
  return {.gain = values.real(E::kCurrentGain), .offset = values.real(E::kCurrentOffset)};
}

LatencyCode latency_code(const Description& description) {
  const Values values = values_of(description);
  const LatencyCode code = {
      .tau = values.real(E::kLatencyTau),
      .threshold = values.real(E::kLatencyThreshold),
      .first_spike_time = values.tick(E::kLatencyFirst),
      .normalize = values.yes(E::kLatencyNormalize),
      .curve = values.choice<LatencyCode::Curve>(E::kLatencyCurve),
      .below = values.yes(E::kLatencyClip) ? LatencyCode::BelowThreshold::kClip
                                           : LatencyCode::BelowThreshold::kSpikeLast,
      .late = values.yes(E::kLatencyBypass) ? LatencyCode::LateSpikes::kDrop
                                            : LatencyCode::LateSpikes::kRefuse};
  const Tick steps = description.time.steps;
  const Tick latest = latest_spike(code, steps);
  if (code.late == LatencyCode::LateSpikes::kRefuse && latest >= steps) {
    throw data_error(description, "encoder",
                     fmt::format("dim pixels spike as late as step {}, and time.steps is {}; use "
                                 "more steps, a smaller tau, `normalize: true`, or `bypass: true` "
                                 "to drop late spikes",
                                 latest, steps));
  }
  return code;
}

RowsCode rows_code(const Description& description, ImageShape shape) {
  const Values values = values_of(description);
  const RowsCode code = {.gain = values.real(E::kRowsGain),
                         .steps_per_row = values.tick(E::kRowsSteps),
                         .columns = shape.columns};
  const Tick steps = description.time.steps;
  if (shape.rows > static_cast<std::size_t>(steps / code.steps_per_row)) {
    throw data_error(description, "encoder.steps_per_row",
                     fmt::format("{} rows of {} steps each take {} steps, and time.steps is {}",
                                 shape.rows, code.steps_per_row,
                                 shape.rows * static_cast<std::size_t>(code.steps_per_row), steps));
  }
  return code;
}

}  // namespace

std::unique_ptr<ImageEncoder> make_image_encoder(const Description& description, ImageShape shape) {
  const Values values = values_of(description);
  switch (description.data->encoder.type) {
    case E::kRate:
      return make_rate_encoder({.gain = values.real(E::kRateGain),
                                .offset = values.real(E::kRateOffset),
                                .first_spike_time = values.tick(E::kRateFirst)});
    case E::kLatency:
      return make_latency_encoder(latency_code(description));
    case E::kRows:
      return make_rows_encoder(rows_code(description, shape));
    default:
      NS_ASSERT(description.data->encoder.type == E::kCurrent);
      return make_current_encoder(current_code(description));
  }
}

std::unique_ptr<EventEncoder> make_event_encoder(const Description& description) {
  NS_ASSERT(description.data->encoder.type == E::kEventFrames);
  const Values values = values_of(description);
  return make_event_frame_encoder({.bins = values.choice<EventFrameCode::Bins>(E::kFrameBins),
                                   .values = values.choice<EventFrameCode::Values>(E::kFrameValues),
                                   .step_ms = description.time.step_ms});
}

std::unique_ptr<SignalEncoder> make_signal_encoder(const Description& description) {
  if (description.data->encoder.type == E::kCurrent) {
    return make_signal_current_encoder(current_code(description));
  }
  NS_ASSERT(description.data->encoder.type == E::kDelta);
  const Values values = values_of(description);
  return make_delta_encoder(
      {.threshold = values.real(E::kDeltaThreshold),
       .reference = values.choice<DeltaCode::Reference>(E::kDeltaReference),
       .directions = values.choice<DeltaCode::Directions>(E::kDeltaDirections)});
}

SaccadeCamera make_camera(const Description& description) {
  const Values values(*description.data->camera);
  return {.width = values.count(E::kWidth),
          .height = values.count(E::kHeight),
          .threshold = values.real(E::kCameraThreshold),
          .threshold_spread = values.real(E::kThresholdSpread),
          .black = values.real(E::kBlack),
          .amplitude = values.real(E::kAmplitude),
          .saccade_ms = values.real(E::kSaccadeMs),
          .refractory_ms = values.real(E::kRefractoryMs),
          .noise_hz = values.real(E::kNoiseHz),
          .seed = description.seed};
}

}  // namespace neurosim
