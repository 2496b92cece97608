#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/experiment_figures.hpp"
#include "tools/plot/group_names.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 2, kTop = 1.5, kGap = 1.5;
constexpr double kTitle = 4.5, kPanelGap = 2;
constexpr double kPlotHeight = 42, kLeastPlotHeight = 10;
constexpr double kNearlyAsLong = 0.5;        ///< the shortest bar, as part of the longest
constexpr int kFilledDot = 7, kHollow = 12;  ///< gnuplot's types of points

/// Of the values, their whiskers and the paper's values.
std::pair<double, double> extremes_of(const CellsPanel& panel) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  const auto take = [&](double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const auto& series : panel.values) {
    for (const CellValue& cell : series) {
      if (cell.value) take(cell.value->mean - cell.value->deviation);
      if (cell.value) take(cell.value->mean + cell.value->deviation);
      if (cell.printed) take(*cell.printed);
    }
  }
  NS_ASSERT(low <= high);
  return {low, high};
}

/// Whether zero is left out: in all panels or in none, so that they can be read alike.
bool as_dots(const CellsFigure& figure) {
  return !figure.from_zero && std::ranges::all_of(figure.panels, [](const CellsPanel& panel) {
    const auto [low, high] = extremes_of(panel);
    return low > kNearlyAsLong * high;
  });
}

/// Of the values of one group, where groups are 1 apart.
double group_width(const CellsFigure& figure) {
  return std::min(0.8, 0.45 * static_cast<double>(figure.series.size()));
}

double place_of(const CellsFigure& figure, std::size_t series, std::size_t group) {
  const auto count = static_cast<double>(figure.series.size());
  return static_cast<double>(group) +
         group_width(figure) * ((static_cast<double>(series) + 0.5) / count - 0.5);
}

/// Columns: place, mean, lower and upper end of the whisker.
std::string value_rows(const CellsFigure& figure, const CellsPanel& panel, std::size_t series) {
  std::string rows;
  for (std::size_t group = 0; group < figure.groups.size(); ++group) {
    const auto& value = panel.values[series][group].value;
    if (!value) continue;
    // Without a length, a whisker would be a speck.
    const double deviation = value->deviation > 0 ? value->deviation : std::nan("");
    fmt::format_to(std::back_inserter(rows), "{} {} {} {}\n", place_of(figure, series, group),
                   value->mean, value->mean - deviation, value->mean + deviation);
  }
  return rows;
}

/// Columns: place, the paper's value.
std::string printed_rows(const CellsFigure& figure, const CellsPanel& panel, std::size_t series) {
  std::string rows;
  for (std::size_t group = 0; group < figure.groups.size(); ++group) {
    const auto& printed = panel.values[series][group].printed;
    if (!printed) continue;
    fmt::format_to(std::back_inserter(rows), "{} {}\n", place_of(figure, series, group), *printed);
  }
  return rows;
}

bool has_printed(const CellsFigure& figure) {
  for (const CellsPanel& panel : figure.panels) {
    for (std::size_t k = 0; k < figure.series.size(); ++k) {
      if (!printed_rows(figure, panel, k).empty()) return true;
    }
  }
  return false;
}

std::vector<LegendEntry> legend_of(const CellsFigure& figure, bool dots) {
  const bool printed = has_printed(figure);
  std::vector<LegendEntry> entries;
  if (figure.series.size() == 1 && !printed) return entries;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string& name = figure.series[k];
    entries.push_back({.name = shortened(name.empty() ? "here" : name, 40),
                       .colour = series_colour(k),
                       .dash = "",
                       .mark = dots ? kFilledDot : 0});
  }
  if (printed) {
    entries.push_back({.name = "paper", .colour = "'#000000'", .dash = "", .mark = kHollow});
  }
  return entries;
}

std::string plot_command(Script& script, const CellsFigure& figure, const CellsPanel& panel,
                         bool dots) {
  const double width = group_width(figure) / static_cast<double>(figure.series.size()) * 0.9;
  std::string values, whiskers;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string rows = value_rows(figure, panel, k);
    if (rows.empty()) continue;
    const std::string block = script.data(rows), colour = series_colour(k);
    values += dots ? fmt::format(
                         "{} using 1:2 with points pointtype {} pointsize 0.5 linecolor rgb {} "
                         "notitle, ",
                         block, kFilledDot, colour)
                   : fmt::format(
                         "{} using 1:2:({}) with boxes fillcolor rgb {} fillstyle solid "
                         "noborder notitle, ",
                         block, width, colour);
    whiskers += fmt::format(
        "{} using 1:3:(0):($4-$3) with vectors heads size screen 0.009,90 linecolor rgb {} "
        "linewidth 0.6 notitle, ",
        block, dots ? colour : "'#000000'");
  }
  // Bars and whiskers first: what the paper printed stays in sight.
  std::string all = dots ? whiskers + values : values + whiskers;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string printed = printed_rows(figure, panel, k);
    if (printed.empty()) continue;
    // Upon a bar its own colour would not be seen.
    all += fmt::format(
        "{} using 1:2 with points pointtype {} pointsize 0.55 linewidth 0.8 linecolor rgb "
        "{} notitle, ",
        script.data(printed), kHollow, dots ? series_colour(k) : "'#000000'");
  }
  return "plot " + all.substr(0, all.size() - 2);
}

void set_value_axis(Script& script, const CellsPanel& panel, bool dots, double height_mm) {
  const auto [least, most] = extremes_of(panel);
  const double margin = most > least ? 0.08 * (most - least) : std::max(0.5, std::abs(most) / 20);
  const double low = dots ? least - margin : std::min(0.0, least);
  const double high = dots ? most + margin : most > 0 ? most * 1.06 : 1;
  script.y_range(low, high);
  script.y_marks(mark_distance(high - low, height_mm / 8));
}

}  // namespace

std::string cell_values_script(const CellsFigure& figure, Page page) {
  NS_ASSERT(!figure.groups.empty() && !figure.series.empty() && !figure.panels.empty());
  const bool dots = as_dots(figure);
  const auto entries = legend_of(figure, dots);
  const double width = page.width_mm - kLeft - kRight;
  const double legend = legend_height(entries, width);
  const double title = figure.panels.front().title.empty() ? kGap : kTitle;
  const GroupNames names = group_names(figure.groups, width, kLeft);
  const double bottom = names.room_mm() + 4.5;
  const auto count = static_cast<double>(figure.panels.size());
  const double others = kTop + legend + count * title + (count - 1) * kPanelGap + bottom;
  page.height_mm =
      page_height(page, others + count * kPlotHeight, others + count * kLeastPlotHeight);
  const double height = (page.height_mm - others) / count;

  Script script(page);
  double top = page.height_mm - kTop - legend - title;
  for (const CellsPanel& panel : figure.panels) {
    const bool last = &panel == &figure.panels.back();
    const std::string plot = plot_command(script, figure, panel, dots);
    script.begin_panel({kLeft, page.width_mm - kRight, top - height, top});
    if (&panel == &figure.panels.front()) {
      script.legend(entries, kLeft, page.height_mm - kTop, width);
    }
    if (!panel.title.empty()) script.panel_title(shortened(panel.title, 40));
    if (last) script.x_title(figure.group_title, 2.5);
    script.y_title(figure.value_title);
    script.x_range(-0.5, static_cast<double>(figure.groups.size()) - 0.5);
    set_value_axis(script, panel, dots, height);
    if (last) {
      name_groups(script, names);
    } else {
      script.add("set xtics scale 0 ('' 0)");
    }
    script.add(plot);
    top -= height + kPanelGap + title;
  }
  return script.text();
}

}  // namespace neurosim
