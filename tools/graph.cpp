#include "sim/network/graph.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <span>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/commands.hpp"
#include "tools/graphviz.hpp"
#include "tools/network_argument.hpp"
#include "tools/options.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "write to a file: .dot or .gv for DOT, .svg for a picture (needs "
                           "graphviz); default: DOT on standard output"},
    OptionInfo{.name = "force", .sentence = "replace the output file if it exists"},
    kSetOption,
};

std::string draw(const std::string& dot, const std::string& output) {
  std::string svg;
  switch (dot_to_svg(dot, svg)) {
    case Graphviz::kDrawn:
      break;
    case Graphviz::kMissing:
      throw DataError(output,
                      "cannot be drawn: the program `dot` is not on the PATH; install graphviz, or "
                      "write DOT with -o net.dot");
    case Graphviz::kFailed:
      throw DataError(output, "cannot be drawn: graphviz failed (see above)");
  }
  return svg;
}

ExitCode graph(const CommandLine& line) {
  const auto existing =
      line.has("force") ? OutputFile::kReplaceExisting : OutputFile::kKeepExisting;
  const std::string output = output_file(line, "output", existing);
  const std::string ending = fs::path(output).extension().string();
  const bool as_text = ending == ".dot" || ending == ".gv";
  if (line.has("output") && !as_text && ending != ".svg") {
    throw UsageError("--output: expected a name that ends in .dot, .gv or .svg, got \"" + output +
                     "\"");
  }
  const std::string dot = to_dot(read_network(line));
  if (output.empty()) {
    fmt::print("{}", dot);
  } else {
    const std::string text = as_text ? dot : draw(dot, output);
    PartialFile(output, Overwrite::kAllow).keep(std::as_bytes(std::span(text)));
  }
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kGraphCommand = {
    .name = "graph",
    .operands = "net.yaml",
    .fewest = 1,
    .most = 1,
    .sentence = "Draws the populations and projections of a network.",
    .examples =
        "  neurosim graph net.yaml -o net.svg\n"
        "  neurosim graph net.yaml | dot -Tpdf -o net.pdf\n",
    .options = kOptions,
    .run = &graph};

}  // namespace neurosim
