#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5;
constexpr double kTitle = 4.5, kGap = 2;
constexpr double kPanelHeight = 26, kLeastPanelHeight = 6, kMostHeight = 230;
constexpr std::size_t kMostPoints = 2000;  ///< of a line, about

void append_point(std::string& rows, std::size_t tick, double step_ms, double value) {
  fmt::format_to(std::back_inserter(rows), "{} {}\n", static_cast<double>(tick) * step_ms, value);
}

/// A little more than the values span.
std::pair<double, double> value_range(const TracePanel& panel) {
  double low = 0, high = 0;
  bool any = false;
  for (const TraceLine& line : panel.lines) {
    for (const double value : line.values) {
      if (!std::isfinite(value)) continue;  // a gap in the line
      low = any ? std::min(low, value) : value;
      high = any ? std::max(high, value) : value;
      any = true;
    }
  }
  const double margin = high > low ? (high - low) * 0.05 : std::max(1.0, std::abs(high)) / 2;
  return {low - margin, high + margin};
}

std::vector<LegendEntry> legend_of(const TracePanel& panel) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < panel.lines.size(); ++k) {
    entries.push_back({.name = fmt::format("neuron {}", panel.lines[k].neuron),
                       .colour = series_colour(k),
                       .dash = series_dash(k),
                       .width = 0.9});
  }
  return entries;
}

/// A panel that shows another population or other neurons than the one above says which.
bool begins_group(const TraceFigure& figure, std::size_t k) {
  if (k == 0) return true;
  const TracePanel &above = figure.panels[k - 1], &panel = figure.panels[k];
  return above.population != panel.population ||
         !std::equal(above.lines.begin(), above.lines.end(), panel.lines.begin(), panel.lines.end(),
                     [](const TraceLine& a, const TraceLine& b) { return a.neuron == b.neuron; });
}

void plot_lines(Script& script, const TracePanel& panel, double step_ms) {
  std::string command = "plot ";
  for (std::size_t k = 0; k < panel.lines.size(); ++k) {
    const std::string block = script.data(trace_rows(panel.lines[k].values, step_ms));
    command +=
        fmt::format("{}{} using 1:2 with lines linecolor rgb {} dashtype {} linewidth 0.9 notitle",
                    k == 0 ? "" : ", ", block, series_colour(k), series_dash(k));
  }
  script.add(command);
}

}  // namespace

std::string trace_rows(const std::vector<double>& values, double step_ms) {
  const std::size_t stretch = values.size() <= kMostPoints ? 1 : values.size() * 2 / kMostPoints;
  std::string rows;
  for (std::size_t first = 0; first < values.size(); first += stretch) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(stretch, values.size() - first));
    auto [low, high] = std::minmax_element(begin, end);
    if (high < low) std::swap(low, high);
    append_point(rows, static_cast<std::size_t>(low - values.begin()), step_ms, *low);
    if (high == low) continue;
    append_point(rows, static_cast<std::size_t>(high - values.begin()), step_ms, *high);
  }
  return rows;
}

std::string trace_script(const TraceFigure& figure, Page page) {
  NS_ASSERT(!figure.panels.empty());
  const std::size_t count = figure.panels.size();
  const double width = page.width_mm - kLeft - kRight;
  std::vector<double> headings;
  double others = kTop + kBottom;
  for (std::size_t k = 0; k < count; ++k) {
    headings.push_back(
        begins_group(figure, k) ? kTitle + legend_height(legend_of(figure.panels[k]), width) : 0);
    others += headings.back() + (k > 0 ? kGap : 0);
  }
  const auto panels = static_cast<double>(count);
  page.height_mm = page_height(page, std::min(kMostHeight, others + panels * kPanelHeight),
                               others + panels * kLeastPanelHeight);
  const double height = (page.height_mm - others) / panels;
  const double span = static_cast<double>(figure.ticks) * figure.step_ms;

  Script script(page);
  double top = page.height_mm - kTop;
  for (std::size_t k = 0; k < count; ++k) {
    const TracePanel& panel = figure.panels[k];
    const Box box{kLeft, page.width_mm - kRight, top - headings[k] - height, top - headings[k]};
    script.begin_panel(box);
    if (headings[k] > 0) {
      script.panel_title_at(shortened(panel.population, 40), top - 2);
      script.legend(legend_of(panel), kLeft, top - 4, width);
    }
    const auto [low, high] = value_range(panel);
    script.y_title(panel.variable);
    script.y_range(low, high);
    script.y_marks(mark_distance(high - low, height / 6));
    script.x_range(0, span);
    script.x_marks(mark_distance(span, width / 12));
    if (k + 1 < count) {
      script.hide_x_numbers();
    } else {
      script.x_title("Time (ms)", 2.5);
    }
    plot_lines(script, panel, figure.step_ms);
    top = box.bottom - kGap;
  }
  return script.text();
}

}  // namespace neurosim
