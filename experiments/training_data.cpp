#include "experiments/training_data.hpp"

#include <filesystem>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

ConfigError key_error(const Description& description, const std::string& path,
                      const std::string& message) {
  return ConfigError({{description.file, 0, 0, path, message}});
}

/// Recorded steps count from the start of a sample, blank steps included; what is played counts
/// from the stimulus. So the stimulus becomes the whole sample, which other sources would notice.
void take_blank_steps(Description& description) {
  TimeSpec& time = description.time;
  if (time.blank_before == 0 && time.blank_after == 0) return;
  for (const PopulationSpec& population : description.populations) {
    if (!population.source || std::holds_alternative<DatasetSource>(*population.source)) continue;
    throw key_error(description, "time.blank_steps",
                    "recorded traces hold the blank steps, and source \"" + population.name +
                        "\" does not: neither can be played beside the other");
  }
  time.steps = time.total();
  time.blank_before = time.blank_after = 0;
}

void play_traces(Description& description, const std::string& traces) {
  take_blank_steps(description);
  const std::string file = std::filesystem::absolute(traces).lexically_normal().string();
  bool played = false;
  for (PopulationSpec& population : description.populations) {
    if (!population.source || !std::holds_alternative<DatasetSource>(*population.source)) continue;
    population.source = SpikeFileSource{.file = file, .population = population.name};
    population.model = "spike_file";
    played = true;
  }
  if (!played) {
    throw UsageError("traces: " + description.file +
                     " has no population that they could play (`model: source`)");
  }
  description.data.reset();
}

}  // namespace

Description training_description(Description description, const std::string& traces) {
  if (!traces.empty()) play_traces(description, traces);
  if (!description.data) return description;
  DataSpec& data = *description.data;
  data.split = "train";
  data.first = 0;
  data.samples.reset();
  if (data.dataset != "synthetic-digits") return description;
  const FieldValue& samples = description.training[Training::kSamples];
  if (samples.empty()) {
    throw key_error(description, "training.samples",
                    "missing: synthetic-digits are drawn, so say how many to train with "
                    "(data.samples is for simulations)");
  }
  data.samples = static_cast<std::int64_t>(samples[0]);
  return description;
}

std::size_t training_samples(const Description& description, const Samples& samples) {
  if (!samples.labelled()) {
    throw key_error(description, "populations",
                    "training needs labels, and no source of spikes has any");
  }
  const FieldValue& wanted = description.training[Training::kSamples];
  if (wanted.empty()) return samples.size();
  const auto count = static_cast<std::size_t>(wanted[0]);
  if (count > samples.size()) {
    throw key_error(description, "training.samples",
                    "expected at most the " + std::to_string(samples.size()) +
                        " samples that there are, got " + std::to_string(count));
  }
  return count;
}

}  // namespace neurosim
