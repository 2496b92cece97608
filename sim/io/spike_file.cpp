#include <fmt/format.h>

#include "sim/core/error.hpp"
#include "sim/io/results.hpp"
#include "sim/io/results_file.hpp"

namespace neurosim {
namespace {

using hdf5::Dataset;
using hdf5::Kind;

/// The spikes, and what else there is: their labels, the step of the run.
struct Source {
  RasterReader raster;
  std::optional<Dataset> labels;
  std::optional<double> step_ms;
};

std::string without_root(const std::string& path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

Source open_columns(const SpikeFile::Layout& layout) {
  const auto file = hdf5::File::open(layout.file);
  const auto root = file.root();
  const auto open = [&](const std::string& path) { return root.dataset(without_root(path)); };
  Source source{RasterReader({.when = open(layout.steps),
                              .neuron = open(layout.neurons),
                              .offset = open(layout.sample_offset),
                              .value = std::nullopt}),
                std::nullopt, std::nullopt};
  if (layout.labels.empty()) return source;
  source.labels = open(layout.labels);
  source.labels->expect(Kind::kInteger);
  if (source.labels->shape() != hdf5::Shape{source.raster.samples()}) {
    source.labels->fail(fmt::format("expected one label for each of the {} samples of {}",
                                    source.raster.samples(),
                                    source.raster.columns().offset.path()));
  }
  return source;
}

Source open_recording(const SpikeFile::Layout& layout) {
  const ResultsFile results = open_results(layout.file);
  const auto& populations = results.header.populations;
  std::string recorded;
  for (std::size_t p = 0; p < populations.size(); ++p) {
    if (!populations[p].record_raster) continue;
    if (populations[p].name == layout.population) {
      return {open_raster(results, p), sample_rows(results, "samples/label", Kind::kInteger, 1),
              results.header.step_ms};
    }
    recorded += (recorded.empty() ? "" : ", ") + populations[p].name;
  }
  throw DataError(layout.file,
                  fmt::format("holds no spikes of population \"{}\" (recorded: {})",
                              layout.population, recorded.empty() ? "none" : recorded));
}

}  // namespace

struct SpikeFile::Impl {
  Source source;
  std::size_t neurons;
};

SpikeFile::SpikeFile(const Layout& layout, std::size_t neurons)
    : impl_(new Impl{layout.population.empty() ? open_columns(layout) : open_recording(layout),
                     neurons}) {
  NS_ASSERT(neurons > 0);
}
SpikeFile::~SpikeFile() = default;

std::size_t SpikeFile::samples() const { return impl_->source.raster.samples(); }

std::int64_t SpikeFile::label(std::size_t sample) const {
  NS_ASSERT(sample < samples());
  std::int64_t label = -1;
  if (impl_->source.labels) impl_->source.labels->read(sample, 1, &label);
  return label;
}

bool SpikeFile::graded() const { return impl_->source.raster.columns().value.has_value(); }

std::optional<double> SpikeFile::step_ms() const { return impl_->source.step_ms; }

void SpikeFile::read(std::size_t sample, Tick first, Tick steps, SpikeTrain& train) const {
  NS_ASSERT(sample < samples());
  impl_->source.raster.read(sample, {steps, impl_->neurons}, first, train);
}

}  // namespace neurosim
