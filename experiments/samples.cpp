#include "experiments/samples.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

ConfigError population_error(const Description& description, const PopulationSpec& population,
                             const std::string& key, const std::string& message) {
  return ConfigError({{description.file, population.mark.line, population.mark.column,
                       "populations." + population.name + "." + key, message}});
}

SpikeTrain shifted_list(const SpikeListSource& list, Tick first) {
  SpikeTrain train;
  train.clear();
  for (const auto& [tick, neuron] : list.spikes) train.append(first + tick, neuron);
  return train;
}

}  // namespace

Samples::Samples(const Description& description, const std::string& data_dir)
    : description_(description) {
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    const auto& spec = description.populations[p].source;
    if (!spec) continue;
    Source& source = sources_.emplace_back();
    source.population = p;
    if (const auto* list = std::get_if<SpikeListSource>(&*spec)) {
      source.list = shifted_list(*list, description.time.blank_before);
    }
  }
  if (description.data) open_data(data_dir);
  open_spike_files();
}

void Samples::open_data(const std::string& data_dir) {
  const DataSpec& data = *description_.data;
  const auto first = static_cast<std::size_t>(data.first);
  const auto wanted = static_cast<std::size_t>(data.samples.value_or(0));
  data_ = neurosim::open_data(description_, data_dir);
  if (first >= data_->size()) {
    throw data_error(description_, "first",
                     "expected an index below the " + std::to_string(data_->size()) +
                         " samples of " + data.dataset + ", got " + std::to_string(first));
  }
  const std::size_t available = data_->size() - first;
  size_ = data.samples ? wanted : available;
  if (size_ > available) {
    throw data_error(description_, "samples",
                     "expected at most the " + std::to_string(available) + " samples of " +
                         data.dataset + " " + data.split + " from index " + std::to_string(first) +
                         ", got " + std::to_string(size_));
  }
  for (const Source& source : sources_) {
    const PopulationSpec& population = description_.populations[source.population];
    if (std::holds_alternative<DatasetSource>(*population.source) &&
        population.size != data_->neurons()) {
      throw population_error(
          description_, population, "shape",
          fmt::format("expected {} neurons, {} (data.dataset {}, encoder {}), got {}",
                      data_->neurons(), data_->neurons_text(), data.dataset,
                      Encoding::kTypes[data.encoder.type].name, population.size));
    }
  }
}

void Samples::open_spike_files() {
  bool counted = data_ != nullptr;
  for (Source& source : sources_) {
    const PopulationSpec& population = description_.populations[source.population];
    const auto* spec = std::get_if<SpikeFileSource>(&*population.source);
    if (spec == nullptr) continue;
    source.file =
        std::make_unique<SpikeFile>(SpikeFile::Layout{.file = spec->file,
                                                      .population = spec->population,
                                                      .steps = spec->steps,
                                                      .neurons = spec->neurons,
                                                      .sample_offset = spec->sample_offset,
                                                      .labels = spec->labels,
                                                      .step_ms = description_.time.step_ms,
                                                      .keep_every = spec->keep_every,
                                                      .first_step = spec->first_step},
                                    population.size);
    const std::optional<double> step_ms = source.file->step_ms();
    if (step_ms && *step_ms != description_.time.step_ms) {
      throw population_error(description_, population, "file",
                             fmt::format("recorded with time.step_ms {}, which cannot be played "
                                         "with {}",
                                         *step_ms, description_.time.step_ms));
    }
    if (!counted) size_ = source.file->samples();
    counted = true;
    if (source.file->samples() < size_) {
      throw population_error(description_, population, "file",
                             "expected at least " + std::to_string(size_) +
                                 " samples, as the other sources have, found " +
                                 std::to_string(source.file->samples()));
    }
  }
}

std::size_t Samples::number(std::size_t index) const {
  if (!data_) return index;
  return data_->item(static_cast<std::size_t>(description_.data->first) + index);
}

void Samples::fill(std::size_t index, std::uint32_t pass, SampleInput& input) const {
  input.label = -1;
  input.sources.resize(sources_.size());
  for (std::size_t k = 0; k < sources_.size(); ++k) {
    play(sources_[k], index, pass, input.sources[k], input.label);
  }
}

void Samples::play(const Source& source, std::size_t index, std::uint32_t pass, SpikeTrain& train,
                   std::int64_t& label) const {
  const TimeSpec& time = description_.time;
  const SourceSpec& spec = *description_.populations[source.population].source;
  const std::size_t item = number(index);
  const EncodingKey key = {.seed = description_.seed,
                           .sample = static_cast<std::uint32_t>(item),
                           .epoch = pass,
                           .population = static_cast<std::uint32_t>(source.population)};
  if (std::holds_alternative<DatasetSource>(spec)) {
    data_->encode(item, time.blank_before, time.steps, key, train);
    label = data_->label(item);
  } else if (source.file) {
    source.file->read(index, time.blank_before, time.steps, train);
    if (label < 0) label = source.file->label(index);
  } else if (const auto* poisson = std::get_if<PoissonSource>(&spec)) {
    poisson_train(poisson->rate_hz * time.step_ms / 1000,
                  description_.populations[source.population].size, time.blank_before, time.steps,
                  key, train);
  } else {
    train = source.list;
  }
}

std::int64_t Samples::label(std::size_t index) const {
  if (data_) return data_->label(number(index));
  for (const Source& source : sources_) {
    const std::int64_t label = source.file ? source.file->label(index) : -1;
    if (label >= 0) return label;
  }
  return -1;
}

bool Samples::labelled() const { return size_ > 0 && label(0) >= 0; }

bool Samples::graded(std::size_t population) const {
  return std::ranges::any_of(sources_, [&](const Source& source) {
    if (source.population != population) return false;
    if (source.file) return source.file->graded();
    const SourceSpec& spec = *description_.populations[population].source;
    return std::holds_alternative<DatasetSource>(spec) && is_graded(description_.data->encoder);
  });
}

std::vector<std::string> Samples::class_names() const {
  std::vector<std::string> names;
  for (std::size_t c = 0; data_ && c < data_->class_count(); ++c) {
    names.push_back(data_->class_name(c));
  }
  return names;
}

}  // namespace neurosim
