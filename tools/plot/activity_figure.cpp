#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"
#include "tools/plot/group_names.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 2, kTop = 1.5;
constexpr double kPlotHeight = 40;  ///< where nothing else is asked for
constexpr double kLeastPlotHeight = 8;

/// Of the bars of one population, where populations are 1 apart.
double group_width(const ActivityFigure& figure) {
  return std::min(0.8, 0.45 * static_cast<double>(figure.series.size()));
}

/// Columns: place, mean, lower and upper end of the whisker, all in percent.
std::string rows_of(const ActivityFigure& figure, std::size_t series) {
  const auto count = static_cast<double>(figure.series.size());
  std::string rows;
  for (std::size_t k = 0; k < figure.populations.size(); ++k) {
    const auto& bar = figure.series[series].bars[k];
    if (!bar) continue;
    const double place = static_cast<double>(k) +
                         group_width(figure) * ((static_cast<double>(series) + 0.5) / count - 0.5);
    // Without a length, a whisker would be a speck.
    const double deviation = bar->standard_deviation > 0 ? bar->standard_deviation : std::nan("");
    fmt::format_to(std::back_inserter(rows), "{} {} {} {}\n", place, 100 * bar->mean,
                   deviation > bar->mean ? 0 : 100 * (bar->mean - deviation),
                   100 * (bar->mean + deviation));
  }
  return rows;
}

double highest_percent(const ActivityFigure& figure) {
  double value = 0;
  for (const ActivitySeries& series : figure.series) {
    for (const auto& bar : series.bars) {
      if (bar) value = std::max(value, 100 * (bar->mean + bar->standard_deviation));
    }
  }
  return value > 0 ? value : 1;
}

std::vector<LegendEntry> legend_of(const ActivityFigure& figure) {
  if (figure.series.size() == 1) return {};
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    entries.push_back(
        {.name = shortened(figure.series[k].name, 40), .colour = series_colour(k), .dash = ""});
  }
  return entries;
}

std::string plot_command(Script& script, const ActivityFigure& figure) {
  const double width = group_width(figure) / static_cast<double>(figure.series.size()) * 0.9;
  std::string boxes, whiskers;
  for (std::size_t k = 0; k < figure.series.size(); ++k) {
    const std::string rows = rows_of(figure, k);
    if (rows.empty()) continue;
    const std::string block = script.data(rows);
    boxes += fmt::format(
        "{} using 1:2:({}) with boxes fillcolor rgb {} fillstyle solid noborder notitle, ", block,
        width, series_colour(k));
    whiskers += fmt::format(
        "{} using 1:3:(0):($4-$3) with vectors heads size screen 0.009,90 linecolor rgb "
        "'#000000' linewidth 0.6 notitle, ",
        block);
  }
  const std::string all = boxes + whiskers;
  return "plot " + all.substr(0, all.size() - 2);
}

}  // namespace

std::string activity_script(const ActivityFigure& figure, Page page) {
  NS_ASSERT(!figure.populations.empty() && !figure.series.empty());
  const std::vector<LegendEntry> entries = legend_of(figure);
  const double width = page.width_mm - kLeft - kRight;
  const double legend = legend_height(entries, width);
  const GroupNames names = group_names(figure.populations, width, kLeft);
  const double bottom = names.room_mm() + 4.5;
  page.height_mm = page_height(page, kTop + legend + kPlotHeight + bottom,
                               kTop + legend + kLeastPlotHeight + bottom);

  Script script(page);
  const std::string plot = plot_command(script, figure);
  const Box box{kLeft, page.width_mm - kRight, bottom, page.height_mm - kTop - legend};
  const double highest = highest_percent(figure);
  script.begin_panel(box);
  script.legend(entries, kLeft, page.height_mm - kTop, width);
  script.x_title("Population", 2.5);
  script.y_title("Activity T(s) (%)");
  script.x_range(-0.5, static_cast<double>(figure.populations.size()) - 0.5);
  script.y_range(0, highest * 1.05);
  script.y_marks(mark_distance(highest, (box.top - box.bottom) / 8));
  name_groups(script, names);
  script.add(plot);
  return script.text();
}

}  // namespace neurosim
