#include <fmt/format.h>

#include <variant>

#include "sim/core/error.hpp"
#include "sim/io/file_format.hpp"
#include "sim/io/results.hpp"
#include "sim/io/results_file.hpp"
#include "sim/io/sonata_reader.hpp"

namespace neurosim {
namespace {

using hdf5::Dataset;
using hdf5::Kind;

/// The spikes, and what else there is: their labels, the step of the run.
struct Recording {
  RasterReader raster;
  std::optional<Dataset> labels;
  std::optional<double> step_ms;
};

using Source = std::variant<Recording, SonataSpikes>;

std::string without_root(const std::string& path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

Recording open_columns(const SpikeFile::Layout& layout) {
  const auto file = hdf5::File::open(layout.file);
  const auto root = file.root();
  const auto open = [&](const std::string& path) { return root.dataset(without_root(path)); };
  Recording source{RasterReader({.when = open(layout.steps),
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

Recording open_recording(const SpikeFile::Layout& layout) {
  const ResultsFile results = open_results(layout.file);
  const auto& populations = results.header.populations;
  std::string recorded;
  for (std::size_t p = 0; p < populations.size(); ++p) {
    if (!populations[p].record_raster) continue;
    if (populations[p].name == layout.population && !populations[p].raster_neurons.empty()) {
      throw DataError(
          layout.file,
          fmt::format("holds the spikes of {} of the {} neurons of population \"{}\"; "
                      "only a whole population can be played",
                      populations[p].raster_size(), populations[p].size, layout.population));
    }
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

Source open_source(const SpikeFile::Layout& layout) {
  if (layout.population.empty()) return open_columns(layout);
  const auto root = hdf5::File::open(layout.file).root();
  if (root.contains(kOwnGroup) || !root.contains(kSonataGroup)) return open_recording(layout);
  return SonataSpikes(root, layout.population, layout.step_ms);
}

}  // namespace

struct SpikeFile::Impl {
  Source source;
  std::size_t neurons;
  Tick keep_every, first_step;
  const Recording* recording() const { return std::get_if<Recording>(&source); }
  void read_all(std::size_t sample, Tick first, Tick steps, SpikeTrain& train) const;
  void keep_some(const SpikeTrain& all, Tick first, SpikeTrain& train) const;
};

SpikeFile::SpikeFile(const Layout& layout, std::size_t neurons)
    : impl_(new Impl{open_source(layout), neurons, layout.keep_every, layout.first_step}) {
  NS_ASSERT(neurons > 0 && layout.keep_every > 0 && layout.first_step >= 0);
}
SpikeFile::~SpikeFile() = default;

std::size_t SpikeFile::samples() const {
  const Recording* const recording = impl_->recording();
  return recording != nullptr ? recording->raster.samples() : 1;
}

std::int64_t SpikeFile::label(std::size_t sample) const {
  NS_ASSERT(sample < samples());
  const Recording* const recording = impl_->recording();
  std::int64_t label = -1;
  if (recording != nullptr && recording->labels) recording->labels->read(sample, 1, &label);
  return label;
}

bool SpikeFile::graded() const {
  const Recording* const recording = impl_->recording();
  return recording != nullptr && recording->raster.columns().value.has_value();
}

std::optional<double> SpikeFile::step_ms() const {
  const Recording* const recording = impl_->recording();
  return recording != nullptr ? recording->step_ms : std::nullopt;
}

/// Every step of the file.
void SpikeFile::Impl::read_all(std::size_t sample, Tick first, Tick steps,
                               SpikeTrain& train) const {
  const RasterReader::Bounds bounds{steps, neurons};
  if (const Recording* const recorded = recording()) {
    recorded->raster.read(sample, bounds, first, train);
  } else {
    std::get<SonataSpikes>(source).read(bounds, first, train);
  }
}

void SpikeFile::Impl::keep_some(const SpikeTrain& all, Tick first, SpikeTrain& train) const {
  train.clear();
  for (std::size_t k = 0; k < all.packet_count(); ++k) {
    const SpikePacket packet = all.packet(k);
    const Tick since = packet.tick - first_step;
    if (since < 0 || since % keep_every != 0) continue;
    const Tick tick = first + since / keep_every;
    if (all.graded()) {
      train.append_packet(tick, packet.ids, packet.values);
    } else {
      train.append_packet(tick, packet.ids);
    }
  }
}

void SpikeFile::read(std::size_t sample, Tick first, Tick steps, SpikeTrain& train) const {
  NS_ASSERT(sample < samples());
  if (impl_->keep_every == 1 && impl_->first_step == 0) {
    impl_->read_all(sample, first, steps, train);
    return;
  }
  SpikeTrain all;
  impl_->read_all(sample, 0, impl_->first_step + impl_->keep_every * steps, all);
  impl_->keep_some(all, first, train);
}

}  // namespace neurosim
