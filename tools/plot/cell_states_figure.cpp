#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"
#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5;
constexpr double kTitle = 4.5, kPanelGap = 2, kColumnGap = 6;
constexpr double kPanelHeight = 26, kLeastPanelHeight = 6, kMostHeight = 230;

struct Layout {
  double legend = 0, titles = 0;  ///< heights
  double gap = 0;                 ///< between columns
  double width = 0, height = 0;   ///< of a panel
  double duration_ms = 0;
  bool aligned = true;
};

double duration_of(const StatesFigure& figure) {
  double longest = 0;
  for (const StatesPanel& panel : figure.panels) {
    for (const auto& column : panel.columns) {
      for (const StatesLine& line : column) {
        longest = std::max(longest, line.step_ms * static_cast<double>(line.values.size()));
      }
    }
  }
  return longest;
}

std::vector<LegendEntry> legend_of(const StatesFigure& figure) {
  std::vector<LegendEntry> entries;
  if (figure.lines.size() < 2) return entries;
  for (std::size_t k = 0; k < figure.lines.size(); ++k) {
    entries.push_back({.name = shortened(figure.lines[k], 40),
                       .colour = series_colour(k),
                       .dash = series_dash(k),
                       .width = 0.9});
  }
  return entries;
}

/// A little more than the values of all columns span, so that columns can be compared.
std::pair<double, double> value_range(const StatesPanel& panel) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& column : panel.columns) {
    for (const StatesLine& line : column) {
      for (const double value : line.values) {
        if (!std::isfinite(value)) continue;  // a gap in the line
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (low > high) return {-1, 1};
  const double margin = high > low ? (high - low) * 0.05 : std::max(1.0, std::abs(high)) / 2;
  return {low - margin, high + margin};
}

/// Whether every column has every variable: then a row has one axis. Columns of different variables
/// stack their own.
bool is_aligned(const StatesFigure& figure) {
  return std::ranges::all_of(figure.panels, [](const StatesPanel& panel) {
    return std::ranges::none_of(panel.columns, [](const auto& lines) { return lines.empty(); });
  });
}

/// The panels that a column has: the first bears its title, the last the time.
std::vector<std::size_t> shown_panels(const StatesFigure& figure, std::size_t column) {
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < figure.panels.size(); ++k) {
    if (!figure.panels[k].columns[column].empty()) shown.push_back(k);
  }
  return shown;
}

Layout layout_of(const StatesFigure& figure, Page& page) {
  const auto columns = static_cast<double>(figure.columns.size());
  std::size_t rows = 0;
  for (std::size_t column = 0; column < figure.columns.size(); ++column) {
    rows = std::max(rows, shown_panels(figure, column).size());
  }
  const auto panels = static_cast<double>(rows);
  Layout layout;
  layout.legend = legend_height(legend_of(figure), page.width_mm - kLeft - kRight);
  layout.titles = figure.columns.size() == 1 && figure.columns.front().empty() ? 0 : kTitle;
  layout.aligned = is_aligned(figure);
  layout.gap = layout.aligned ? kColumnGap : kLeft;  // room for numbers of their own
  layout.width = (page.width_mm - kLeft - kRight - (columns - 1) * layout.gap) / columns;
  const double others = kTop + layout.legend + layout.titles + (panels - 1) * kPanelGap + kBottom;
  page.height_mm = page_height(page, std::min(kMostHeight, others + panels * kPanelHeight),
                               others + panels * kLeastPanelHeight);
  layout.height = (page.height_mm - others) / panels;
  layout.duration_ms = duration_of(figure);
  return layout;
}

void plot_lines(Script& script, const std::vector<StatesLine>& lines) {
  std::string command;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    if (lines[k].values.empty()) continue;
    const std::string block = script.data(trace_rows(lines[k].values, lines[k].step_ms));
    command +=
        fmt::format("{}{} using 1:2 with lines linecolor rgb {} dashtype {} linewidth 0.9 notitle",
                    command.empty() ? "" : ", ", block, series_colour(k), series_dash(k));
  }
  script.add("plot " + (command.empty() ? "NaN notitle" : command));
}

/// Panel `k`, in the given row of a column.
void draw_panel(Script& script, const StatesFigure& figure, const Layout& layout, std::size_t k,
                std::size_t row, std::size_t column) {
  const StatesPanel& panel = figure.panels[k];
  const double titles = script.page().height_mm - kTop - layout.legend;
  const double top =
      titles - layout.titles - static_cast<double>(row) * (layout.height + kPanelGap);
  const double left = kLeft + static_cast<double>(column) * (layout.width + layout.gap);
  script.begin_panel({left, left + layout.width, top - layout.height, top});
  if (row == 0 && column == 0) {
    script.legend(legend_of(figure), kLeft, script.page().height_mm - kTop,
                  script.page().width_mm - kLeft - kRight);
  }
  if (row == 0) {
    const auto letters = static_cast<std::size_t>(layout.width / text_width_mm("n"));
    script.panel_title_at(shortened(figure.columns[column], letters), titles - 2);
  }
  const auto [low, high] = value_range(panel);
  script.y_range(low, high);
  script.y_marks(mark_distance(high - low, layout.height / 6));
  if (column == 0 || !layout.aligned) {
    const auto letters = static_cast<std::size_t>(layout.height / text_width_mm("n"));
    script.y_title(shortened(panel.label, std::max<std::size_t>(letters, 4)), left - kLeft + 2.6);
  } else {
    script.add("set format y ''");
  }
  script.x_range(0, layout.duration_ms);
  script.x_marks(mark_distance(layout.duration_ms, layout.width / 10));
  if (k == shown_panels(figure, column).back()) {
    script.x_title("Time (ms)", top - layout.height - 7);
  } else {
    script.hide_x_numbers();
  }
  plot_lines(script, panel.columns[column]);
}

}  // namespace

std::string cell_states_script(const StatesFigure& figure, Page page) {
  NS_ASSERT(!figure.panels.empty() && !figure.columns.empty());
  const Layout layout = layout_of(figure, page);
  Script script(page);
  for (std::size_t column = 0; column < figure.columns.size(); ++column) {
    std::size_t row = 0;
    for (const std::size_t k : shown_panels(figure, column)) {
      draw_panel(script, figure, layout, k, row++, column);
    }
  }
  return script.text();
}

}  // namespace neurosim
