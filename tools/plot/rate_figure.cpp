#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5;
constexpr double kPlotHeight = 40;  ///< where nothing else is asked for
constexpr double kLeastPlotHeight = 8;

/// Middle of a bin in ms; the last bin may be shorter.
double middle(const RateFigure& figure, std::size_t bin) {
  const Tick first = static_cast<Tick>(bin) * figure.bin_ticks;
  const Tick end = std::min(first + figure.bin_ticks, figure.ticks);
  return static_cast<double>(first + end) / 2 * figure.step_ms;
}

/// Columns: time, mean, mean - sd, mean + sd, single.
std::string rows_of(const RateFigure& figure, const RateCurve& curve) {
  std::string rows;
  for (std::size_t bin = 0; bin < curve.rate.mean.size(); ++bin) {
    const double mean = curve.rate.mean[bin], deviation = curve.rate.standard_deviation[bin];
    fmt::format_to(std::back_inserter(rows), "{} {} {} {} {}\n", middle(figure, bin), mean,
                   std::max(0.0, mean - deviation), mean + deviation,
                   curve.single.empty() ? 0 : curve.single[bin]);
  }
  return rows;
}

double highest(const RateCurve& curve) {
  double value = 0;
  for (std::size_t bin = 0; bin < curve.rate.mean.size(); ++bin) {
    value = std::max(value, curve.rate.mean[bin] +
                                (curve.single.empty() ? curve.rate.standard_deviation[bin] : 0));
  }
  for (const double rate : curve.single) value = std::max(value, rate);
  return value;
}

/// Bands and thin lines below all means.
std::string plot_command(const std::vector<std::string>& blocks, const RateFigure& figure) {
  std::string below, above;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const std::string colour = series_colour(k);
    if (figure.curves[k].single.empty()) {
      below += fmt::format(
          "{} using 1:3:4 with filledcurves fillcolor rgb {} fillstyle transparent solid 0.2 "
          "noborder notitle, ",
          blocks[k], colour);
    } else {
      below += fmt::format("{} using 1:5 with lines linecolor rgb {} linewidth 0.4 notitle, ",
                           blocks[k], colour);
    }
    above +=
        fmt::format("{}{} using 1:2 with lines linecolor rgb {} dashtype {} linewidth 1.1 notitle",
                    k == 0 ? "" : ", ", blocks[k], colour, series_dash(k));
  }
  return "plot " + below + above;
}

std::vector<LegendEntry> legend_of(const RateFigure& figure) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < figure.curves.size(); ++k) {
    entries.push_back({.name = shortened(figure.curves[k].population, 30),
                       .colour = series_colour(k),
                       .dash = series_dash(k),
                       .width = 1.1});
  }
  return entries;
}

}  // namespace

std::string rate_script(const RateFigure& figure, Page page) {
  NS_ASSERT(!figure.curves.empty());
  const std::vector<LegendEntry> entries = legend_of(figure);
  const double width = page.width_mm - kLeft - kRight;
  const double legend = legend_height(entries, width);
  page.height_mm = page_height(page, kTop + legend + kPlotHeight + kBottom,
                               kTop + legend + kLeastPlotHeight + kBottom);

  Script script(page);
  double top_rate = 0;
  std::vector<std::string> blocks;
  for (const RateCurve& curve : figure.curves) {
    top_rate = std::max(top_rate, highest(curve));
    blocks.push_back(script.data(rows_of(figure, curve)));
  }
  if (top_rate == 0) top_rate = 1;
  const double span = static_cast<double>(figure.ticks) * figure.step_ms;
  const Box box{kLeft, page.width_mm - kRight, kBottom, page.height_mm - kTop - legend};
  script.begin_panel(box);
  script.legend(entries, kLeft, page.height_mm - kTop, width);
  script.x_title("Time (ms)", 2.5);
  script.y_title("Rate (Hz)");
  script.x_range(0, span);
  script.x_marks(mark_distance(span, width / 12));
  script.y_range(0, top_rate * 1.05);
  script.y_marks(mark_distance(top_rate, (box.top - box.bottom) / 8));
  script.add(plot_command(blocks, figure));
  return script.text();
}

}  // namespace neurosim
