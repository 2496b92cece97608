#include "tools/experiment_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/options.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

/// The file of an experiment that is given by its name or by a path.
std::string experiment_file(const std::string& name) {
  if (name.ends_with(".yaml") || name.find('/') != std::string::npos) return name;
  std::vector<std::string> known;
  for (const fs::path& file : experiment_files()) {
    if (file.stem() == name) return file.string();
    known.push_back(file.stem().string());
  }
  if (!known.empty()) {
    throw UsageError("no experiment " +
                     unknown_name(name, std::vector<std::string_view>(known.begin(), known.end())));
  }
  throw UsageError(
      fmt::format("no experiment {}: neither {} nor {} is here; give a path, or start neurosim "
                  "where these folders are",
                  name, kExperimentFolders[0], kExperimentFolders[1]));
}

bool read_whole(std::string_view text, std::size_t& number) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end && !text.empty();
}

void read_shard(const CommandLine& line, ExperimentOptions& options) {
  const auto text = line.value("shard");
  if (!text) return;
  const std::size_t slash = std::min(text->find('/'), text->size() - 1);
  std::size_t part = 0, parts = 0;
  if (!read_whole(std::string_view(*text).substr(0, slash), part) ||
      !read_whole(std::string_view(*text).substr(slash + 1), parts) || part < 1 || part > parts) {
    throw UsageError("--shard: expected I/N with I from 1 to N, e.g. 2/8, got " +
                     neurosim::quoted(*text));
  }
  options.shard = part;
  options.shards = parts;
}

}  // namespace

std::vector<fs::path> experiment_files() {
  std::vector<fs::path> files;
  for (const char* folder : kExperimentFolders) {
    const auto begin = static_cast<std::ptrdiff_t>(files.size());
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin() + begin, files.end());
  }
  return files;
}

Experiment named_experiment(const CommandLine& line) {
  if (line.operands().size() != 2) {
    throw UsageError(
        fmt::format("neurosim experiment {} needs the name of one experiment; see "
                    "neurosim experiment list",
                    line.operands().front()));
  }
  return read_experiment(experiment_file(line.operands()[1]));
}

std::string folder_of(const CommandLine& line, const Experiment& experiment) {
  const auto output = line.value("output");
  if (!output) return (fs::path(kResultsFolder) / experiment.name).string();
  if (output->empty()) throw UsageError("--output: the name is empty");
  // Folders of other experiments lie beside it, so it must end in its own name.
  const fs::path folder = fs::path(*output).lexically_normal();
  return (folder.has_filename() ? folder : folder.parent_path()).string();
}

ExperimentOptions options_of(const CommandLine& line, const Experiment& experiment) {
  ExperimentOptions options = {.folder = folder_of(line, experiment), .only = line.values("only")};
  options.scale = {.epochs = line.whole_number("epochs", 1),
                   .training_samples = line.whole_number("samples", 1),
                   .test_samples = line.whole_number("test-samples", 1)};
  for (const char* option : {"epochs", "samples"}) {
    if (experiment.work == CellWork::kRun && line.has(option)) {
      throw UsageError(fmt::format("--{}: cells of {} are simulated only, not trained", option,
                                   experiment.name));
    }
  }
  options.replace = line.has("replace");
  read_shard(line, options);
  options.jobs = static_cast<unsigned>(
      std::min<std::uint64_t>(line.whole_number("jobs", 1).value_or(1), 1024));
  options.threads = threads_of(line);
  options.data_dir = line.value_or("data-dir", "");
  options.commit = build_commit();
  return options;
}

}  // namespace neurosim
