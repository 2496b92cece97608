#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/cell_grid.hpp"
#include "sim/io/recorder.hpp"
#include "tools/plot/figures.hpp"
#include "tools/plot/script.hpp"

namespace neurosim {

// The figures of an experiment's report: what each shows, and the gnuplot script that draws it.
// Pure functions but for gather_cell_states, which reads results files. Where `height_mm` of the
// page is 0, the scripts choose it.

/// How a line looks, the same in each panel.
struct EpochsSeries {
  std::string name;
  std::size_t colour = 0, dash = 0;
};
struct EpochsPanel {
  std::string title;  ///< may be empty
  /// [series], each of (epoch, value); empty: not done.
  std::vector<std::vector<std::pair<double, double>>> lines;
};
struct EpochsFigure {
  std::string value_title;
  bool from_zero = false;  ///< values are seen against zero
  std::vector<EpochsSeries> series;
  std::vector<EpochsPanel> panels;
};
/// The mean over seeds of the epochs that all seeds of a cell have; no panels: no data. Series
/// differ in dash along the last axis and in colour along the others, where there are enough of
/// both. Where a panel would be crowded, there is one for each value of the first axis, or of
/// several.
EpochsFigure gather_cell_epochs(const Experiment& experiment, const ExperimentResults& results,
                                const FigureSpec& spec);
std::string cell_epochs_script(const EpochsFigure& figure, Page page);

struct CellValue {
  std::optional<SeedMean> value;
  std::optional<double> printed;  ///< by the paper
};
struct CellsPanel {
  std::string title;                           ///< may be empty
  std::vector<std::vector<CellValue>> values;  ///< [series][group]
};
struct CellsFigure {
  std::string group_title, value_title;
  bool from_zero = true;  ///< no: where values are close to each other, zero may be left out
  std::vector<std::string> groups, series;
  std::vector<CellsPanel> panels;
};
/// No panels: no data. Panels as above, by the axes other than that of the groups.
CellsFigure gather_cell_values(const Experiment& experiment, const ExperimentResults& results,
                               const FigureSpec& spec);
/// Bars from zero; dots where zero is left out, since a bar's length must be its value. Whiskers
/// are one standard deviation between seeds, hollow diamonds the paper's values.
std::string cell_values_script(const CellsFigure& figure, Page page);

struct StatesLine {
  std::vector<double> values;  ///< by tick
  double step_ms = 1;
};
struct StatesPanel {
  std::string label;                             ///< of the value's axis
  std::vector<std::vector<StatesLine>> columns;  ///< [column][line]; no lines: no such variable
};
struct StatesFigure {
  std::vector<std::string> columns;  ///< their titles; one may be empty
  std::vector<std::string> lines;    ///< names for the legend; one needs none
  std::vector<StatesPanel> panels;   ///< from top to bottom
};
/// The first sample of each cell as `folder`/runs/<cell>-s<seed>.h5 holds it, of the first seed
/// that has such a file and a result. Few cells stand beside each other with a line a neuron; many
/// share their panels, with a line for the first neuron of each. No panels: no data. Throws
/// DataError where a file is damaged.
StatesFigure gather_cell_states(const Experiment& experiment, const ExperimentResults& results,
                                const FigureSpec& spec, const std::string& folder);
/// REQUIRES: each column has a panel.
std::string cell_states_script(const StatesFigure& figure, Page page);

/// The script of a figure; nullopt: there is no data for it yet.
std::optional<std::string> experiment_figure_script(const Experiment& experiment,
                                                    const ExperimentResults& results,
                                                    const FigureSpec& spec,
                                                    const std::string& folder);

/// Draws a figure as `folder`/<name>.svg and returns that name; nullopt: there is no data for it
/// yet. Throws DataError.
std::optional<std::string> write_figure(const Experiment& experiment,
                                        const ExperimentResults& results, const FigureSpec& spec,
                                        const std::string& folder, Overwrite overwrite);

}  // namespace neurosim
