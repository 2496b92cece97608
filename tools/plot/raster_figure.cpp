#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13;    ///< at least; numbers of many digits need more
constexpr double kNumbers = 7;  ///< left of them the axis' title, right of them the marks
constexpr double kRight = 4, kBottom = 9.5, kTop = 1.5;
constexpr double kTitle = 4.5;       ///< room above a panel
constexpr double kPanelHeight = 24;  ///< where nothing else is asked for
constexpr double kLeastPanelHeight = 6;
constexpr double kMostHeight = 230;  ///< of a page by itself
constexpr double kImageDotsPerMm = kPngDotsPerInch / 25.4;

std::string dots(const RasterPanel& panel, double step_ms) {
  std::string rows;
  for (std::size_t k = 0; k < panel.spikes.packet_count(); ++k) {
    const SpikePacket packet = panel.spikes.packet(k);
    // In the middle of its step, as in an image.
    const double time = (static_cast<double>(packet.tick) + 0.5) * step_ms;
    for (const NeuronId id : packet.ids) {
      fmt::format_to(std::back_inserter(rows), "{} {}\n", time, id);
    }
  }
  return rows;
}

/// Cells of an image along one axis: where there are fewer items than dots, each takes several, so
/// that no viewer blurs it much.
std::size_t image_cells(std::size_t items, double mm) {
  const auto dots = static_cast<std::size_t>(std::max(1.0, mm * kImageDotsPerMm));
  return items < dots ? items * ((dots + items - 1) / items) : dots;
}

/// Of the (neuron, step) that fall on a cell, how many spike, from 0 to 1.
std::vector<double> shares(const RasterPanel& panel, std::size_t ticks, std::size_t across,
                           std::size_t up) {
  std::vector<double> cells(across * up, 0);
  const auto first = [](std::size_t item, std::size_t items, std::size_t dots) {
    return item * dots / items;
  };
  for (std::size_t k = 0; k < panel.spikes.packet_count(); ++k) {
    const SpikePacket packet = panel.spikes.packet(k);
    const auto tick = static_cast<std::size_t>(packet.tick);
    const std::size_t left = first(tick, ticks, across);
    const std::size_t right = std::max(first(tick + 1, ticks, across), left + 1);
    for (const NeuronId id : packet.ids) {
      const std::size_t low = first(id, panel.neurons, up);
      const std::size_t high = std::max(first(id + std::size_t{1}, panel.neurons, up), low + 1);
      for (std::size_t y = low; y < high; ++y) {
        for (std::size_t x = left; x < right; ++x) cells[y * across + x] += 1;
      }
    }
  }
  const auto a_cell = [](std::size_t items, std::size_t dots) {
    return std::max(1.0, static_cast<double>(items) / static_cast<double>(dots));
  };
  const double whole = a_cell(ticks, across) * a_cell(panel.neurons, up);
  for (double& cell : cells) cell = std::min(1.0, cell / whole);
  return cells;
}

/// Percent of black; a cell with any spike has at least a third.
std::string image(const RasterPanel& panel, std::size_t ticks, std::size_t across, std::size_t up) {
  constexpr double kLeast = 35;
  const std::vector<double> cells = shares(panel, ticks, across, up);
  std::string rows;
  for (std::size_t y = 0; y < up; ++y) {
    for (std::size_t x = 0; x < across; ++x) {
      const double share = cells[y * across + x];
      const double ink = share > 0 ? kLeast + (100 - kLeast) * share : 0;
      fmt::format_to(std::back_inserter(rows), "{:.0f}{}", ink, x + 1 < across ? ' ' : '\n');
    }
  }
  return rows;
}

void plot_dots(Script& script, const RasterPanel& panel, double step_ms, double height_mm) {
  const std::string rows = dots(panel, step_ms);
  if (rows.empty()) {
    script.add("plot NaN notitle");
    return;
  }
  constexpr double kPointMm = 2.2;  // a point of size 1
  const double row_mm = height_mm / static_cast<double>(panel.neurons);
  const std::string block = script.data(rows);
  // Without a width, cairo draws a rim around the dot.
  script.add(fmt::format(
      "plot {} using 1:2 with points pointtype 7 pointsize {:.3f} linewidth 0.05 linecolor rgb "
      "'#000000' notitle",
      block, std::clamp(row_mm * 0.8, 0.35, 0.9) / kPointMm));
}

void plot_image(Script& script, const RasterPanel& panel, const RasterFigure& figure,
                const Box& box) {
  const auto ticks = static_cast<std::size_t>(figure.ticks);
  const std::size_t across = image_cells(ticks, box.right - box.left);
  const std::size_t up = image_cells(panel.neurons, box.top - box.bottom);
  const std::string block = script.data(image(panel, ticks, across, up));
  const double width =
      static_cast<double>(figure.ticks) * figure.step_ms / static_cast<double>(across);
  const double height = static_cast<double>(panel.neurons) / static_cast<double>(up);
  script.add("set palette defined (0 '#FFFFFF', 100 '#000000')");
  script.add("set cbrange [0:100]");
  script.add("unset colorbox");
  script.add(
      fmt::format("plot {} matrix using ({}*($1+0.5)):({}*($2+0.5)-0.5):3 with image notitle",
                  block, width, height));
}

void neuron_marks(Script& script, std::size_t neurons, double height_mm) {
  const auto last = static_cast<double>(neurons - 1);
  script.y_range(-0.5, last + 0.5);
  const double step = neurons == 1 ? 1 : std::max(1.0, mark_distance(last, height_mm / 4));
  // Up to the last neuron that has a mark: gnuplot would add one a little beyond the axis.
  script.add(fmt::format("set ytics 0,{},{}", step, std::floor(last / step) * step));
}

double left_edge(const RasterFigure& figure) {
  double left = kLeft;
  for (const RasterPanel& panel : figure.panels) {
    left = std::max(left, kNumbers + text_width_mm(std::to_string(panel.neurons)));
  }
  return left;
}

}  // namespace

std::string raster_script(const RasterFigure& figure, Page page) {
  NS_ASSERT(!figure.panels.empty());
  const auto count = static_cast<double>(figure.panels.size());
  page.height_mm =
      page_height(page, std::min(kMostHeight, kTop + kBottom + count * (kPanelHeight + kTitle)),
                  kTop + kBottom + count * (kLeastPanelHeight + kTitle));
  const double slot = (page.height_mm - kTop - kBottom) / count;
  const double span = static_cast<double>(figure.ticks) * figure.step_ms;
  std::size_t spikes = 0;
  for (const RasterPanel& panel : figure.panels) spikes += panel.spikes.spike_count();

  Script script(page);
  const double left = left_edge(figure);
  double top = page.height_mm - kTop;
  for (std::size_t k = 0; k < figure.panels.size(); ++k, top -= slot) {
    const RasterPanel& panel = figure.panels[k];
    const Box box{left, page.width_mm - kRight, top - slot + (k + 1 < figure.panels.size() ? 1 : 0),
                  top - kTitle};
    script.begin_panel(box);
    script.panel_title(shortened(panel.population, 40));
    script.y_title("Neuron");
    script.x_range(0, span);
    script.x_marks(mark_distance(span, (box.right - box.left) / 12));
    neuron_marks(script, panel.neurons, box.top - box.bottom);
    if (k + 1 < figure.panels.size()) {
      script.hide_x_numbers();
    } else {
      script.x_title("Time (ms)", 2.5);
    }
    if (spikes <= kMostDots) {
      plot_dots(script, panel, figure.step_ms, box.top - box.bottom);
    } else {
      plot_image(script, panel, figure, box);
    }
  }
  return script.text();
}

}  // namespace neurosim
