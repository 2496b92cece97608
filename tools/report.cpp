#include <array>
#include <filesystem>
#include <span>

#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/io/file_format.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/commands.hpp"
#include "tools/options.hpp"
#include "tools/report/page.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "the page to write, FILE.html (required)"},
    OptionInfo{.name = "force", .sentence = "replace the output file if it exists"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "put the rasters and traces of the first N samples into the page "
                           "(default: as many as keep it below a million spikes)"},
};

/// The page's name, found fit before anything is read.
std::string page_file(const CommandLine& line) {
  if (!line.has("output")) {
    throw UsageError(
        "neurosim report needs -o FILE.html, where the page goes\nSee: neurosim help report");
  }
  const std::string output = *line.value("output");
  std::error_code ignored;
  if (std::filesystem::equivalent(output, line.operands().front(), ignored)) {
    throw UsageError("--output: " + output + " is the file to report on");
  }
  const std::string ending = std::filesystem::path(output).extension().string();
  if (ending != ".html" && ending != ".htm") {
    throw UsageError("--output: expected a name that ends in .html, got \"" + output + "\"");
  }
  return output_file(line, "output",
                     line.has("force") ? OutputFile::kReplaceExisting : OutputFile::kKeepExisting);
}

report::Page page_of(const CommandLine& line) {
  const std::string& file = line.operands().front();
  const auto samples = line.whole_number("samples", 1);
  if (kind_of_file(file) == FileKind::kResults) {
    return report::run_page(Results(file), samples);
  }
  if (samples) throw UsageError("--samples: " + file + " is a weights file, which holds none");
  return report::training_page(read_checkpoint(file), file);
}

ExitCode write_report(const CommandLine& line) {
  const std::string output = page_file(line);
  const std::string text = report::page_text(page_of(line));
  PartialFile page(output, line.has("force") ? Overwrite::kAllow : Overwrite::kRefuse);
  page.keep(std::as_bytes(std::span(text)));
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kReportCommand = {
    .name = "report",
    .operands = "out.h5",
    .fewest = 1,
    .most = 1,
    .sentence =
        "Writes an interactive page of a results or weights file. One HTML file that needs "
        "no network: rasters to zoom into, rates, T(s), state traces, the confusion "
        "matrix; of a weights file the curves of its training.",
    .examples =
        "  neurosim report out.h5 -o report.html\n"
        "  neurosim report out.h5 -o report.html --samples 5 --force\n"
        "  neurosim report weights.h5 -o training.html\n",
    .options = kOptions,
    .run = &write_report};

}  // namespace neurosim
