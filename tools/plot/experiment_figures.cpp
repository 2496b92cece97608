#include "tools/plot/experiment_figures.hpp"

#include <filesystem>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/plot/gnuplot.hpp"

namespace neurosim {
namespace {

constexpr double kOneColumnMm = 85, kTwoColumnsMm = 175;
constexpr std::size_t kMostLinesOfOneColumn = 10;
constexpr std::size_t kMostValuesOfOneColumn = 24;  ///< values that stand side by side

Page page_of(bool wide) {
  return {.format = PictureFormat::kSvg,
          .width_mm = wide ? kTwoColumnsMm : kOneColumnMm,
          .height_mm = 0};
}

}  // namespace

std::optional<std::string> experiment_figure_script(const Experiment& experiment,
                                                    const ExperimentResults& results,
                                                    const FigureSpec& spec,
                                                    const std::string& folder) {
  switch (spec.kind) {
    case FigureSpec::Kind::kEpochs: {
      const EpochsFigure figure = gather_cell_epochs(experiment, results, spec);
      if (figure.panels.empty()) return std::nullopt;
      return cell_epochs_script(figure, page_of(figure.panels.size() > 1));
    }
    case FigureSpec::Kind::kCells: {
      const CellsFigure figure = gather_cell_values(experiment, results, spec);
      if (figure.panels.empty()) return std::nullopt;
      return cell_values_script(
          figure, page_of(figure.groups.size() * figure.series.size() > kMostValuesOfOneColumn));
    }
    case FigureSpec::Kind::kStates: {
      const StatesFigure figure = gather_cell_states(experiment, results, spec, folder);
      if (figure.panels.empty()) return std::nullopt;
      return cell_states_script(figure, page_of(figure.columns.size() > 2 ||
                                                figure.lines.size() > kMostLinesOfOneColumn));
    }
  }
  throw InternalError("a kind of figure without a script");
}

std::optional<std::string> write_figure(const Experiment& experiment,
                                        const ExperimentResults& results, const FigureSpec& spec,
                                        const std::string& folder, Overwrite overwrite) {
  const auto script = experiment_figure_script(experiment, results, spec, folder);
  if (!script) return std::nullopt;
  const std::string name = spec.name + ".svg";
  const std::string path = (std::filesystem::path(folder) / name).string();
  PartialFile file(path, overwrite);
  file.keep(draw_with_gnuplot(*script, path));
  return name;
}

}  // namespace neurosim
