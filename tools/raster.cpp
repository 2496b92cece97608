#include "tools/raster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kTallNeurons = 16;  ///< up to so many, each neuron has a line of its own
constexpr std::size_t kLabelEvery = 4;
constexpr double kLabelDistance = 8;

struct GlyphSet {
  std::size_t across, down;  ///< dots of a cell
  const char *side, *corner, *line, *mark;
};
constexpr GlyphSet kAsciiSet = {1, 1, "|", "+", "-", "+"};
constexpr GlyphSet kBrailleSet = {2, 4, "│", "└", "─", "┬"};

/// How neurons and ticks fall on dots.
struct Layout {
  GlyphSet set;
  std::size_t neurons, ticks;
  std::size_t label_width;
  std::size_t dots_across, dots_down;
  std::size_t columns, rows;  ///< cells

  std::size_t column_dot(std::size_t tick) const { return tick * dots_across / ticks; }
  /// First dot row of a neuron, counted from the bottom; neurons == n gives the end.
  std::size_t row_dot(std::size_t neuron) const { return neuron * dots_down / neurons; }
  /// The lowest neuron that begins at or above a line of cells.
  std::size_t first_neuron(std::size_t row) const {
    return std::min((row * set.down * neurons + dots_down - 1) / dots_down, neurons - 1);
  }
};

std::size_t cells(std::size_t dots, std::size_t a_cell) { return (dots + a_cell - 1) / a_cell; }

Layout lay_out(const RasterFrame& frame) {
  Layout layout{.set = frame.glyphs == Glyphs::kBraille ? kBrailleSet : kAsciiSet,
                .neurons = frame.neurons,
                .ticks = static_cast<std::size_t>(frame.ticks)};
  layout.label_width = std::max<std::size_t>(2, std::to_string(frame.neurons - 1).size());
  const auto width = static_cast<std::size_t>(std::max(frame.columns, 1));
  const std::size_t margin = layout.label_width + 2;
  const std::size_t most_across = (width > margin ? width - margin : 1) * layout.set.across;
  // Few ticks: each takes the same whole number of dots.
  layout.dots_across =
      layout.ticks <= most_across ? most_across / layout.ticks * layout.ticks : most_across;
  const auto rows = static_cast<std::size_t>(std::max(frame.rows, 1));
  const std::size_t tall = layout.neurons <= std::min(kTallNeurons, rows) ? layout.set.down : 1;
  layout.dots_down = std::min(layout.neurons * tall, rows * layout.set.down);
  layout.columns = cells(layout.dots_across, layout.set.across);
  layout.rows = cells(layout.dots_down, layout.set.down);
  return layout;
}

/// Dots by cell, as the bit patterns of braille: bit 0..2 and 6 on the left, 3..5 and 7 on the
/// right, from the top down.
class Canvas {
 public:
  explicit Canvas(const Layout& layout)
      : layout_(layout), patterns_(layout.columns * layout.rows, 0) {}

  void set(std::size_t across, std::size_t up) {
    constexpr std::array<std::array<unsigned, 2>, 4> kBits = {
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    const GlyphSet& set = layout_.set;
    const std::size_t from_top = set.down - 1 - up % set.down;
    patterns_[up / set.down * layout_.columns + across / set.across] |=
        kBits[from_top][across % set.across];
  }

  std::string row(std::size_t row) const {
    std::string text;
    for (std::size_t column = 0; column < layout_.columns; ++column) {
      const unsigned pattern = patterns_[row * layout_.columns + column];
      if (pattern == 0) {
        text += ' ';
      } else if (layout_.set.down == 1) {
        text += '|';
      } else {  // U+2800 + pattern
        text += {'\xE2', static_cast<char>(0xA0 + (pattern >> 6)),
                 static_cast<char>(0x80 + (pattern & 0x3F))};
      }
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  const Layout& layout_;
  std::vector<unsigned> patterns_;
};

/// The smallest 1, 2 or 5 times a power of ten that is not below `least`.
double round_step(double least) {
  double step = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (step * factor >= least) return step * factor;
  }
  return step * 10;
}

std::string time_axis(const Layout& layout, double step_ms) {
  const double total = static_cast<double>(layout.ticks) * step_ms;
  const auto columns = static_cast<double>(layout.columns);
  const double step = round_step(total * kLabelDistance / columns);
  std::vector<bool> marked(layout.columns, false);
  std::string labels;
  for (int k = 0; k * step < total; ++k) {
    const auto at = static_cast<std::size_t>(k * step / total * columns);
    const std::string label = fmt::format("{:g}", k * step);
    if (at + label.size() > layout.columns || (at > 0 && at <= labels.size())) break;
    marked[at] = true;
    labels += std::string(at - labels.size(), ' ') + label;
  }
  std::string axis = std::string(layout.label_width + 1, ' ') + layout.set.corner;
  for (const bool mark : marked) axis += mark ? layout.set.mark : layout.set.line;
  return fmt::format("{}\n{:>{}}  {}\n", axis, "ms", layout.label_width, labels);
}

}  // namespace

std::string draw_raster(const SpikeTrain& train, const RasterFrame& frame) {
  NS_ASSERT(frame.neurons > 0 && frame.ticks > 0);
  const Layout layout = lay_out(frame);
  Canvas canvas(layout);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    NS_ASSERT(packet.tick >= 0 && packet.tick < frame.ticks);
    const std::size_t across = layout.column_dot(static_cast<std::size_t>(packet.tick));
    for (const NeuronId id : packet.ids) {
      NS_ASSERT(id < frame.neurons);
      const std::size_t first = layout.row_dot(id);
      const std::size_t end = std::max(layout.row_dot(id + std::size_t{1}), first + 1);
      for (std::size_t up = first; up < end; ++up) canvas.set(across, up);
    }
  }
  std::string text;
  for (std::size_t row = layout.rows; row-- > 0;) {
    const bool at_top = row + 1 == layout.rows && row % kLabelEvery >= kLabelEvery / 2;
    const bool labelled = layout.rows <= 2 * kLabelEvery || row % kLabelEvery == 0 || at_top;
    const std::string label = labelled ? std::to_string(layout.first_neuron(row)) : "";
    text +=
        fmt::format("{:>{}} {}{}\n", label, layout.label_width, layout.set.side, canvas.row(row));
  }
  return text + time_axis(layout, frame.step_ms);
}

}  // namespace neurosim
