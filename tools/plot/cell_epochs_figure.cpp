#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5, kGap = 1.5;
constexpr double kTitle = 4.5;
constexpr double kPlotHeight = 42, kLeastPlotHeight = 10;

/// Panels side by side, row by row.
struct Layout {
  std::size_t columns = 1, rows = 1;
  double legend = 0, title = 0;  ///< heights
  double width = 0, height = 0;  ///< of a panel without titles and numbers
};

/// A series is in the legend where any panel has it. Without dots, which would hide the dashes.
std::vector<LegendEntry> legend_of(const EpochsFigure& figure) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const bool shown = std::ranges::any_of(
        figure.panels, [&](const EpochsPanel& panel) { return !panel.lines[k].empty(); });
    if (!shown || figure.series.size() == 1) continue;
    entries.push_back({.name = shortened(figure.series[k].name, 40),
                       .colour = series_colour(figure.series[k].colour),
                       .dash = series_dash(figure.series[k].dash)});
  }
  return entries;
}

/// Of the values, with a margin.
std::pair<double, double> value_range(const EpochsPanel& panel, bool from_zero) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& line : panel.lines) {
    for (const auto& [epoch, value] : line) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  NS_ASSERT(low <= high);
  const double margin = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(high), 0.01);
  return {from_zero && low >= 0 ? 0 : low - margin, high + margin};
}

double last_epoch(const EpochsFigure& figure) {
  double last = 1;
  for (const EpochsPanel& panel : figure.panels) {
    for (const auto& line : panel.lines) {
      if (!line.empty()) last = std::max(last, line.back().first);
    }
  }
  return last;
}

void plot_lines(Script& script, const EpochsFigure& figure, const EpochsPanel& panel) {
  std::string command;
  for (std::size_t k = 0; k < panel.lines.size(); ++k) {
    if (panel.lines[k].empty()) continue;
    std::string rows;
    for (const auto& [epoch, value] : panel.lines[k]) {
      fmt::format_to(std::back_inserter(rows), "{} {}\n", epoch, value);
    }
    // A single point is no line.
    const bool point = panel.lines[k].size() == 1;
    command +=
        fmt::format("{}{} using 1:2 with {} linecolor rgb {} dashtype {} linewidth 1 notitle",
                    command.empty() ? "plot " : ", ", script.data(rows),
                    point ? "linespoints pointtype 7 pointsize 0.4" : "lines",
                    series_colour(figure.series[k].colour), series_dash(figure.series[k].dash));
  }
  script.add(command);
}

Layout layout_of(const EpochsFigure& figure, Page& page) {
  Layout layout;
  const std::size_t count = figure.panels.size();
  layout.columns = count == 3 || count > 4 ? 3 : std::min<std::size_t>(count, 2);
  layout.rows = (count + layout.columns - 1) / layout.columns;
  const auto columns = static_cast<double>(layout.columns), rows = static_cast<double>(layout.rows);
  layout.width = page.width_mm / columns - kLeft - kRight;
  layout.legend = legend_height(legend_of(figure), page.width_mm - kLeft - kRight);
  const bool titled = !figure.panels.front().title.empty();
  layout.title = titled ? kTitle : kGap;
  const double others = kTop + layout.legend + rows * (layout.title + kBottom);
  page.height_mm = page_height(page, others + rows * kPlotHeight, others + rows * kLeastPlotHeight);
  layout.height = (page.height_mm - others) / rows;
  return layout;
}

void draw_panel(Script& script, const EpochsFigure& figure, const Layout& layout, std::size_t k) {
  const EpochsPanel& panel = figure.panels[k];
  const auto row = static_cast<double>(k / layout.columns);
  const double column_mm = script.page().width_mm / static_cast<double>(layout.columns);
  const double left = static_cast<double>(k % layout.columns) * column_mm;
  const double top = script.page().height_mm - kTop - layout.legend - layout.title -
                     row * (layout.title + layout.height + kBottom);
  const double bottom = top - layout.height, last = last_epoch(figure);
  const double margin = last > 1 ? 0.03 * (last - 1) : 0.5;
  const auto [low, high] = value_range(panel, figure.from_zero);
  script.begin_panel({left + kLeft, left + kLeft + layout.width, bottom, top});
  if (k == 0) {
    script.legend(legend_of(figure), kLeft, script.page().height_mm - kTop,
                  script.page().width_mm - kLeft - kRight);
  }
  if (!panel.title.empty()) script.panel_title(shortened(panel.title, 40));
  script.x_title("Epoch", bottom - 7);
  script.y_title(figure.value_title, left + 2.6);
  script.x_range(1 - margin, last + margin);
  script.x_marks(std::max(1.0, mark_distance(std::max(1.0, last), layout.width / 9)));
  script.y_range(low, high);
  script.y_marks(mark_distance(high - low, layout.height / 7));
  plot_lines(script, figure, panel);
}

}  // namespace

std::string cell_epochs_script(const EpochsFigure& figure, Page page) {
  NS_ASSERT(!figure.panels.empty());
  const Layout layout = layout_of(figure, page);
  Script script(page);
  for (std::size_t k = 0; k < figure.panels.size(); ++k) draw_panel(script, figure, layout, k);
  return script.text();
}

}  // namespace neurosim
