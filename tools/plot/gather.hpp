#pragma once

#include <string>
#include <vector>

#include "sim/io/results.hpp"
#include "tools/plot/figures.hpp"
#include "tools/plot/request.hpp"

namespace neurosim {

// From files to what the figures show. Throw UsageError where a file does not hold what was asked
// for, DataError where it is damaged.

RasterFigure gather_raster(const Results& results, const PlotRequest& request);

/// How many samples the mean is over: what was asked for, or a number that is read in seconds.
std::size_t rate_samples(const Results& results, const PlotRequest& request);
RateFigure gather_rate(const Results& results, const PlotRequest& request);

ActivityFigure gather_activity(const PlotRequest& request);
TraceFigure gather_trace(const Results& results, const PlotRequest& request);
Confusion gather_confusion(const Results& results);
std::vector<TrainingCurve> gather_training(const PlotRequest& request);

/// Names for the legend: those of the networks, or of the files where these are the same.
std::vector<std::string> series_names(const std::vector<std::string>& networks,
                                      const std::vector<std::string>& files);

/// Adds the names of another network, each next to those that it stands beside there.
void merge_names(std::vector<std::string>& all, const std::vector<std::string>& names);

}  // namespace neurosim
