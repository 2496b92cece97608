#include "tools/sample_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace neurosim {
namespace {

std::string title_of(const Dataset& data, std::size_t index, const std::string& name) {
  std::string title = fmt::format("{}, sample {} of {}", name, index, data.size());
  const int label = data.label(index);
  if (label < 0) return title;
  const std::string class_name = data.class_name(static_cast<std::size_t>(label));
  title += fmt::format(", label {}", label);
  if (class_name != std::to_string(label)) title += fmt::format(" ({})", class_name);
  return title;
}

std::string facts_of(const EventRecording& recording) {
  const auto& events = recording.events;
  const auto on =
      std::count_if(events.begin(), events.end(), [](const Event& event) { return event.p == 1; });
  const double us =
      events.empty() ? 0
                     : static_cast<double>(events.back().t) - static_cast<double>(events.front().t);
  return fmt::format("{} x {}, {} events ({} ON) in {:.4g} ms", recording.width, recording.height,
                     events.size(), on, us / 1000);
}

}  // namespace

SamplePicture picture_of(const ImageDataset& data, std::size_t index, const std::string& name) {
  ImageItem item{.rows = data.rows(), .columns = data.columns(), .pixels = {}};
  item.pixels.resize(item.rows * item.columns);
  data.image(index, item.pixels);
  return {fmt::format("{}, {} x {}", title_of(data, index, name), item.rows, item.columns),
          std::move(item)};
}

SamplePicture picture_of(const EventDataset& data, std::size_t index, const std::string& name) {
  EventRecording recording;
  data.recording(index, recording);
  const std::string facts = facts_of(recording);
  return {fmt::format("{}, {}", title_of(data, index, name), facts), std::move(recording)};
}

SamplePicture picture_of(const SignalDataset& data, std::size_t index, const std::string& name) {
  SignalItem item{.length = data.length(), .channels = data.channels(), .values = {}};
  item.values.resize(item.length * item.channels);
  data.signal(index, item.values);
  return {fmt::format("{}, {} points of {} channel{}", title_of(data, index, name), item.length,
                      item.channels, item.channels == 1 ? "" : "s"),
          std::move(item)};
}

SamplePicture picture_of(EventRecording recording, const std::string& name) {
  const std::string facts = facts_of(recording);
  return {fmt::format("{}, {}", name, facts), std::move(recording)};
}

}  // namespace neurosim
