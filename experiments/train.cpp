#include "experiments/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "experiments/metrics_csv.hpp"
#include "experiments/resume.hpp"
#include "experiments/samples.hpp"
#include "experiments/training_data.hpp"
#include "sim/core/error.hpp"
#include "sim/io/arrays.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/io/partial_file.hpp"
#include "sim/io/results.hpp"
#include "sim/network/read_description.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Carries a trainer to its end and keeps the files up to date.
class Session {
 public:
  Session(const Description& description, const TrainOptions& options, Trainer& trainer)
      : options_(options), trainer_(trainer), description_(description) {}

  /// Returns whether training is finished.
  bool run() {
    const bool finished = trainer_.run({.batch = [this](const auto& b) { after_batch(b); },
                                        .epoch = [this](const auto& e) { after_epoch(e); },
                                        .stop = [this] { return interrupted(); }});
    if (changed_) save(trainer_.checkpoint(), Overwrite::kAllow);
    return finished;
  }

  void save(Checkpoint checkpoint, Overwrite overwrite) {
    checkpoint.network_name = description_.name;
    checkpoint.network_yaml = to_yaml(description_);
    checkpoint.version = NEUROSIM_VERSION;
    checkpoint.precision = description_.precision == Precision::kSingle ? "single" : "double";
    checkpoint.seed = description_.seed;
    write_checkpoint(options_.output, checkpoint, overwrite);
    write_metrics(checkpoint);
    saved_ = Clock::now();
    changed_ = false;
  }

  void write_metrics(const Checkpoint& checkpoint) const {
    if (options_.metrics_csv.empty()) return;
    write_metrics_csv(options_.metrics_csv, checkpoint.populations, checkpoint.epochs,
                      Overwrite::kAllow);
  }

 private:
  void after_batch(const BatchProgress& progress) {
    changed_ = true;
    if (options_.progress) options_.progress(progress);
    if (seconds_since(saved_) >= options_.checkpoint_seconds) try_save();
  }

  void after_epoch(const EpochMetrics& metrics) {
    changed_ = true;
    try_save();
    if (options_.epoch) options_.epoch(metrics);
  }

  /// A disk that is full for a while must not end a training: the old file is whole, and the next
  /// save may succeed. The last one throws.
  void try_save() {
    try {
      save(trainer_.checkpoint(), Overwrite::kAllow);
    } catch (const DataError& error) {
      saved_ = Clock::now();
      if (options_.warning) options_.warning(error.what());
    }
  }

  bool interrupted() const { return options_.interrupt != nullptr && options_.interrupt->load(); }

  const TrainOptions& options_;
  Trainer& trainer_;
  const Description& description_;
  Clock::time_point saved_ = Clock::now();
  bool changed_ = false;  ///< since the last save
};

/// Whoever resumes means the files that are there.
Overwrite overwrite_of(const TrainOptions& options) {
  const bool replace =
      options.start == Start::kResume || options.existing == OutputFile::kReplaceExisting;
  return replace ? Overwrite::kAllow : Overwrite::kRefuse;
}

/// A typing error in a name must not cost a day of training: the files are tried before anything
/// is read. What is there already stays until there is something better.
void try_outputs(const TrainOptions& options) {
  const PartialFile output(options.output, overwrite_of(options));
  if (options.metrics_csv.empty()) return;
  const PartialFile metrics(options.metrics_csv, overwrite_of(options));
}

/// Small steps would be lost in rounded weights, so what learns learns in full; a run rounds it.
Description unrounded(Description description) {
  for (ProjectionSpec& projection : description.projections) {
    if (projection.learn) projection.bits = 0;
  }
  return description;
}

template <class T>
std::unique_ptr<Trainer> build(const Description& description, TrainingData data,
                               const TrainerOptions& options) {
  return make_trainer<T>(description, compile<T>(unrounded(description), &load_hdf5_array),
                         std::move(data), options);
}

std::unique_ptr<Trainer> build_trainer(const Description& description, const Samples& samples,
                                       const TrainOptions& options) {
  TrainingData data = {
      .samples = training_samples(description, samples),
      .fill = [&samples](std::size_t sample, std::uint32_t pass,
                         SampleInput& input) { samples.fill(sample, pass, input); },
      .label = [&samples](std::size_t sample) { return samples.label(sample); }};
  const TrainerOptions trainer_options = {
      .threads =
          options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency()),
      .max_memory = options.max_memory};
  return description.precision == Precision::kSingle
             ? build<float>(description, std::move(data), trainer_options)
             : build<double>(description, std::move(data), trainer_options);
}

void restore(Trainer& trainer, const Checkpoint& checkpoint, const std::string& file) {
  try {
    trainer.restore(checkpoint);
  } catch (const DataError& error) {  // knows no file
    throw DataError(file, error.what());
  }
}

void warn_of_traces(const TrainOptions& options) {
  if (options.traces.empty() || !options.warning) return;
  std::optional<DataSpec> encoded;
  try {
    encoded = parse_description(Results(options.traces).header().network_yaml, options.traces).data;
  } catch (const ConfigError&) {
    return;  // of another version; its spikes can be played all the same
  }
  if (!encoded || !is_for_testing(*encoded)) return;
  options.warning(options.traces +
                  " was encoded from the test split, so a test on it will say "
                  "nothing; `neurosim encode --split train` encodes what to train on");
}

/// A schedule over the whole training is stretched, and the epochs before are not done again.
void warn_of_epochs(const TrainOptions& options, const Description& now, const Checkpoint& before) {
  if (!options.warning) return;
  const Description then = parse_description(before.network_yaml, options.output);
  const double was = then.training[Training::kEpochs][0];
  const double is = now.training[Training::kEpochs][0];
  const bool by_cosine =
      static_cast<Training::Schedule>(now.training[Training::kSchedule][0]) == Training::kCosine;
  if (was == is || !by_cosine || before.epochs.empty()) return;
  if (is <= static_cast<double>(before.epochs.back().epoch)) return;  // nothing is left to do
  options.warning(fmt::format(
      "{} planned {} epochs, now it is {}: the learning rate goes on by the schedule for {}, so "
      "the weights will not be those of {} epochs from the start",
      options.output, was, is, is, is));
}

}  // namespace

std::uint64_t kept_epoch(const Description& description, const Checkpoint& checkpoint) {
  if (checkpoint.epochs.empty()) return 0;
  const bool best = checkpoint.finished && !description.training[Training::kEarlyStopping].empty();
  if (!best) return checkpoint.epochs.back().epoch;
  return std::ranges::min_element(checkpoint.epochs, {}, &EpochMetrics::validation_loss)->epoch;
}

TrainSummary train_network(const Description& given, const TrainOptions& options) {
  NS_ASSERT(!options.output.empty());
  const Description description = training_description(given, options.traces);
  std::optional<Checkpoint> before;
  if (options.start == Start::kResume) {
    before = read_to_resume(description, options.output);
    warn_of_epochs(options, description, *before);
  }
  warn_of_traces(options);
  try_outputs(options);
  const Samples samples(description, options.data_dir);
  const auto trainer = build_trainer(description, samples, options);
  if (options.memory) options.memory(trainer->memory());
  if (before) restore(*trainer, *before, options.output);
  before.reset();

  Session session(description, options, *trainer);
  // Claims the name, so that no other training writes there.
  if (overwrite_of(options) == Overwrite::kRefuse) {
    session.save(trainer->checkpoint(), Overwrite::kRefuse);
  }
  const auto start = Clock::now();
  const bool finished = session.run();
  TrainSummary summary = {.interrupted = !finished, .seconds = seconds_since(start)};
  const Checkpoint end = trainer->checkpoint();
  session.write_metrics(end);
  summary.validation_samples = end.validation_samples.size();
  summary.training_samples = training_samples(description, samples) - summary.validation_samples;
  summary.epochs = end.epochs;
  summary.kept_epoch = kept_epoch(description, end);
  return summary;
}

}  // namespace neurosim
