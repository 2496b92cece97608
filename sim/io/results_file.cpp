#include "sim/io/results_file.hpp"

#include <fmt/format.h>

#include "sim/io/file_format.hpp"
#include "sim/io/run_header.hpp"

namespace neurosim {

using hdf5::Kind;

ResultsFile open_results(const std::string& path) {
  hdf5::File file = hdf5::File::open(path);
  hdf5::Group root = file.root();
  hdf5::Group own = open_own_group(file, kResultsFormat);
  ResultsFile results{std::move(file), std::move(root), std::move(own), {}, 0, false};
  results.header = read_run_header(results.own);
  results.samples = results.own.number<std::uint64_t>("samples");
  // All ticks of a run are counted on one axis.
  const std::uint64_t most =
      (std::uint64_t{1} << 52) / static_cast<std::uint64_t>(results.header.ticks_per_sample);
  if (results.samples > most) {
    results.own.fail(fmt::format("attribute samples: {} are too many", results.samples));
  }
  results.complete = results.own.number<std::uint8_t>("complete") != 0;
  return results;
}

hdf5::Dataset sample_rows(const ResultsFile& results, const std::string& path, Kind kind,
                          std::size_t rank) {
  auto dataset = results.own.dataset(path);
  dataset.expect(kind);
  if (dataset.shape().size() != rank) {
    dataset.fail(fmt::format("expected {} {}, found {}", rank, rank == 1 ? "axis" : "axes",
                             dataset.shape().size()));
  }
  if (dataset.rows() != results.samples) {
    dataset.fail(fmt::format("{} entries for {} samples", dataset.rows(), results.samples));
  }
  return dataset;
}

RasterReader open_raster(const ResultsFile& results, std::size_t population) {
  const auto& info = results.header.populations[population];
  const auto spikes = results.root.group("spikes/" + info.name);
  const auto own = results.own.group("populations/" + info.name);
  RasterReader::Columns columns{.when = spikes.dataset("timestamps"),
                                .neuron = spikes.dataset("node_ids"),
                                .offset = own.dataset("sample_offset"),
                                .value = std::nullopt,
                                .clock = RasterReader::Clock::kMilliseconds,
                                .step_ms = results.header.step_ms,
                                .ticks_per_sample = results.header.ticks_per_sample};
  if (info.graded) columns.value = own.dataset("spike_values");
  RasterReader reader(std::move(columns));
  if (reader.samples() != results.samples) {
    reader.columns().offset.fail(
        fmt::format("{} entries for {} samples", reader.samples() + 1, results.samples));
  }
  return reader;
}

}  // namespace neurosim
