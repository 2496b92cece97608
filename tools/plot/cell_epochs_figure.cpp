#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5, kGap = 1.5;
constexpr double kPlotHeight = 42, kLeastPlotHeight = 10;
constexpr std::size_t kMostMarkers = 30;  ///< epochs of a line with a dot for each

bool has_markers(const EpochsLine& line) { return line.points.size() <= kMostMarkers; }

std::vector<LegendEntry> legend_of(const EpochsFigure& figure) {
  std::vector<LegendEntry> entries;
  for (const EpochsLine& line : figure.lines) {
    entries.push_back({.name = shortened(line.name, 40),
                       .colour = series_colour(line.colour),
                       .dash = series_dash(line.dash),
                       .marker = has_markers(line)});
  }
  return entries;
}

/// Of the values, with a margin.
std::pair<double, double> value_range(const EpochsFigure& figure) {
  double low = figure.lines.front().points.front().second, high = low;
  for (const EpochsLine& line : figure.lines) {
    for (const auto& [epoch, value] : line.points) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  const double margin = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(high), 0.01);
  if (figure.from_zero && low >= 0 && low - margin < high / 2) return {0, high + margin};
  return {low - margin, high + margin};
}

double last_epoch(const EpochsFigure& figure) {
  double last = 1;
  for (const EpochsLine& line : figure.lines) last = std::max(last, line.points.back().first);
  return last;
}

void plot_lines(Script& script, const EpochsFigure& figure) {
  std::string command;
  for (const EpochsLine& line : figure.lines) {
    std::string rows;
    for (const auto& [epoch, value] : line.points) {
      fmt::format_to(std::back_inserter(rows), "{} {}\n", epoch, value);
    }
    command +=
        fmt::format("{}{} using 1:2 with {} linecolor rgb {} dashtype {} linewidth 1 notitle",
                    command.empty() ? "plot " : ", ", script.data(rows),
                    has_markers(line) ? "linespoints pointtype 7 pointsize 0.35" : "lines",
                    series_colour(line.colour), series_dash(line.dash));
  }
  script.add(command);
}

}  // namespace

std::string cell_epochs_script(const EpochsFigure& figure, Page page) {
  NS_ASSERT(!figure.lines.empty());
  const std::vector<LegendEntry> entries = legend_of(figure);
  const double width = page.width_mm - kLeft - kRight;
  const double legend = legend_height(entries, width);
  const double others = kTop + legend + kGap + kBottom;
  page.height_mm = page_height(page, others + kPlotHeight, others + kLeastPlotHeight);
  const Box box{kLeft, page.width_mm - kRight, kBottom, page.height_mm - kTop - legend - kGap};
  const auto [low, high] = value_range(figure);
  const double last = last_epoch(figure), margin = last > 1 ? 0.03 * (last - 1) : 0.5;

  Script script(page);
  script.begin_panel(box);
  script.legend(entries, kLeft, page.height_mm - kTop, width);
  script.x_title("Epoch", 2.5);
  script.y_title(figure.title);
  script.x_range(1 - margin, last + margin);
  script.x_marks(std::max(1.0, mark_distance(std::max(1.0, last), width / 9)));
  script.y_range(low, high);
  script.y_marks(mark_distance(high - low, (box.top - box.bottom) / 7));
  plot_lines(script, figure);
  return script.text();
}

}  // namespace neurosim
