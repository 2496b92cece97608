#pragma once

#include <cstddef>
#include <memory>

#include "datasets/saccade_camera.hpp"
#include "encoders/encoder.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

// Encoders and camera as `data:` describes them. REQUIRES: description.data, whose encoder takes
// what the function is named after. Throw ConfigError where the code does not suit time.steps.

struct ImageShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

std::unique_ptr<ImageEncoder> make_image_encoder(const Description& description, ImageShape shape);
std::unique_ptr<EventEncoder> make_event_encoder(const Description& description);
std::unique_ptr<SignalEncoder> make_signal_encoder(const Description& description);

/// REQUIRES: description.data->camera.
SaccadeCamera make_camera(const Description& description);

}  // namespace neurosim
