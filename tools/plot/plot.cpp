#include <fmt/format.h>

#include <cstdio>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/commands.hpp"
#include "tools/number_text.hpp"
#include "tools/plot/gather.hpp"
#include "tools/plot/gnuplot.hpp"
#include "tools/plot/request.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kMostFiles = 16;

std::string rate_of(const PlotRequest& request) {
  const Results results(request.files.front());
  const RateFigure figure = gather_rate(results, request);
  const std::size_t samples = rate_samples(results, request);
  if (!request.samples && samples < results.samples()) {
    fmt::print(stderr, "mean over the first {} of {} samples; --samples N takes others\n",
               count_text(samples), count_text(results.samples()));
  }
  return rate_script(figure, request.page);
}

std::string script_of(const PlotRequest& request) {
  const std::string& file = request.files.front();
  switch (request.kind) {
    case PlotKind::kRaster:
      return raster_script(gather_raster(Results(file), request), request.page);
    case PlotKind::kRate:
      return rate_of(request);
    case PlotKind::kActivity:
      return activity_script(gather_activity(request), request.page);
    case PlotKind::kTrace:
      return trace_script(gather_trace(Results(file), request), request.page);
    case PlotKind::kConfusion:
      return confusion_script(gather_confusion(Results(file)), request.page);
    case PlotKind::kTraining:
      return training_script(gather_training(request), request.page);
  }
  throw InternalError("a kind of figure without a script");
}

ExitCode plot(const CommandLine& line) {
  const PlotRequest request = plot_request(line);
  const std::string script = script_of(request);
  PartialFile file(request.output, request.replace ? Overwrite::kAllow : Overwrite::kRefuse);
  std::vector<std::byte> picture = draw_with_gnuplot(script, request.output);
  if (request.page.format == PictureFormat::kPng) set_png_density(picture, kPngDotsPerInch);
  file.keep(picture);
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kPlotCommand = {
    .name = "plot",
    .operands = "out.h5... KIND",
    .fewest = 1,
    .most = kMostFiles + 1,
    .sentence =
        "Draws a figure for a paper, with gnuplot. KIND is one of: raster (spikes of a sample), "
        "rate (of the populations over time: mean, and one standard deviation between samples), "
        "activity (T(s) by population: mean, and one standard deviation between samples; of one or "
        "several files), trace (recorded states of a sample), confusion (labels against "
        "predictions), training (loss and accuracy by epoch, of one or several files of neurosim "
        "train). A raster of more than 5000 spikes is drawn as an image in which a cell is the "
        "darker the more of its neurons and steps spike. SVG and PNG are the same bytes each time.",
    .examples =
        "  neurosim plot out.h5 raster --sample 3 -o raster.pdf\n"
        "  neurosim plot out.h5 rate --population hidden,last -o rate.svg\n"
        "  neurosim plot src.h5 lif.h5 activity -o activity.pdf\n"
        "  neurosim plot weights.h5 training -o training.png --width-mm 120\n",
    .options = plot_options(),
    .run = &plot};

}  // namespace neurosim
