#include "sim/io/run_tables.hpp"

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using hdf5::Filter;

template <class T>
Column<T> make_column(hdf5::Group& group, const std::string& name) {
  return Column<T>::list(group, name, 1024, Filter::kShuffleDeflate);
}

}  // namespace

SampleTable::SampleTable(hdf5::Group group)
    : group_(std::move(group)),
      index_(make_column<std::uint64_t>(group_, "index")),
      label_(make_column<std::int64_t>(group_, "label")),
      prediction_(make_column<std::int64_t>(group_, "prediction")),
      first_tick_(make_column<std::uint64_t>(group_, "first_tick")) {}

void SampleTable::append(const SampleRecord& record, std::uint64_t first_tick) {
  // The header does not say how wide the readout is; the first sample does.
  if (first_tick == 0 && !record.readout.empty()) {
    width_ = record.readout.size();
    readout_ = Appender<double>::table(group_, "readout", width_, Filter::kNone);
  }
  NS_ASSERT(record.readout.size() == width_);
  index_.append(record.sample);
  label_.append(record.label);
  prediction_.append(record.prediction);
  first_tick_.append(first_tick);
  if (readout_) readout_->append(std::span<const double>(record.readout));
}

void SampleTable::flush() {
  index_.flush();
  label_.flush();
  prediction_.flush();
  first_tick_.flush();
  if (readout_) readout_->flush();
}

PopulationTable::PopulationTable(hdf5::Group group, const RecordedPopulation& population)
    : size_(population.size),
      spikes_(make_column<std::uint64_t>(group, "spikes")),
      onsets_(make_column<std::uint64_t>(group, "onsets")),
      done_(make_column<std::uint64_t>(group, "updates_done")),
      driven_(make_column<std::uint64_t>(group, "updates_driven")),
      skipped_(make_column<std::uint64_t>(group, "updates_skipped")) {
  if (!population.spikes) return;
  activity_ = Appender<float>::table(group, "activity", size_, Filter::kShuffleDeflate);
  mean_ = make_column<double>(group, "activity_mean");
}

void PopulationTable::append(const PopulationCounters& counters) {
  spikes_.append(counters.spikes);
  onsets_.append(counters.onsets);
  done_.append(counters.updates_done);
  driven_.append(counters.updates_driven);
  skipped_.append(counters.updates_skipped);
}

void PopulationTable::append_activity(std::span<const std::uint32_t> spiking_ticks, Tick ticks) {
  NS_ASSERT(activity_ && spiking_ticks.size() == size_);
  const auto all_ticks = static_cast<double>(ticks);
  std::uint64_t sum = 0;
  for (const std::uint32_t count : spiking_ticks) {
    activity_->append(static_cast<float>(count / all_ticks));
    sum += count;
  }
  mean_->append(static_cast<double>(sum) / (all_ticks * static_cast<double>(size_)));
}

void PopulationTable::flush() {
  spikes_.flush();
  onsets_.flush();
  done_.flush();
  driven_.flush();
  skipped_.flush();
  if (!activity_) return;
  activity_->flush();
  mean_->flush();
}

ProjectionTable::ProjectionTable(hdf5::Group group)
    : events_(make_column<std::uint64_t>(group, "events")),
      operations_(make_column<std::uint64_t>(group, "synaptic_operations")),
      accumulates_(make_column<std::uint64_t>(group, "accumulates")),
      multiply_accumulates_(make_column<std::uint64_t>(group, "multiply_accumulates")) {}

void ProjectionTable::append(const ProjectionCounters& counters) {
  events_.append(counters.events);
  operations_.append(counters.synaptic_operations);
  accumulates_.append(counters.accumulates);
  multiply_accumulates_.append(counters.multiply_accumulates);
}

void ProjectionTable::flush() {
  events_.flush();
  operations_.flush();
  accumulates_.flush();
  multiply_accumulates_.flush();
}

}  // namespace neurosim
