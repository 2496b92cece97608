#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "datasets/dataset.hpp"

namespace neurosim {

/// A simulated event camera: what it would see of an image that is moved by three saccades, as
/// N-MNIST was recorded. Simulated, not N-MNIST: same size, path and timing, and about as many
/// events. The defaults were fitted to the statistics of N-MNIST that README.md lists. Defaults and
/// ranges that users see stand in sim/network/encoding.hpp.
///
/// The image moves along a triangle: right and down, right and up, back to the left. From
/// 0.08 to 0.83 of a saccade it speeds up and slows down again, else it rests. A pixel sees the
/// logarithm of black + (1 - black) * brightness, brightness in [0, 1] being interpolated between
/// the four nearest pixels of the image, 0 outside of it. It gives an event when that has risen
/// (ON) or fallen (OFF) by its threshold, is blind for a while, and compares with what it sees
/// then.
struct SaccadeCamera {
  std::size_t width = 34;  ///< pixels of the sensor, 1 to 1024; the image stands in its middle
  std::size_t height = 34;
  double threshold = 0.36;         ///< change of log intensity that makes an event, 0.01 to 10
  double threshold_spread = 0.05;  ///< standard deviation over pixels, 0 to 10
  double black = 0.1;              ///< what black sends out, as a share of white, 0.001 to 1
  double amplitude = 6;            ///< width and height of the triangle, pixels, 0 to 100
  double saccade_ms = 103;         ///< length of each of the three, 1 to 10,000
  double refractory_ms = 1;        ///< a pixel is blind after an event, 0 to 10,000
  double noise_hz = 0.3;           ///< spurious events a pixel and second, 0 to 1,000
  std::uint64_t seed = 1;          ///< of threshold spread and noise
};

/// Recordings of `images`, in their order, with their labels. A recording depends only on camera,
/// image and index: any order, any thread, the same bits everywhere. Its events are in the order
/// of (t, y, x, p), t in [0, 3 * saccade_ms).
/// REQUIRES: the ranges above.
std::unique_ptr<EventDataset> make_saccade_dataset(std::unique_ptr<ImageDataset> images,
                                                   const SaccadeCamera& camera);

}  // namespace neurosim
