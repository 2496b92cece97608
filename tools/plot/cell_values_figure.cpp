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
constexpr double kPlotHeight = 42, kLeastPlotHeight = 10;
constexpr double kNearlyAsLong = 0.5;        ///< the shortest bar, as part of the longest
constexpr int kFilledDot = 7, kHollow = 12;  ///< gnuplot's types of points

struct Extremes {
  double low = 0, high = 0;
};

/// Of the values, their whiskers and the paper's values.
Extremes extremes_of(const CellsFigure& figure) {
  Extremes range{.low = HUGE_VAL, .high = -HUGE_VAL};
  const auto take = [&](double value) {
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  };
  for (const CellSeries& series : figure.series) {
    for (const CellValue& cell : series.values) {
      if (cell.value) take(cell.value->mean - cell.value->deviation);
      if (cell.value) take(cell.value->mean + cell.value->deviation);
      if (cell.printed) take(*cell.printed);
    }
  }
  NS_ASSERT(range.low <= range.high);
  return range;
}

bool as_dots(const Extremes& range) { return range.low > kNearlyAsLong * range.high; }

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
std::string value_rows(const CellsFigure& figure, std::size_t series) {
  std::string rows;
  for (std::size_t group = 0; group < figure.groups.size(); ++group) {
    const auto& value = figure.series[series].values[group].value;
    if (!value) continue;
    // Without a length, a whisker would be a speck.
    const double deviation = value->deviation > 0 ? value->deviation : std::nan("");
    fmt::format_to(std::back_inserter(rows), "{} {} {} {}\n", place_of(figure, series, group),
                   value->mean, value->mean - deviation, value->mean + deviation);
  }
  return rows;
}

std::string printed_rows(const CellsFigure& figure) {
  std::string rows;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    for (std::size_t group = 0; group < figure.groups.size(); ++group) {
      const auto& printed = figure.series[k].values[group].printed;
      if (!printed) continue;
      fmt::format_to(std::back_inserter(rows), "{} {}\n", place_of(figure, k, group), *printed);
    }
  }
  return rows;
}

std::vector<LegendEntry> legend_of(const CellsFigure& figure, bool dots, bool printed) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string& name = figure.series[k].name;
    entries.push_back({.name = shortened(name.empty() ? "here" : name, 40),
                       .colour = series_colour(k),
                       .dash = "",
                       .mark = dots ? kFilledDot : 0});
  }
  if (printed) {
    entries.push_back({.name = "paper", .colour = "'#000000'", .dash = "", .mark = kHollow});
  } else if (entries.size() == 1) {
    entries.clear();
  }
  return entries;
}

std::string plot_command(Script& script, const CellsFigure& figure, bool dots) {
  const double width = group_width(figure) / static_cast<double>(figure.series.size()) * 0.9;
  std::string values, whiskers;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string rows = value_rows(figure, k);
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
  const std::string printed = printed_rows(figure);
  // Bars and whiskers first: what the paper printed stays in sight.
  std::string all = dots ? whiskers + values : values + whiskers;
  if (!printed.empty()) {
    all += fmt::format(
        "{} using 1:2 with points pointtype {} pointsize 0.55 linewidth 0.8 linecolor rgb "
        "'#000000' notitle, ",
        script.data(printed), kHollow);
  }
  return "plot " + all.substr(0, all.size() - 2);
}

}  // namespace

std::string cell_values_script(const CellsFigure& figure, Page page) {
  NS_ASSERT(!figure.groups.empty() && !figure.series.empty());
  const Extremes range = extremes_of(figure);
  const bool dots = as_dots(range);
  const auto entries = legend_of(figure, dots, !printed_rows(figure).empty());
  const double width = page.width_mm - kLeft - kRight;
  const double legend = legend_height(entries, width) + kGap;
  const GroupNames names = group_names(figure.groups, width, kLeft);
  const double bottom = names.room_mm() + 4.5;
  page.height_mm = page_height(page, kTop + legend + kPlotHeight + bottom,
                               kTop + legend + kLeastPlotHeight + bottom);

  Script script(page);
  const std::string plot = plot_command(script, figure, dots);
  const Box box{kLeft, page.width_mm - kRight, bottom, page.height_mm - kTop - legend};
  const double margin =
      range.high > range.low ? 0.08 * (range.high - range.low) : std::abs(range.high) / 20;
  const double low = dots ? range.low - margin : std::min(0.0, range.low);
  const double high = dots ? range.high + margin : range.high > 0 ? range.high * 1.06 : 1;
  script.begin_panel(box);
  script.legend(entries, kLeft, page.height_mm - kTop, width);
  script.x_title(figure.group_title, 2.5);
  script.y_title(figure.value_title);
  script.x_range(-0.5, static_cast<double>(figure.groups.size()) - 0.5);
  script.y_range(low, high);
  script.y_marks(mark_distance(high - low, (box.top - box.bottom) / 8));
  name_groups(script, names);
  script.add(plot);
  return script.text();
}

}  // namespace neurosim
