#include "sim/network/graph.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/commands.hpp"
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
    kSetOption,
};

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw DataError(path, std::string("cannot be written: ") + std::strerror(errno));
}

/// Runs graphviz without a shell, so that no file name can be taken for anything else.
void run_graphviz(const std::string& dot_file, const std::string& svg_file,
                  const std::string& output) {
  std::array<std::string, 5> words = {"dot", "-Tsvg", "-o", svg_file, dot_file};
  std::array<char*, 6> arguments{};
  for (std::size_t k = 0; k < words.size(); ++k) arguments[k] = words[k].data();
  pid_t child = 0;
  const int failure = posix_spawnp(&child, "dot", nullptr, nullptr, arguments.data(), environ);
  int status = 0;
  while (failure == 0 && waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  constexpr int kNotStarted = 127;  // what a child reports whose exec failed
  if (failure != 0 || (WIFEXITED(status) && WEXITSTATUS(status) == kNotStarted)) {
    throw DataError(output,
                    "cannot be drawn: the program `dot` is not on the PATH; install graphviz, or "
                    "write DOT with -o net.dot");
  }
  if (status != 0) throw DataError(output, "cannot be drawn: graphviz failed (see above)");
}

void write_svg(const std::string& dot, const std::string& output) {
  // An absolute path never looks like an option to graphviz.
  PartialFile svg(output, Overwrite::kAllow);
  const PartialFile source(output + ".dot", Overwrite::kAllow);
  write_text(source.name(), dot);
  run_graphviz(fs::absolute(source.name()).string(), fs::absolute(svg.name()).string(), output);
  svg.keep();
}

ExitCode graph(const CommandLine& line) {
  const std::string output = line.value_or("output", "");
  const std::string ending = fs::path(output).extension().string();
  const bool as_text = ending == ".dot" || ending == ".gv";
  if (line.has("output") && !as_text && ending != ".svg") {
    throw UsageError("--output: expected a name that ends in .dot, .gv or .svg, got \"" + output +
                     "\"");
  }
  const std::string dot = to_dot(read_network(line));
  if (output.empty()) {
    fmt::print("{}", dot);
  } else if (as_text) {
    PartialFile file(output, Overwrite::kAllow);
    write_text(file.name(), dot);
    file.keep();
  } else {
    write_svg(dot, output);
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
