#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "datasets/dataset.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

struct ImageItem {
  std::size_t rows = 0, columns = 0;  ///< >= 1
  std::vector<std::uint8_t> pixels;   ///< row-major, 0 black to 255 white
};

struct SignalItem {
  std::size_t length = 0, channels = 0;  ///< >= 1
  std::vector<float> values;             ///< [time][channel]; what is not finite is left out
};

/// One item of a dataset, and a line that says what it is.
struct SamplePicture {
  std::string title;
  std::variant<ImageItem, EventRecording, SignalItem> item;
};

/// REQUIRES of the three: index < data.size(). `name` begins the title.
SamplePicture picture_of(const ImageDataset& data, std::size_t index, const std::string& name);
SamplePicture picture_of(const EventDataset& data, std::size_t index, const std::string& name);
SamplePicture picture_of(const SignalDataset& data, std::size_t index, const std::string& name);
SamplePicture picture_of(EventRecording recording, const std::string& name);

/// For a terminal, title first. Images: half blocks (shades of ASCII where there is no UTF-8).
/// Events: frames side by side, as many as there is room for, ON above OFF, or `+` and `-` in
/// ASCII; then the rate over time. Signals: a line of its own for each of the first channels.
std::string sample_text(const SamplePicture& picture, const Terminal& terminal);

/// An SVG file: title, picture, axes in ms. ON is blue, OFF vermilion.
std::string sample_svg(const SamplePicture& picture);

/// A PNG file: pixels scaled up by a whole factor, frames of events as a strip, signals as lines.
std::vector<std::byte> sample_png(const SamplePicture& picture);

}  // namespace neurosim
