#pragma once

#include <cstdint>
#include <memory>

#include "datasets/dataset.hpp"

namespace neurosim {

/// A simulated event camera: what it would see of an image that is moved by three saccades, as
/// N-MNIST was recorded. Simulated, not N-MNIST: same size, timing and order of magnitude of
/// events. Defaults and ranges that users see stand in sim/network/encoding.hpp.
struct SaccadeCamera {
  std::size_t width = 34;  ///< pixels of the sensor; the image stands in its middle
  std::size_t height = 34;
  double threshold = 0.25;         ///< change of log intensity that makes an event, > 0
  double threshold_spread = 0.03;  ///< standard deviation over pixels, >= 0
  double amplitude = 4;            ///< pixels a saccade moves the image by
  double saccade_ms = 100;         ///< length of each of the three
  double refractory_ms = 1;        ///< a pixel is blind after an event
  double noise_hz = 0.1;           ///< spurious events a pixel and second
  std::uint64_t seed = 1;          ///< of threshold spread and noise
};

/// Depends only on camera, image and index: any order, any thread, the same bits everywhere.
std::unique_ptr<EventDataset> make_saccade_dataset(std::unique_ptr<ImageDataset> images,
                                                   const SaccadeCamera& camera);

}  // namespace neurosim
