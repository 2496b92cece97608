#include "tools/sample_picture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "datasets/saccade_camera.hpp"
#include "datasets/synthetic_digits.hpp"
#include "tools/event_frames.hpp"

namespace neurosim {
namespace {

constexpr Terminal kAscii = {.columns = 40};
constexpr Terminal kUnicode = {.unicode = true, .columns = 40};

SamplePicture small_image() {
  return {"image", ImageItem{.rows = 3,
                             .columns = 4,
                             .pixels = {255, 0, 255, 0,  //
                                        255, 255, 0, 0,  //
                                        255, 0, 0, 128}}};
}

/// A pixel ON at the start, another OFF at the end, twice each.
SamplePicture small_recording() {
  return {
      "events",
      EventRecording{.width = 4,
                     .height = 4,
                     .events = {{0, 0, 0, 1}, {10, 0, 0, 1}, {99000, 3, 3, 0}, {99999, 3, 3, 0}}}};
}

SamplePicture small_signal() {
  return {"signal", SignalItem{.length = 4, .channels = 2, .values = {0, 5, 1, 5, 2, 5, 3, 5}}};
}

SamplePicture digit_recording() {
  return picture_of(*make_saccade_dataset(make_synthetic_digits({}), {}), 0, "digits");
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// Whether every element is closed by its own name, and no `&` or `<` stands alone.
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size(); ++at) {
    if (xml[at] == '&') {
      const std::string name = xml.substr(at, xml.find(';', at) - at);
      if (name != "&amp" && name != "&lt" && name != "&gt" && name != "&quot") return false;
    }
    if (xml[at] != '<') continue;
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = xml.substr(at + 1, end - at - 1);
    at = end;
    if (tag.empty() || count(tag, "\"") % 2 != 0 || tag.find('<') != std::string::npos)
      return false;
    if (tag.front() == '?' || tag.back() == '/') continue;
    if (tag.front() != '/') {
      open.push_back(tag.substr(0, tag.find(' ')));
      continue;
    }
    if (open.empty() || open.back() != tag.substr(1)) return false;
    open.pop_back();
  }
  return open.empty();
}

std::size_t big_endian(const std::vector<std::byte>& bytes, std::size_t at) {
  std::size_t number = 0;
  for (std::size_t k = at; k < at + 4; ++k)
    number = number << 8 | std::to_integer<std::size_t>(bytes[k]);
  return number;
}

/// Checks the signature, the first chunk and the last, and gives width and height.
std::pair<std::size_t, std::size_t> png_size(const std::vector<std::byte>& png) {
  constexpr unsigned char kSignature[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  REQUIRE(png.size() > 40);
  for (std::size_t k = 0; k < 8; ++k)
    CHECK(std::to_integer<unsigned char>(png[k]) == kSignature[k]);
  CHECK(big_endian(png, 12) == 0x49484452);              // IHDR
  CHECK(big_endian(png, png.size() - 8) == 0x49454e44);  // IEND
  return {big_endian(png, 16), big_endian(png, 20)};
}

TEST_CASE("text of an image: half blocks, shades, greys") {
  CHECK(sample_text(small_image(), kUnicode) == "image\n█▄▀\n▀  ▀\n");
  CHECK(sample_text(small_image(), kAscii) == "image\n@==\n=  :\n");
  const std::string grey = sample_text(small_image(), {.colour = true, .unicode = true});
  CHECK(grey.find("\033[38;5;255;48;5;255m▀") != std::string::npos);
  CHECK(grey.find("\033[0m\n") != std::string::npos);
}

TEST_CASE("text of an image that is wider than the terminal is made smaller") {
  const SamplePicture wide = {"w", ImageItem{100, 100, std::vector<std::uint8_t>(10000, 255)}};
  std::istringstream text(sample_text(wide, kUnicode));
  std::size_t lines = 0;
  for (std::string line; std::getline(text, line); ++lines) CHECK(display_width(line) <= 40);
  CHECK(lines == 1 + 17);  // blocks of 3 x 3 pixels, 34 rows
}

TEST_CASE("text of events: ON and OFF are told apart without colour") {
  const std::string unicode = sample_text(small_recording(), kUnicode);
  const auto on = unicode.find("\nON ");
  const auto off = unicode.find("\nOFF ");
  REQUIRE(on != std::string::npos);
  REQUIRE(off != std::string::npos);
  CHECK(unicode.find("⠁") > on);  // the pixel at the top left
  CHECK(unicode.find("⠁") < off);
  CHECK(unicode.find("⢀", off) != std::string::npos);  // at the bottom right of a 2 x 4 cell
  const std::string ascii = sample_text(small_recording(), kAscii);
  CHECK(count(ascii, "+") == 2);  // the pixel and the legend
  CHECK(ascii.find("+ more ON, - more OFF\n") != std::string::npos);
  CHECK(ascii.find("100 ms") != std::string::npos);
}

TEST_CASE("text keeps to the columns of the terminal") {
  for (const SamplePicture& picture : {digit_recording(), small_recording(), small_signal()}) {
    for (const int columns : {40, 80, 200, 1000}) {
      for (const bool unicode : {false, true}) {
        CAPTURE(columns);
        CAPTURE(unicode);
        std::istringstream text(sample_text(picture, {.unicode = unicode, .columns = columns}));
        std::string line;
        std::getline(text, line);  // the title is as long as it is
        while (std::getline(text, line)) {
          CHECK(display_width(line) <= static_cast<std::size_t>(columns));
        }
      }
    }
  }
}

TEST_CASE("text of a signal: a line a channel") {
  CHECK(sample_text(small_signal(), kUnicode) == "signal\n  0 ▁▃▆█ 0 to 3\n  1 ▁▁▁▁ 5 to 5\n");
}

TEST_CASE("text for the narrowest terminal") {
  for (const SamplePicture& picture : {digit_recording(), small_image(), small_signal()}) {
    for (const int columns : {0, 1, 20}) {
      const std::string text = sample_text(picture, {.unicode = true, .columns = columns});
      CHECK(text.size() > picture.title.size() + 1);
      CHECK(text.size() < 3000);
    }
  }
}

TEST_CASE("nothing to draw") {
  const SamplePicture none = {"none", EventRecording{.width = 4, .height = 4, .events = {}}};
  CHECK(sample_text(none, kAscii) == "none\nno events\n");
  CHECK(well_formed(sample_svg(none)));
  png_size(sample_png(none));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const SamplePicture hole = {"nan", SignalItem{.length = 2, .channels = 1, .values = {nan, nan}}};
  CHECK(sample_text(hole, kAscii).find("no number") != std::string::npos);
  CHECK(well_formed(sample_svg(hole)));
  CHECK(count(sample_svg(hole), "polyline") == 0);
  png_size(sample_png(hole));
}

TEST_CASE("SVG is well-formed and holds what it should") {
  SamplePicture image = small_image();
  image.title = "a<b> & \"c\"\x01";
  const std::string svg = sample_svg(image);
  CHECK(well_formed(svg));
  CHECK(svg.find("a&lt;b&gt; &amp; &quot;c&quot; </title>") != std::string::npos);
  CHECK(count(svg, "fill=\"#ffffff\"") == 4);  // runs of white
  CHECK(count(svg, "fill=\"#808080\"") == 1);
  const std::string events = sample_svg(digit_recording());
  CHECK(well_formed(events));
  CHECK(count(events, "<g ") == 6);
  CHECK(count(events, "<polyline") == 2);
  CHECK(events.find("time (ms)") != std::string::npos);
  const std::string signal = sample_svg(small_signal());
  CHECK(well_formed(signal));
  CHECK(count(signal, "<polyline") == 2);
  CHECK_FALSE(well_formed("<a><b></a></b>"));
}

TEST_CASE("PNG has its signature, and whole pixels") {
  CHECK(png_size(sample_png(small_image())) == std::pair<std::size_t, std::size_t>{448, 336});
  // Six frames of 34 x 6 and gaps of 4.
  CHECK(png_size(sample_png(digit_recording())) ==
        std::pair<std::size_t, std::size_t>{6 * 208 + 4, 212});
  CHECK(png_size(sample_png(small_signal())) == std::pair<std::size_t, std::size_t>{1000, 320});
}

TEST_CASE("frames: every event is counted once, whatever the times") {
  EventRecording recording{.width = 300, .height = 200, .events = {}};
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t t : {-most, std::int64_t{-5}, std::int64_t{7}, most}) {
    recording.events.push_back({t, 299, 199, 1});
    recording.events.push_back({t, 0, 0, 0});
  }
  const EventFrames frames = count_frames(recording, {.frames = 3, .most_blocks = 64, .bins = 10});
  CHECK(frames.block == 5);
  CHECK(frames.width == 60);
  CHECK(frames.height == 40);
  std::uint32_t on = 0, off = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    on += frames.on_at(k, 59, 39);
    off += frames.off_at(k, 0, 0);
  }
  CHECK(on == 4);
  CHECK(off == 4);
}

TEST_CASE("titles say what it is") {
  CHECK(picture_of(*make_synthetic_digits({.samples = 20}), 3, "digits")
            .title.rfind("digits, sample 3 of 20, label ", 0) == 0);
  CHECK(digit_recording().title.find("34 x 34, ") != std::string::npos);
}

}  // namespace
}  // namespace neurosim
