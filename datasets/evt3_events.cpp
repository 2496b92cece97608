#include <fmt/format.h>

#include <array>

#include "datasets/event_formats.hpp"
#include "datasets/prophesee_header.hpp"

namespace neurosim {
namespace {

/// The four highest bits of a word.
enum Word : unsigned {
  kAddressY = 0x0,
  kAddressX = 0x2,
  kVectorBase = 0x3,
  kVector12 = 0x4,
  kVector8 = 0x5,
  kTimeLow = 0x6,
  kContinued4 = 0x7,
  kTimeHigh = 0x8,
  kTrigger = 0xA,
  kOther = 0xE,
  kContinued12 = 0xF,
};

constexpr unsigned kTimeSteps = 1u << 12;  ///< of either half of the 24 bits of time

/// Sizes by the name of the plug-in that recorded, for files that do not tell them.
struct Camera {
  std::string_view plugin;
  SensorSize size;
};
constexpr std::array<Camera, 4> kCameras = {{{"gen31", {640, 480}},
                                             {"gen41", {1280, 720}},
                                             {"imx636", {1280, 720}},
                                             {"genx320", {320, 320}}}};

SensorSize sensor_size(const EventBytes& file, const PropheseeHeader& header) {
  SensorSize size = told_size(file, header);
  const std::string_view plugin = header.find("plugin_name").value_or("");
  for (const Camera& camera : kCameras) {
    if (plugin.find(camera.plugin) == std::string_view::npos) continue;
    if (size.width == 0) size.width = camera.size.width;
    if (size.height == 0) size.height = camera.size.height;
  }
  return size;
}

/// A word changes what the next events have in common, or adds events.
class Decoder {
 public:
  Decoder(const EventBytes& file, EventSink& sink) : file_(file), sink_(sink) {}

  void word(unsigned word, std::size_t at) {
    const unsigned value = word & 0xFFF;
    const auto coordinate = static_cast<std::uint16_t>(value & 0x7FF);
    switch (word >> 12) {
      case kAddressY:
        y_ = coordinate;
        has_y_ = true;
        break;
      case kAddressX:
        add(coordinate, value >> 11, at);
        break;
      case kVectorBase:
        base_ = coordinate;
        base_p_ = value >> 11;
        break;
      case kVector12:
        vector(value, 12, at);
        break;
      case kVector8:
        vector(value & 0xFF, 8, at);
        break;
      case kTimeLow:
        low_ = value;
        break;
      case kTimeHigh:
        time_high(value);
        break;
      case kContinued4:
      case kTrigger:
      case kOther:
      case kContinued12:
        break;
      default:
        file_.fail(at, fmt::format("expected a word of EVT 3.0, found 0x{:04x}, whose type is "
                                   "reserved",
                                   word));
    }
  }

 private:
  /// The 24 bits run over every 16.8 s. Less than half of that backwards is disorder.
  void time_high(unsigned high) {
    if (has_time_ && high + kTimeSteps / 2 < high_) ++turns_;
    if (high != high_) low_ = 0;
    high_ = high;
    has_time_ = true;
  }

  void vector(unsigned bits, unsigned count, std::size_t at) {
    for (unsigned k = 0; k < count; ++k) {
      if ((bits >> k & 1) != 0) add(base_ + k, base_p_, at);
    }
    base_ += count;
  }

  void add(unsigned x, unsigned p, std::size_t at) {
    if (!has_time_ || !has_y_) return;  // the stream was cut in here: nobody knows when and where
    if (x > 0xFFFF) file_.fail(at, fmt::format("expected an x below 65536, found {}", x));
    sink_.add({.t = (turns_ * kTimeSteps + high_) * kTimeSteps + low_,
               .x = static_cast<std::uint16_t>(x),
               .y = y_,
               .p = static_cast<std::uint8_t>(p)},
              at);
  }

  const EventBytes& file_;
  EventSink& sink_;
  std::int64_t turns_ = 0;
  unsigned high_ = 0;
  unsigned low_ = 0;
  unsigned base_ = 0;
  unsigned base_p_ = 0;
  std::uint16_t y_ = 0;
  bool has_time_ = false;
  bool has_y_ = false;
};

}  // namespace

EventRecording read_evt3_events(const EventBytes& file) {
  const PropheseeHeader header = parse_prophesee_header(file);
  if ((file.bytes.size() - header.end) % 2 != 0) {
    file.fail(file.bytes.size() - 1, "expected words of 2 bytes, found 1 (truncated?)");
  }
  EventSink sink(file, sensor_size(file, header));
  Decoder decoder(file, sink);
  for (std::size_t at = header.end; at < file.bytes.size(); at += 2) {
    decoder.word(static_cast<unsigned>(little_endian<2>(file.bytes, at)), at);
  }
  return sink.finish();
}

}  // namespace neurosim
