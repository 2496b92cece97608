#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"

namespace neurosim {
namespace {

constexpr double kLeft = 13, kRight = 4, kBottom = 9.5, kTop = 1.5, kGap = 3;
constexpr double kLeastPanelHeight = 8;
constexpr double kPanelHeight = 30;       ///< where nothing else is asked for
constexpr std::size_t kMostMarkers = 30;  ///< epochs of a line with a dot for each
const char* const kTrainingDash = "1";
const char* const kValidationDash = "(4,2.5)";

using Value = double EpochMetrics::*;

struct Quantity {
  const char* title;
  Value training, validation;
  double scale;
};
constexpr Quantity kLoss = {"Loss", &EpochMetrics::loss, &EpochMetrics::validation_loss, 1};
constexpr Quantity kAccuracy = {"Accuracy (%)", &EpochMetrics::training_accuracy,
                                &EpochMetrics::validation_accuracy, 100};

bool has_any(const TrainingCurve& curve, Value value) {
  return std::any_of(curve.epochs.begin(), curve.epochs.end(),
                     [&](const EpochMetrics& epoch) { return std::isfinite(epoch.*value); });
}

std::string rows_of(const TrainingCurve& curve, Value value, double scale) {
  std::string rows;
  for (const EpochMetrics& epoch : curve.epochs) {
    if (!std::isfinite(epoch.*value)) continue;
    fmt::format_to(std::back_inserter(rows), "{} {}\n", epoch.epoch, scale * epoch.*value);
  }
  return rows;
}

bool has_markers(const TrainingCurve& curve) { return curve.epochs.size() <= kMostMarkers; }

/// The colour tells the file; of one file, the training from the validation.
std::size_t colour_of(const std::vector<TrainingCurve>& curves, std::size_t k, bool validation) {
  return curves.size() == 1 && validation ? 1 : k;
}

std::vector<LegendEntry> legend_of(const std::vector<TrainingCurve>& curves) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    for (const bool validation : {false, true}) {
      if (validation && !has_any(curves[k], &EpochMetrics::validation_loss)) continue;
      const std::string what = validation ? "validation" : "training";
      entries.push_back(
          {.name = curves.size() == 1 ? what : shortened(curves[k].name, 24) + ", " + what,
           .colour = series_colour(colour_of(curves, k, validation)),
           .dash = validation ? kValidationDash : kTrainingDash,
           .marker = has_markers(curves[k])});
    }
  }
  return entries;
}

struct Span {
  double low = 0, high = 0;
  bool any = false;
  void take(double value) {
    if (!std::isfinite(value)) return;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  void widen(double least) {
    const double margin = std::max((high - low) * 0.05, least);
    low -= margin;
    high += margin;
  }
};

Span span_of(const std::vector<TrainingCurve>& curves, const Quantity& quantity) {
  Span span;
  for (const TrainingCurve& curve : curves) {
    for (const EpochMetrics& epoch : curve.epochs) {
      span.take(quantity.scale * epoch.*quantity.training);
      span.take(quantity.scale * epoch.*quantity.validation);
    }
  }
  return span;
}

void plot_quantity(Script& script, const std::vector<TrainingCurve>& curves,
                   const Quantity& quantity) {
  std::string command;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    for (const bool validation : {false, true}) {
      const Value value = validation ? quantity.validation : quantity.training;
      if (!has_any(curves[k], value)) continue;
      command += fmt::format(
          "{}{} using 1:2 with {} linecolor rgb {} dashtype {} linewidth 1 notitle",
          command.empty() ? "" : ", ", script.data(rows_of(curves[k], value, quantity.scale)),
          has_markers(curves[k]) ? "linespoints pointtype 7 pointsize 0.4" : "lines",
          series_colour(colour_of(curves, k, validation)),
          validation ? kValidationDash : kTrainingDash);
    }
  }
  script.add("plot " + (command.empty() ? "NaN notitle" : command));
}

double last_epoch(const std::vector<TrainingCurve>& curves) {
  std::uint64_t last = 1;
  for (const TrainingCurve& curve : curves) {
    if (!curve.epochs.empty()) last = std::max(last, curve.epochs.back().epoch);
  }
  return static_cast<double>(last);
}

}  // namespace

std::string training_script(const std::vector<TrainingCurve>& curves, Page page) {
  NS_ASSERT(!curves.empty());
  const std::vector<LegendEntry> entries = legend_of(curves);
  const double width = page.width_mm - kLeft - kRight;
  const double others = kTop + legend_height(entries, width) + kGap + kBottom;
  page.height_mm = page_height(page, others + 2 * kPanelHeight, others + 2 * kLeastPanelHeight);
  const double height = (page.height_mm - others) / 2;
  const double last = last_epoch(curves);

  Script script(page);
  double bottom = kBottom + height + kGap;
  for (const Quantity* const quantity : {&kLoss, &kAccuracy}) {
    const bool upper = quantity == &kLoss;
    script.begin_panel({kLeft, page.width_mm - kRight, bottom, bottom + height});
    if (upper) {
      script.legend(entries, kLeft, page.height_mm - kTop, width);
      script.hide_x_numbers();
    } else {
      script.x_title("Epoch", 2.5);
    }
    Span span = span_of(curves, *quantity);
    span.widen(upper ? 0.01 : 0.5);
    // Losses are seen against zero.
    if (upper && span.low < span.high / 2) span.low = std::min(span.low, 0.0);
    script.y_title(quantity->title);
    script.y_range(span.low, span.high);
    script.y_marks(mark_distance(span.high - span.low, height / 7));
    script.x_range(last > 1 ? 1 - (last - 1) * 0.03 : 0.5,
                   last > 1 ? last + (last - 1) * 0.03 : 1.5);
    script.x_marks(std::max(1.0, mark_distance(std::max(1.0, last), width / 9)));
    plot_quantity(script, curves, *quantity);
    bottom = kBottom;
  }
  return script.text();
}

}  // namespace neurosim
