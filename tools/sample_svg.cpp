#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>

#include "tools/event_frames.hpp"
#include "tools/markup.hpp"
#include "tools/sample_picture.hpp"

namespace neurosim {
namespace {

// Okabe and Ito's colours, which every kind of colour vision tells apart.
constexpr std::string_view kOn = "#0072B2";
constexpr std::string_view kOff = "#D55E00";
constexpr std::array<std::string_view, 7> kColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                      "#E69F00", "#56B4E9", "#000000"};
constexpr std::size_t kLevels = 4;  // of the opacity of a block
constexpr double kMargin = 16;
constexpr double kTitle = 34;  // the title's baseline and the room below
constexpr double kPlotWidth = 1000;

std::string document(const std::string& title, double width, double height,
                     const std::string& body) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<title>{2}</title>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{3:.0f}\" y=\"22\" font-size=\"14\">{2}</text>\n{4}</svg>\n",
      width, height, markup_escaped(title), kMargin, body);
}

/// The smallest 1, 2 or 5 times a power of ten that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= least) return power * factor;
  }
  return power * 10;
}

/// Where a plot stands, and what its edges mean.
struct Plot {
  double left, top, width, height;
  double x_low, x_high, y_low, y_high;

  double x(double value) const { return left + (value - x_low) / (x_high - x_low) * width; }
  double y(double value) const { return top + (y_high - value) / (y_high - y_low) * height; }
};

/// Ticks with their numbers, lines at the left and below, and what the axes are.
std::string axes(const Plot& plot, std::string_view x_name, std::string_view y_name) {
  std::string text =
      fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\" fill=\"none\" stroke=\"black\"/>\n",
                  plot.left, plot.top, plot.top + plot.height, plot.left + plot.width);
  const auto ticks = [](double low, double high, double wanted, const auto& draw) {
    const double step = round_step((high - low) / wanted);
    for (double k = std::ceil(low / step); k * step <= high + 1e-9 * step; ++k) draw(k * step);
  };
  ticks(plot.x_low, plot.x_high, 10, [&](double value) {
    const double x = plot.x(value);
    const double bottom = plot.top + plot.height;
    text += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}v5\" stroke=\"black\"/><text x=\"{0:.1f}\" y=\"{2:.1f}\" "
        "text-anchor=\"middle\">{3:g}</text>\n",
        x, bottom, bottom + 18, value);
  });
  ticks(plot.y_low, plot.y_high, 4, [&](double value) {
    text += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}h-5\" stroke=\"black\"/><text x=\"{2:.1f}\" y=\"{3:.1f}\" "
        "text-anchor=\"end\">{4:g}</text>\n",
        plot.left, plot.y(value), plot.left - 8, plot.y(value) + 4, value);
  });
  text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                      plot.left + plot.width / 2, plot.top + plot.height + 36, x_name);
  return text + fmt::format(
                    "<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\" "
                    "text-anchor=\"middle\">{}</text>\n",
                    plot.left - 46, plot.top + plot.height / 2, y_name);
}

std::string draw(const ImageItem& image, const std::string& title) {
  const double scale = std::max(1.0, std::floor(420.0 / static_cast<double>(image.columns)));
  const double width = scale * static_cast<double>(image.columns);
  const double height = scale * static_cast<double>(image.rows);
  // A viewer that does not know crispEdges would show white lines between black pixels.
  std::string body = fmt::format(
      "<g transform=\"translate({:.0f} {:.0f}) scale({:.0f})\" shape-rendering=\"crispEdges\">\n"
      "<rect width=\"{}\" height=\"{}\" fill=\"black\"/>\n",
      kMargin, kTitle, scale, image.columns, image.rows);
  for (std::size_t y = 0; y < image.rows; ++y) {
    for (std::size_t x = 0; x < image.columns;) {
      const std::uint8_t grey = image.pixels[y * image.columns + x];
      std::size_t end = x + 1;
      while (end < image.columns && image.pixels[y * image.columns + end] == grey) ++end;
      if (grey > 0) {
        fmt::format_to(std::back_inserter(body),
                       "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"1\" "
                       "fill=\"#{:02x}{:02x}{:02x}\"/>\n",
                       x, y, end - x, grey, grey, grey);
      }
      x = end;
    }
  }
  body += "</g>\n";
  const double title_width = 7.2 * static_cast<double>(display_width(title));
  return document(title, 2 * kMargin + std::max(width, title_width), kTitle + height + kMargin,
                  body);
}

/// The blocks of a frame, those of one colour and opacity as one path.
std::string frame_paths(const EventFrames& frames, std::size_t frame, double full) {
  std::array<std::array<std::string, kLevels>, 2> paths;
  for (std::size_t y = 0; y < frames.height; ++y) {
    for (std::size_t x = 0; x < frames.width; ++x) {
      const std::uint32_t on = frames.on_at(frame, x, y);
      const std::uint32_t off = frames.off_at(frame, x, y);
      if (on + off == 0) continue;
      const double share = std::min(static_cast<double>(on + off) / full, 1.0);
      const auto level = static_cast<std::size_t>(std::ceil(share * kLevels)) - 1;
      fmt::format_to(std::back_inserter(paths[on >= off ? 0 : 1][level]), "M{} {}h1v1h-1z", x, y);
    }
  }
  std::string text;
  for (std::size_t off = 0; off < 2; ++off) {
    for (std::size_t level = 0; level < kLevels; ++level) {
      if (paths[off][level].empty()) continue;
      text += fmt::format("<path fill=\"{}\" fill-opacity=\"{:.2f}\" d=\"{}\"/>\n",
                          off == 0 ? kOn : kOff, static_cast<double>(level + 1) / kLevels,
                          paths[off][level]);
    }
  }
  return text;
}

std::string rate_line(const std::vector<std::uint32_t>& rate, const EventFrames& frames,
                      const Plot& plot, std::string_view colour) {
  std::string path;
  for (std::size_t k = 0; k < rate.size(); ++k) {
    const double ms = (static_cast<double>(k) + 0.5) * frames.bin_us / 1000;
    path += fmt::format("{:.1f},{:.1f} ", plot.x(ms), plot.y(rate[k] / (frames.bin_us / 1000)));
  }
  return fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
                     path, colour);
}

/// What the colours mean, at the right of the line at `y`.
std::string legend(double right, double y) {
  return fmt::format(
      "<rect x=\"{0:.0f}\" y=\"{1:.0f}\" width=\"10\" height=\"10\" fill=\"{2}\"/>"
      "<text x=\"{3:.0f}\" y=\"{4:.0f}\">ON</text>"
      "<rect x=\"{5:.0f}\" y=\"{1:.0f}\" width=\"10\" height=\"10\" fill=\"{6}\"/>"
      "<text x=\"{7:.0f}\" y=\"{4:.0f}\">OFF</text>\n",
      right - 90, y - 9, kOn, right - 76, y, right - 44, kOff, right - 30);
}

std::string draw(const EventRecording& recording, const std::string& title) {
  constexpr double kGap = 8, kTimes = 18, kPlotHeight = 150;
  const EventFrames frames =
      count_frames(recording, {.frames = 6, .most_blocks = 160, .bins = 100});
  const auto count = static_cast<double>(frames.frames);
  const double side = (kPlotWidth - kGap * (count - 1)) / count;
  const double scale = side / static_cast<double>(std::max(frames.width, frames.height));
  const double height = scale * static_cast<double>(frames.height);
  const double full = full_count(frames);
  std::string body;
  const double top = kTitle + kTimes;
  for (std::size_t k = 0; k < frames.frames; ++k) {
    const double left = kMargin + static_cast<double>(k) * (side + kGap);
    const double width = scale * static_cast<double>(frames.width);
    const double from = static_cast<double>(k) * frames.frame_us / 1000;
    body += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{:.3g} to {:.3g} ms</text>\n", left,
                        top - 6, from, from + frames.frame_us / 1000);
    body += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"none\" "
        "stroke=\"#bbbbbb\"/>\n"
        "<g transform=\"translate({:.2f} {:.2f}) scale({:.4f})\" shape-rendering=\"crispEdges\">\n",
        left, top, width, height, left, top, scale);
    body += frame_paths(frames, k, full) + "</g>\n";
  }
  std::uint32_t most = 1;
  for (const auto* const rate : {&frames.on_rate, &frames.off_rate}) {
    most = std::max(most, *std::max_element(rate->begin(), rate->end()));
  }
  const double bin_ms = frames.bin_us / 1000;
  const Plot plot = {.left = kMargin + 60,
                     .top = top + height + 36,
                     .width = kPlotWidth - 60,
                     .height = kPlotHeight,
                     .x_low = 0,
                     .x_high = bin_ms * static_cast<double>(frames.on_rate.size()),
                     .y_low = 0,
                     .y_high = most / bin_ms * 1.05};
  body += rate_line(frames.on_rate, frames, plot, kOn);
  body += rate_line(frames.off_rate, frames, plot, kOff);
  body += legend(kMargin + kPlotWidth, plot.top - 10);
  body += axes(plot, "time (ms)", "events per ms");
  return document(title, 2 * kMargin + kPlotWidth, plot.top + plot.height + 50, body);
}

/// One channel, of which no more points than the plot could show: the least and greatest of each
/// stretch of time. A value that is no number breaks the line.
std::string channel_lines(const SignalItem& signal, std::size_t channel, const Plot& plot) {
  const auto most = static_cast<std::size_t>(kPlotWidth);
  const std::size_t stretch = (signal.length + most - 1) / most;
  std::string text, points;
  const auto finish = [&] {
    if (!points.empty()) {
      text += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\"/>\n", points,
                          kColours[channel % kColours.size()]);
    }
    points.clear();
  };
  for (std::size_t begin = 0; begin < signal.length; begin += stretch) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (std::size_t t = begin; t < std::min(begin + stretch, signal.length); ++t) {
      const float value = signal.values[t * signal.channels + channel];
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    if (low > high) {
      finish();
      continue;
    }
    const double x = plot.x(static_cast<double>(begin));
    points += fmt::format("{:.1f},{:.1f} ", x, plot.y(low));
    if (high > low) points += fmt::format("{:.1f},{:.1f} ", x, plot.y(high));
  }
  finish();
  return text;
}

std::string draw(const SignalItem& signal, const std::string& title) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const float value : signal.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, static_cast<double>(value));
    high = std::max(high, static_cast<double>(value));
  }
  if (low > high) low = high = 0;
  // A line that is all of one value runs through the middle.
  const double room = high > low ? 0.03 * (high - low) : std::max(std::abs(high), 1.0);
  const Plot plot = {.left = kMargin + 60,
                     .top = kTitle + 6,
                     .width = kPlotWidth - 60,
                     .height = 320,
                     .x_low = 0,
                     .x_high = std::max(static_cast<double>(signal.length) - 1, 1.0),
                     .y_low = low - room,
                     .y_high = high + room};
  std::string body;
  for (std::size_t channel = 0; channel < signal.channels; ++channel) {
    body += channel_lines(signal, channel, plot);
  }
  body += axes(plot, "point in time", "value");
  return document(title, 2 * kMargin + kPlotWidth, plot.top + plot.height + 50, body);
}

}  // namespace

std::string sample_svg(const SamplePicture& picture) {
  return std::visit([&](const auto& item) { return draw(item, picture.title); }, picture.item);
}

}  // namespace neurosim
