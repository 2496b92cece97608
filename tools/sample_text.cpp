#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "tools/event_frames.hpp"
#include "tools/sample_picture.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kGap = 2;  // columns between frames
constexpr std::size_t kMostFrames = 6;
constexpr std::size_t kLeastAcross = 16;  // columns of a frame, before there are fewer of them
constexpr std::size_t kMostChannels = 16;
constexpr std::string_view kShades = " .:-=+*#%@";
constexpr std::array<std::string_view, 9> kBars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::size_t columns_of(const Terminal& terminal) {
  return static_cast<std::size_t>(std::max(terminal.columns, 20));
}

void end_line(std::string& text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text += '\n';
}

/// Part of a whole as one character: nothing only for 0.
std::string_view bar(double share, const Terminal& terminal) {
  const std::size_t steps = terminal.unicode ? kBars.size() - 1 : kShades.size() - 1;
  const auto level = static_cast<std::size_t>(
      std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(steps) - 1e-9));
  return terminal.unicode ? kBars[level] : kShades.substr(level, 1);
}

/// The image in blocks of so many pixels that it fits, each their mean.
ImageItem shrunk(const ImageItem& image, std::size_t columns) {
  const std::size_t block = (image.columns + columns - 1) / columns;
  if (block <= 1) return image;
  ImageItem small;
  small.rows = (image.rows + block - 1) / block;
  small.columns = (image.columns + block - 1) / block;
  for (std::size_t y = 0; y < small.rows; ++y) {
    for (std::size_t x = 0; x < small.columns; ++x) {
      std::size_t sum = 0, count = 0;
      for (std::size_t r = y * block; r < std::min((y + 1) * block, image.rows); ++r) {
        for (std::size_t c = x * block; c < std::min((x + 1) * block, image.columns); ++c) {
          sum += image.pixels[r * image.columns + c];
          ++count;
        }
      }
      small.pixels.push_back(static_cast<std::uint8_t>(sum / count));
    }
  }
  return small;
}

/// Two pixels above each other. 232 to 255 are the greys of terminals with 256 colours.
std::string half_blocks(unsigned upper, unsigned lower, const Terminal& terminal) {
  if (terminal.colour) {
    return fmt::format("\033[38;5;{};48;5;{}m▀", 232 + upper * 23 / 255, 232 + lower * 23 / 255);
  }
  if (!terminal.unicode) {
    return std::string(kShades.substr((upper + lower) * (kShades.size() - 1) / (2 * 255), 1));
  }
  constexpr unsigned kInk = 95;  // thin strokes are grey: from half of white on they would break
  constexpr std::array<std::string_view, 4> kHalves = {" ", "▄", "▀", "█"};
  return std::string(kHalves[(upper > kInk ? 2u : 0u) + (lower > kInk ? 1u : 0u)]);
}

std::string draw(const ImageItem& full, const Terminal& given) {
  Terminal terminal = given;
  terminal.colour = given.colour && given.unicode;
  const ImageItem image = shrunk(full, columns_of(terminal));
  std::string text;
  for (std::size_t y = 0; y < image.rows; y += 2) {
    std::string line;
    for (std::size_t x = 0; x < image.columns; ++x) {
      const unsigned upper = image.pixels[y * image.columns + x];
      const unsigned lower = y + 1 < image.rows ? image.pixels[(y + 1) * image.columns + x] : 0u;
      line += half_blocks(upper, lower, terminal);
    }
    if (terminal.colour) line += "\033[0m";
    end_line(line);
    text += line;
  }
  return text;
}

/// Blocks with fewer events stay empty: most of them are noise.
double least_count(const EventFrames& frames) { return full_count(frames); }

std::string braille(const EventFrames& frames, bool on, std::size_t frame, std::size_t column,
                    std::size_t row, double least) {
  constexpr std::array<std::array<unsigned, 2>, 4> kBits = {
      {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
  unsigned pattern = 0;
  for (std::size_t dy = 0; dy < 4; ++dy) {
    for (std::size_t dx = 0; dx < 2; ++dx) {
      const std::size_t x = 2 * column + dx;
      const std::size_t y = 4 * row + dy;
      if (x >= frames.width || y >= frames.height) continue;
      // Half of the events of a block are of each polarity.
      const std::uint32_t count = on ? frames.on_at(frame, x, y) : frames.off_at(frame, x, y);
      if (count > 0 && 2 * count >= least) pattern |= kBits[dy][dx];
    }
  }
  if (pattern == 0) return " ";
  return {'\xE2', static_cast<char>(0xA0 + (pattern >> 6)),
          static_cast<char>(0x80 + (pattern & 0x3F))};
}

/// Times over the frames: `0 - 52 ms`.
std::string frame_titles(const EventFrames& frames, std::size_t across) {
  std::string line;
  for (std::size_t k = 0; k < frames.frames; ++k) {
    line.resize(k * (across + kGap), ' ');
    const double begin = frames.end_us(k) - frames.frame_us - static_cast<double>(frames.begin_us);
    line += fmt::format("{:.4g} ms", begin / 1000).substr(0, across);
  }
  return line + "\n";
}

std::string braille_frames(const EventFrames& frames, std::size_t across,
                           const Terminal& terminal) {
  const Palette palette = palette_of(terminal);
  const double least = least_count(frames);
  const std::size_t indent = 5;
  std::string text = std::string(indent, ' ') + frame_titles(frames, across);
  for (const bool on : {true, false}) {
    for (std::size_t row = 0; row < (frames.height + 3) / 4; ++row) {
      std::string line;
      for (std::size_t k = 0; k < frames.frames; ++k) {
        if (k > 0) line += std::string(kGap, ' ');
        for (std::size_t column = 0; column < across; ++column) {
          line += braille(frames, on, k, column, row, least);
        }
      }
      const std::string_view name = row > 0 ? "" : on ? "ON" : "OFF";
      std::string whole = fmt::format("{:<{}}{}{}", name, indent, on ? palette.yellow : "", line);
      end_line(whole);
      if (on && terminal.colour) whole.insert(whole.size() - 1, palette.reset);
      text += whole;
    }
  }
  return text;
}

/// Characters are twice as high as wide: each stands for two blocks above each other.
std::string ascii_frames(const EventFrames& frames) {
  const double least = least_count(frames);
  std::string text = frame_titles(frames, frames.width);
  for (std::size_t y = 0; y < frames.height; y += 2) {
    std::string line;
    for (std::size_t k = 0; k < frames.frames; ++k) {
      line.resize(k * (frames.width + kGap), ' ');
      for (std::size_t x = 0; x < frames.width; ++x) {
        const bool both = y + 1 < frames.height;
        const auto on = frames.on_at(k, x, y) + (both ? frames.on_at(k, x, y + 1) : 0u);
        const auto off = frames.off_at(k, x, y) + (both ? frames.off_at(k, x, y + 1) : 0u);
        line += on + off == 0 || on + off < least ? ' ' : on >= off ? '+' : '-';
      }
    }
    end_line(line);
    text += line;
  }
  return text + "+ more ON, - more OFF\n";
}

std::string rate_line(const EventFrames& frames, const Terminal& terminal) {
  std::uint32_t most = 1;
  std::vector<std::uint32_t> rate;
  for (std::size_t k = 0; k < frames.on_rate.size(); ++k) {
    rate.push_back(frames.on_rate[k] + frames.off_rate[k]);
    most = std::max(most, rate.back());
  }
  std::string line;
  for (const std::uint32_t count : rate) {
    line += bar(static_cast<double>(count) / static_cast<double>(most), terminal);
  }
  end_line(line);
  const std::string left = "0 ms";
  const double length = frames.bin_us * static_cast<double>(rate.size());
  const std::string right = fmt::format("{:.4g} ms", length / 1000);
  const std::size_t room =
      rate.size() > left.size() + right.size() ? rate.size() - left.size() - right.size() : 1;
  return fmt::format("rate, up to {:.3g} events/ms\n{}{}{}{}\n", most / (frames.bin_us / 1000),
                     line, left, std::string(room, ' '), right);
}

std::string draw(const EventRecording& recording, const Terminal& terminal) {
  if (recording.events.empty()) return "no events\n";
  const std::size_t columns = columns_of(terminal);
  const std::size_t dots = terminal.unicode ? 2 : 1;  // across a character
  const std::size_t room = columns - (terminal.unicode ? 5 : 0) + kGap;
  const std::size_t whole = std::max((recording.width + dots - 1) / dots, kLeastAcross);
  const std::size_t frames = std::clamp<std::size_t>(room / (whole + kGap), 1, kMostFrames);
  const std::size_t most_across = room / frames - kGap;
  EventGrid grid{.frames = frames, .most_blocks = most_across * dots, .bins = columns - 1};
  const EventFrames counts = count_frames(recording, grid);
  const std::string picture =
      terminal.unicode
          ? braille_frames(counts, std::max((counts.width + 1) / 2, std::size_t{8}), terminal)
          : ascii_frames(counts);
  return picture + rate_line(counts, terminal);
}

std::string draw(const SignalItem& signal, const Terminal& terminal) {
  std::string text;
  const std::size_t most = std::max<std::size_t>(columns_of(terminal), 32) - 24;
  const std::size_t across = std::max<std::size_t>(std::min(most, signal.length), 1);
  for (std::size_t channel = 0; channel < std::min(signal.channels, kMostChannels); ++channel) {
    std::vector<double> sums(across, 0), counts(across, 0);
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (std::size_t t = 0; t < signal.length; ++t) {
      const float value = signal.values[t * signal.channels + channel];
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
      sums[t * across / signal.length] += value;
      ++counts[t * across / signal.length];
    }
    std::string line = fmt::format("{:>3} ", channel);
    for (std::size_t k = 0; k < across; ++k) {
      const double range = static_cast<double>(high) - low;
      const double share = range > 0 ? (sums[k] / std::max(counts[k], 1.0) - low) / range : 0.0;
      line += counts[k] == 0 ? " " : bar(std::max(share, 1e-3), terminal);
    }
    line += low <= high ? fmt::format(" {:.3g} to {:.3g}", low, high) : " no number";
    end_line(line);
    text += line;
  }
  if (signal.channels > kMostChannels) {
    text += fmt::format("and {} channels more\n", signal.channels - kMostChannels);
  }
  return text;
}

}  // namespace

std::string sample_text(const SamplePicture& picture, const Terminal& terminal) {
  const auto drawn =
      std::visit([&](const auto& item) { return draw(item, terminal); }, picture.item);
  return picture.title + "\n" + drawn;
}

}  // namespace neurosim
