#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "sim/core/error.hpp"
#include "tools/event_frames.hpp"
#include "tools/sample_picture.hpp"

namespace neurosim {
namespace {

using Colour = std::array<std::uint8_t, 3>;

// The colours of sample_svg.cpp.
constexpr Colour kWhite = {255, 255, 255}, kGrey = {187, 187, 187};
constexpr Colour kOn = {0, 114, 178}, kOff = {213, 94, 0};
constexpr std::array<Colour, 7> kColours = {
    {kOn, kOff, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}, {0, 0, 0}}};

class Canvas {
 public:
  Canvas(std::size_t width, std::size_t height)
      : width_(width), height_(height), bytes_(3 * width * height, 255) {}

  void fill(std::size_t left, std::size_t top, std::size_t width, std::size_t height,
            Colour colour) {
    for (std::size_t y = top; y < std::min(top + height, height_); ++y) {
      for (std::size_t x = left; x < std::min(left + width, width_); ++x) {
        std::copy(colour.begin(), colour.end(), bytes_.data() + 3 * (y * width_ + x));
      }
    }
  }

  /// A line two pixels wide, whose ends are within the canvas.
  void line(double x0, double y0, double x1, double y1, Colour colour) {
    const double steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1.0});
    for (double k = 0; k <= steps; ++k) {
      const double share = k / steps;
      fill(static_cast<std::size_t>(x0 + share * (x1 - x0)),
           static_cast<std::size_t>(y0 + share * (y1 - y0)), 2, 2, colour);
    }
  }

  std::vector<std::byte> png() const {
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width_);
    image.height = static_cast<png_uint_32>(height_);
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::vector<std::byte> file(size);
    const int written =
        png_image_write_to_memory(&image, file.data(), &size, 0, bytes_.data(), 0, nullptr);
    NS_ASSERT(written != 0);  // there is room for the worst case
    file.resize(size);
    return file;
  }

 private:
  std::size_t width_, height_;
  std::vector<std::uint8_t> bytes_;
};

/// The largest whole factor that keeps `size` within `most`.
std::size_t factor_for(std::size_t size, std::size_t most) {
  return std::max<std::size_t>(most / std::max<std::size_t>(size, 1), 1);
}

Canvas draw(const ImageItem& image) {
  const std::size_t scale = factor_for(std::max(image.columns, image.rows), 448);
  Canvas canvas(image.columns * scale, image.rows * scale);
  for (std::size_t y = 0; y < image.rows; ++y) {
    for (std::size_t x = 0; x < image.columns; ++x) {
      const std::uint8_t grey = image.pixels[y * image.columns + x];
      canvas.fill(x * scale, y * scale, scale, scale, {grey, grey, grey});
    }
  }
  return canvas;
}

Colour faded(Colour colour, double share) {
  for (std::size_t k = 0; k < colour.size(); ++k) {
    colour[k] = static_cast<std::uint8_t>(255 - share * (255 - colour[k]) + 0.5);
  }
  return colour;
}

Canvas draw(const EventRecording& recording) {
  constexpr std::size_t kGap = 4;
  const EventFrames frames = count_frames(recording, {.frames = 6, .most_blocks = 320, .bins = 1});
  const std::size_t scale = factor_for(std::max(frames.width, frames.height), 204);
  const std::size_t across = frames.width * scale + kGap;
  const double full = full_count(frames);
  Canvas canvas(frames.frames * across + kGap, frames.height * scale + 2 * kGap);
  canvas.fill(0, 0, frames.frames * across + kGap, frames.height * scale + 2 * kGap, kGrey);
  for (std::size_t k = 0; k < frames.frames; ++k) {
    const std::size_t left = kGap + k * across;
    for (std::size_t y = 0; y < frames.height; ++y) {
      for (std::size_t x = 0; x < frames.width; ++x) {
        const std::uint32_t on = frames.on_at(k, x, y);
        const std::uint32_t off = frames.off_at(k, x, y);
        // No share below a quarter: fainter ones could not be seen.
        const double share = std::clamp((on + off) / full, 0.25, 1.0);
        const Colour colour = on + off == 0 ? kWhite : faded(on >= off ? kOn : kOff, share);
        canvas.fill(left + x * scale, kGap + y * scale, scale, scale, colour);
      }
    }
  }
  return canvas;
}

Canvas draw(const SignalItem& signal) {
  constexpr double kWidth = 1000, kHeight = 320, kMargin = 8;
  Canvas canvas(static_cast<std::size_t>(kWidth), static_cast<std::size_t>(kHeight));
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const float value : signal.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, static_cast<double>(value));
    high = std::max(high, static_cast<double>(value));
  }
  const double range = high > low ? high - low : 1.0;
  const double last = std::max(static_cast<double>(signal.length) - 1, 1.0);
  for (std::size_t channel = 0; channel < signal.channels; ++channel) {
    double from_x = 0, from_y = 0;
    bool joined = false;
    for (std::size_t t = 0; t < signal.length; ++t) {
      const float value = signal.values[t * signal.channels + channel];
      if (!std::isfinite(value)) {
        joined = false;
        continue;
      }
      const double x = kMargin + static_cast<double>(t) / last * (kWidth - 2 * kMargin - 2);
      const double y = kMargin + (high - value) / range * (kHeight - 2 * kMargin - 2);
      canvas.line(joined ? from_x : x, joined ? from_y : y, x, y,
                  kColours[channel % kColours.size()]);
      from_x = x;
      from_y = y;
      joined = true;
    }
  }
  return canvas;
}

}  // namespace

std::vector<std::byte> sample_png(const SamplePicture& picture) {
  return std::visit([](const auto& item) { return draw(item).png(); }, picture.item);
}

}  // namespace neurosim
