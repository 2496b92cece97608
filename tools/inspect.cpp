#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "experiments/run.hpp"
#include "sim/core/error.hpp"
#include "sim/io/results.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/number_text.hpp"
#include "tools/raster.hpp"
#include "tools/results_text.hpp"
#include "tools/summary.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "raster",
               .kind = OptionKind::kValue,
               .value = "POPULATION",
               .sentence = "draw the recorded spikes of one sample instead"},
    OptionInfo{.name = "sample",
               .kind = OptionKind::kValue,
               .value = "K",
               .sentence = "the sample to draw, counted from 0 (default 0)"},
    OptionInfo{.name = "json", .sentence = "print one JSON object instead of a table"},
};

/// Without classes where there are none, or too many for a matrix: the rest is worth showing.
Confusion shown_confusion(const Results& results) {
  for (const auto& column : {results.labels(), results.predictions()}) {
    const auto largest = std::max_element(column.begin(), column.end());
    if (largest != column.end() && *largest >= kMostConfusionClasses) return {};
  }
  return confusion(results);
}

/// Which populations --raster can draw.
std::string raster_list(const Results& results) {
  std::vector<std::string_view> names;
  for (std::size_t k = 0; k < results.header().populations.size(); ++k) {
    if (results.has_raster(k)) names.push_back(results.header().populations[k].name);
  }
  if (names.empty()) return {};
  return fmt::format("rasters   {} (--raster NAME --sample K)\n", comma_list(names));
}

std::string header_text(const Results& results) {
  const RunHeader& header = results.header();
  const Palette palette = palette_of(terminal_of(stdout));
  std::string text = fmt::format(
      "network   {}\n"
      "samples   {}, each {} of {} ms\n"
      "state     {}\n"
      "seed      {}\n"
      "engine    {}, {} precision\n"
      "version   {}\n",
      header.network_name, count_text(results.samples()),
      plural(static_cast<std::uint64_t>(header.ticks_per_sample), "step"), header.step_ms,
      results.complete() ? "complete"
                         : fmt::format("{}interrupted{} after {}", palette.yellow, palette.reset,
                                       plural(results.samples(), "sample")),
      header.seed, header.engine, header.precision, header.version);
  const auto [labelled, correct] = count_hits(results);
  const std::string accuracy = accuracy_text(correct, labelled);
  if (!accuracy.empty()) text += "accuracy  " + accuracy + "\n";
  return text + raster_list(results);
}

std::string results_json(const Results& results, const std::string& file) {
  const RunHeader& header = results.header();
  const auto [labelled, correct] = count_hits(results);
  nlohmann::ordered_json object = {{"network", header.network_name},
                                   {"file", file},
                                   {"seed", header.seed},
                                   {"engine", header.engine},
                                   {"version", header.version},
                                   {"precision", header.precision},
                                   {"step_ms", header.step_ms},
                                   {"steps", header.ticks_per_sample},
                                   {"complete", results.complete()},
                                   {"samples", results.samples()},
                                   {"labelled", labelled},
                                   {"correct", correct},
                                   {"accuracy", nullptr}};
  if (labelled > 0) {
    object["accuracy"] = static_cast<double>(correct) / static_cast<double>(labelled);
  }
  object["populations"] = population_json(population_summaries(results));
  object["rate_over_time"] = rate_json(results);
  object["confusion"] = confusion_json(shown_confusion(results));
  return json_text(object);
}

std::size_t find_population(const RunHeader& header, const std::string& name) {
  std::vector<std::string_view> known;
  for (std::size_t k = 0; k < header.populations.size(); ++k) {
    if (header.populations[k].name == name) return k;
    known.push_back(header.populations[k].name);
  }
  throw UsageError("--raster: unknown population " + unknown_name(name, known));
}

std::string sample_text(const Results& results, std::size_t sample) {
  std::string text = fmt::format("sample {} of {}", sample, results.samples());
  const std::int64_t label = results.labels()[sample];
  const std::int64_t prediction = results.predictions()[sample];
  if (label >= 0) text += fmt::format(", label {}", label);
  if (prediction >= 0) text += fmt::format(", predicted {}", prediction);
  return text;
}

std::string raster_text(const Results& results, const std::string& name, std::size_t sample) {
  const RunHeader& header = results.header();
  const std::size_t index = find_population(header, name);
  const RecordedPopulation& population = header.populations[index];
  if (!results.has_raster(index)) {
    throw UsageError(fmt::format(
        "--raster: the file holds no spikes of \"{}\"; add it to record.spikes of the network",
        name));
  }
  if (sample >= results.samples()) {
    throw UsageError(fmt::format("--sample: the file holds {}, counted from 0; got {}",
                                 plural(results.samples(), "sample"), sample));
  }
  const SpikeTrain train = results.raster(index, sample);
  const Terminal terminal = terminal_of(stdout);
  std::string neurons = plural(population.size, "neuron");
  if (!population.raster_neurons.empty()) {
    neurons = fmt::format("{} of {}", population.raster_size(), neurons);
  }
  return fmt::format("{}: {}, {} of {}\n", name, sample_text(results, sample),
                     plural(train.spike_count(), "spike"), neurons) +
         draw_raster(train, {.neurons = population.size,
                             .ticks = header.ticks_per_sample,
                             .step_ms = header.step_ms,
                             .columns = terminal.columns,
                             .glyphs = terminal.unicode ? Glyphs::kBraille : Glyphs::kAscii});
}

ExitCode inspect(const CommandLine& line) {
  const auto population = line.value("raster");
  const auto sample = line.whole_number("sample", 0);
  if (sample && !population) throw UsageError("--sample needs --raster POPULATION");
  if (population && line.has("json")) throw UsageError("--raster and --json exclude each other");
  const std::string& file = line.operands().front();
  const Results results(file);
  if (population) {
    fmt::print("{}", raster_text(results, *population, sample.value_or(0)));
  } else if (line.has("json")) {
    fmt::print("{}", results_json(results, file));
  } else {
    const Terminal terminal = terminal_of(stdout);
    fmt::print("{}\n{}", header_text(results),
               population_table(population_summaries(results), terminal));
    for (const std::string& part :
         {rate_text(results, terminal), confusion_text(shown_confusion(results), terminal)}) {
      if (!part.empty()) fmt::print("\n{}", part);
    }
  }
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kInspectCommand = {.name = "inspect",
                                     .operands = "out.h5",
                                     .fewest = 1,
                                     .most = 1,
                                     .sentence = "Shows what a results file holds.",
                                     .examples =
                                         "  neurosim inspect out.h5\n"
                                         "  neurosim inspect out.h5 --raster hidden --sample 3\n"
                                         "  neurosim inspect out.h5 --json\n",
                                     .options = kOptions,
                                     .run = &inspect};

}  // namespace neurosim
