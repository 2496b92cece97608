#include "sim/io/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "sim/core/error.hpp"
#include "sim/io/results_file.hpp"

namespace neurosim {
namespace {

using hdf5::Dataset;
using hdf5::Kind;

/// Bytes read at a time.
constexpr std::uint64_t kBlockBytes = 1 << 20;

/// Calls `take(values)` with consecutive blocks of whole rows.
template <class T, class Take>
void for_each_block(const Dataset& dataset, Take take) {
  const std::uint64_t width = dataset.row_width();
  if (width == 0) return;
  const std::uint64_t rows = std::max<std::uint64_t>(1, kBlockBytes / (width * sizeof(T)));
  std::vector<T> block;
  for (std::uint64_t first = 0; first < dataset.rows(); first += rows) {
    const std::uint64_t count = std::min(rows, dataset.rows() - first);
    block.resize(count * width);
    dataset.read(first, count, block.data());
    take(std::span<const T>(block));
  }
}

std::uint64_t total(const Dataset& dataset) {
  std::uint64_t sum = 0;
  for_each_block<std::uint64_t>(dataset, [&](std::span<const std::uint64_t> block) {
    sum = std::accumulate(block.begin(), block.end(), sum);
  });
  return sum;
}

struct PopulationData {
  Dataset spikes, updates_done, updates_driven, updates_skipped;
  std::optional<Dataset> onsets, activity, activity_mean;
  std::optional<RasterReader> raster;
};

PopulationData open_population(const ResultsFile& file, std::size_t index) {
  const auto& info = file.header.populations[index];
  const std::string folder = "populations/" + info.name + "/";
  PopulationData data{sample_rows(file, folder + "spikes", Kind::kInteger, 1),
                      sample_rows(file, folder + "updates_done", Kind::kInteger, 1),
                      sample_rows(file, folder + "updates_driven", Kind::kInteger, 1),
                      sample_rows(file, folder + "updates_skipped", Kind::kInteger, 1),
                      std::nullopt,
                      std::nullopt,
                      std::nullopt,
                      std::nullopt};
  if (file.own.contains(folder + "onsets")) {
    data.onsets = sample_rows(file, folder + "onsets", Kind::kInteger, 1);
  }
  if (info.spikes) {
    data.activity = sample_rows(file, folder + "activity", Kind::kReal, 2);
    data.activity_mean = sample_rows(file, folder + "activity_mean", Kind::kReal, 1);
    if (data.activity->row_width() != info.size) {
      data.activity->fail(
          fmt::format("{} columns for {} neurons", data.activity->row_width(), info.size));
    }
  }
  if (info.record_raster) data.raster = open_raster(file, index);
  return data;
}

struct ProjectionData {
  Dataset events, synaptic_operations, accumulates, multiply_accumulates;
};

/// The reports of a trace, one a variable.
std::vector<Dataset> open_reports(const ResultsFile& file, std::size_t index) {
  const auto group = file.own.group("traces/" + std::to_string(index));
  const auto names = group.read_texts("reports");
  const StateTrace& trace = file.header.traces[index];
  if (names.size() != trace.variables.size()) {
    group.fail(
        fmt::format("reports: {} names for {} variables", names.size(), trace.variables.size()));
  }
  std::vector<Dataset> reports;
  const std::uint64_t frames =
      file.samples * static_cast<std::uint64_t>(file.header.ticks_per_sample);
  for (const auto& name : names) {
    reports.push_back(file.root.dataset("report/" + name + "/data"));
    const Dataset& data = reports.back();
    data.expect(Kind::kReal);
    if (data.shape() != hdf5::Shape{frames, trace.neurons.size()}) {
      data.fail(fmt::format("expected {} frames of {} neurons", frames, trace.neurons.size()));
    }
  }
  return reports;
}

}  // namespace

struct Results::Impl {
  ResultsFile file;
  Dataset label, prediction;
  std::optional<Dataset> readout;
  std::vector<PopulationData> populations;
  std::vector<ProjectionData> projections;
  std::vector<std::vector<Dataset>> reports;

  explicit Impl(const std::string& path)
      : file(open_results(path)),
        label(sample_rows(file, "samples/label", Kind::kInteger, 1)),
        prediction(sample_rows(file, "samples/prediction", Kind::kInteger, 1)) {
    const auto& header = file.header;
    if (file.own.contains("samples/readout")) {
      readout = sample_rows(file, "samples/readout", Kind::kReal, 2);
    }
    for (std::size_t p = 0; p < header.populations.size(); ++p) {
      populations.push_back(open_population(file, p));
    }
    for (const auto& projection : header.projections) {
      const auto column = [&](const char* name) {
        return sample_rows(file, "projections/" + projection.name + "/" + name, Kind::kInteger, 1);
      };
      projections.push_back({column("events"), column("synaptic_operations"), column("accumulates"),
                             column("multiply_accumulates")});
    }
    for (std::size_t k = 0; k < header.traces.size(); ++k) {
      reports.push_back(open_reports(file, k));
    }
  }

  std::vector<std::int64_t> column(const Dataset& dataset) const {
    std::vector<std::int64_t> values(file.samples);
    dataset.read(0, file.samples, values.data());
    return values;
  }

  template <class T = std::int64_t>
  T at(const Dataset& dataset, std::size_t sample) const {
    NS_ASSERT(sample < file.samples);
    T value = 0;
    dataset.read(sample, 1, &value);
    return value;
  }
};

Results::Results(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
Results::~Results() = default;

const std::string& Results::path() const { return impl_->file.root.file(); }
const RunHeader& Results::header() const { return impl_->file.header; }
std::size_t Results::samples() const { return impl_->file.samples; }
bool Results::complete() const { return impl_->file.complete; }
void Results::for_each_number(const std::function<void(std::uint64_t)>& take) const {
  const Dataset numbers = sample_rows(impl_->file, "samples/index", Kind::kInteger, 1);
  for_each_block<std::uint64_t>(numbers, [&](std::span<const std::uint64_t> block) {
    for (const std::uint64_t number : block) take(number);
  });
}
std::vector<std::int64_t> Results::labels() const { return impl_->column(impl_->label); }
std::vector<std::int64_t> Results::predictions() const { return impl_->column(impl_->prediction); }

std::int64_t Results::label(std::size_t sample) const { return impl_->at(impl_->label, sample); }
std::int64_t Results::prediction(std::size_t sample) const {
  return impl_->at(impl_->prediction, sample);
}

std::vector<double> Results::readout(std::size_t sample) const {
  NS_ASSERT(sample < samples());
  if (!impl_->readout) return {};
  std::vector<double> values(impl_->readout->row_width());
  impl_->readout->read(sample, 1, values.data());
  return values;
}

std::vector<double> Results::activity(std::size_t population, std::size_t sample) const {
  NS_ASSERT(sample < samples());
  const auto& dataset = impl_->populations.at(population).activity;
  if (!dataset) return {};
  std::vector<double> values(dataset->row_width());
  dataset->read(sample, 1, values.data());
  return values;
}

void Results::for_each_activity(std::size_t population,
                                const std::function<void(std::span<const float>)>& take) const {
  const auto& dataset = impl_->populations.at(population).activity;
  NS_ASSERT(dataset.has_value());
  for_each_block<float>(*dataset, [&](std::span<const float> block) {
    const std::size_t width = dataset->row_width();
    for (std::size_t row = 0; row < block.size(); row += width) take(block.subspan(row, width));
  });
}

std::vector<double> Results::trace_values(std::size_t index, std::size_t variable,
                                          std::size_t sample) const {
  NS_ASSERT(sample < samples());
  const Dataset& report = impl_->reports.at(index).at(variable);
  const auto ticks = static_cast<std::uint64_t>(header().ticks_per_sample);
  std::vector<double> values(ticks * report.row_width());
  report.read(sample * ticks, ticks, values.data());
  return values;
}

StateTrace Results::trace(std::size_t index, std::size_t sample) const {
  StateTrace trace = header().traces.at(index);
  for (std::size_t v = 0; v < trace.variables.size(); ++v) {
    const std::vector<double> values = trace_values(index, v, sample);
    trace.values.insert(trace.values.end(), values.begin(), values.end());
  }
  return trace;
}

PopulationTotals Results::population(std::size_t index) const {
  const PopulationData& data = impl_->populations.at(index);
  PopulationTotals totals;
  totals.spikes = total(data.spikes);
  if (data.onsets) totals.onsets = total(*data.onsets);
  totals.updates_done = total(data.updates_done);
  totals.updates_driven = total(data.updates_driven);
  totals.updates_skipped = total(data.updates_skipped);
  if (!data.activity) return totals;

  double sum = 0;
  for_each_block<double>(*data.activity_mean, [&](std::span<const double> block) {
    sum = std::accumulate(block.begin(), block.end(), sum);
  });
  if (samples() > 0) totals.mean_activity = sum / static_cast<double>(samples());

  const std::size_t neurons = header().populations[index].size;
  std::vector<bool> spiked(neurons, false);
  for_each_block<float>(*data.activity, [&](std::span<const float> block) {
    for (std::size_t k = 0; k < block.size(); ++k) {
      if (block[k] > 0) spiked[k % neurons] = true;
    }
  });
  totals.silent_neurons =
      static_cast<std::uint64_t>(std::count(spiked.begin(), spiked.end(), false));
  return totals;
}

ProjectionCounters Results::projection(std::size_t index) const {
  const ProjectionData& data = impl_->projections.at(index);
  return {.events = total(data.events),
          .synaptic_operations = total(data.synaptic_operations),
          .accumulates = total(data.accumulates),
          .multiply_accumulates = total(data.multiply_accumulates)};
}

std::uint64_t Results::count(std::size_t population, std::uint64_t PopulationCounters::*counter,
                             std::size_t sample) const {
  const PopulationData& data = impl_->populations.at(population);
  NS_ASSERT(counter != &PopulationCounters::onsets);  // older files do not have them
  const Dataset& column = counter == &PopulationCounters::spikes           ? data.spikes
                          : counter == &PopulationCounters::updates_done   ? data.updates_done
                          : counter == &PopulationCounters::updates_driven ? data.updates_driven
                                                                           : data.updates_skipped;
  return impl_->at<std::uint64_t>(column, sample);
}

std::uint64_t Results::count(std::size_t projection, std::uint64_t ProjectionCounters::*counter,
                             std::size_t sample) const {
  const ProjectionData& data = impl_->projections.at(projection);
  const Dataset& column = counter == &ProjectionCounters::events ? data.events
                          : counter == &ProjectionCounters::synaptic_operations
                              ? data.synaptic_operations
                          : counter == &ProjectionCounters::accumulates ? data.accumulates
                                                                        : data.multiply_accumulates;
  return impl_->at<std::uint64_t>(column, sample);
}

bool Results::has_raster(std::size_t population) const {
  return impl_->populations.at(population).raster.has_value();
}

SpikeTrain Results::raster(std::size_t population, std::size_t sample) const {
  NS_ASSERT(sample < samples() && has_raster(population));
  const RasterReader::Bounds bounds{header().ticks_per_sample,
                                    header().populations[population].size};
  SpikeTrain train;
  impl_->populations[population].raster->read(sample, bounds, 0, train);
  return train;
}

}  // namespace neurosim
