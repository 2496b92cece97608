#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/measures.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/core/spike_train.hpp"
#include "tools/plot/script.hpp"

namespace neurosim {

// What each kind of figure shows, and the gnuplot script that draws it. Pure functions; where
// `height_mm` of the page is 0, they choose it.

struct RasterPanel {
  std::string population;
  std::size_t neurons = 0;
  SpikeTrain spikes;
};
struct RasterFigure {
  Tick ticks = 0;
  double step_ms = 1;
  std::vector<RasterPanel> panels;
};
/// Figures with more spikes show them as an image instead of a dot each, which keeps the file small
/// however many there are.
inline constexpr std::size_t kMostDots = 5000;
/// One panel a population, every neuron in its place. As an image, a cell is the darker the more
/// of its (neuron, step) spike; one that holds a single spike is still well seen.
std::string raster_script(const RasterFigure& figure, Page page);

struct RateCurve {
  std::string population;
  RateStatistics rate;         ///< over the samples
  std::vector<double> single;  ///< of one sample; empty: not shown
};
struct RateFigure {
  Tick ticks = 0, bin_ticks = 1;
  double step_ms = 1;
  std::vector<RateCurve> curves;
};
/// The mean, with a band of one standard deviation to both sides, or a thin line for one sample.
std::string rate_script(const RateFigure& figure, Page page);

struct ActivityBar {
  double mean = 0, standard_deviation = 0;  ///< T(s), in [0, 1]
};
struct ActivitySeries {
  std::string name;
  std::vector<std::optional<ActivityBar>> bars;  ///< by population; none: the network has no such
};
struct ActivityFigure {
  std::vector<std::string> populations;
  std::vector<ActivitySeries> series;
};
std::string activity_script(const ActivityFigure& figure, Page page);

struct TraceLine {
  std::size_t neuron = 0;
  std::vector<double> values;  ///< by tick
};
struct TracePanel {
  std::string population, variable;
  std::vector<TraceLine> lines;
};
struct TraceFigure {
  Tick ticks = 0;
  double step_ms = 1;
  std::vector<TracePanel> panels;
};
/// Rows of `time value` of a line. Many ticks are thinned to the lowest and the highest value of
/// each stretch.
std::string trace_rows(const std::vector<double>& values, double step_ms);
std::string trace_script(const TraceFigure& figure, Page page);

/// The square of labels and predictions; counts stand in it up to so many classes.
inline constexpr std::size_t kMostCountedClasses = 12;
std::string confusion_script(const Confusion& confusion, Page page);

struct TrainingCurve {
  std::string name;
  std::vector<EpochMetrics> epochs;
};
std::string training_script(const std::vector<TrainingCurve>& curves, Page page);

}  // namespace neurosim
