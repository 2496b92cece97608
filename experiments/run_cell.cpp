#include "experiments/run_cell.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/io/results.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

std::string machine_name() {
  std::ifstream stream("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("model name")) continue;
    name = line.substr(std::min(line.find(':') + 2, line.size()));
    break;
  }
  return fmt::format("{} ({} threads)", name, std::thread::hardware_concurrency());
}

/// Keeps apart what was trained at different scales.
std::string file_part(const Scale& scale) {
  std::string part;
  if (scale.epochs) part += fmt::format("-e{}", *scale.epochs);
  if (scale.training_samples) part += fmt::format("-n{}", *scale.training_samples);
  return part;
}

std::string weights_end(const std::string& network_hash, const Scale& scale) {
  return "-" + network_hash + file_part(scale) + ".h5";
}

fs::path cell_path(const std::string& folder, const char* kind, const CellJob& job,
                   const std::string& end) {
  return fs::path(folder) / kind / fmt::format("{}-s{}{}", job.cell.name, job.seed, end);
}

class CellRunner {
 public:
  CellRunner(const Experiment& experiment, const ExperimentOptions& options, const CellJob& job,
             unsigned threads, const std::function<void(const std::string&)>& progress)
      : experiment_(experiment),
        options_(options),
        job_(job),
        threads_(threads),
        progress_(progress),
        full_(cell_network(experiment, job.cell, job.seed)) {
    result_.cell = job.cell.name;
    result_.seed = job.seed;
    result_.network_hash = network_hash(experiment, full_);
    result_.scale = options.scale;
    result_.threads = threads;
    result_.cells_at_a_time = options.jobs;
    result_.version = NEUROSIM_VERSION;
    result_.commit = options.commit;
    result_.machine = machine_name();
    result_.date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  }

  std::optional<CellOutcome> run() {
    if (experiment_.work == CellWork::kTrain && !train()) return std::nullopt;
    network_ = scaled(full_, options_.scale);
    if (!test()) return std::nullopt;
    return CellOutcome{std::move(result_), std::move(epochs_)};
  }

 private:
  std::string file(const char* kind, const std::string& end) const {
    return cell_file(options_.folder, kind, job_, end);
  }

  bool train() {
    // However few samples it is tested on, it is the same training.
    Scale scale = options_.scale;
    scale.test_samples.reset();
    // Weights of another network, or of another number of epochs, are no start for this one.
    weights_ = file("weights", weights_end(result_.network_hash, scale));
    TrainOptions train = {.output = weights_,
                          .start = fs::exists(weights_) ? Start::kResume : Start::kFresh,
                          .threads = threads_,
                          .data_dir = options_.data_dir,
                          .interrupt = options_.interrupt};
    train.epoch = [this](const EpochMetrics& metrics) {
      std::string text = fmt::format("epoch {}: loss {:.4f}", metrics.epoch, metrics.loss);
      if (!std::isnan(metrics.validation_accuracy)) {
        text += fmt::format(", validation {:.2f} %", 100 * metrics.validation_accuracy);
      }
      progress_(text);
    };
    const TrainSummary summary = train_network(scaled(full_, scale), train);
    if (summary.interrupted) return false;
    result_.training_samples = summary.training_samples;
    keep(summary.epochs);
    return true;
  }

  void keep(const std::vector<EpochMetrics>& epochs) {
    result_.epochs = epochs.size();
    for (const EpochMetrics& metrics : epochs) {
      CellEpoch row = {.cell = job_.cell.name, .seed = job_.seed, .epoch = metrics.epoch};
      for (const MetricColumn& column : kMetricColumns)
        row.metrics.push_back(metrics.*column.value);
      epochs_.push_back(std::move(row));
      result_.training_seconds += metrics.seconds;
    }
    if (epochs.empty()) return;
    const EpochMetrics& last = epochs.back();
    result_.values[Quantity::kLoss] = last.loss;
    result_.values[Quantity::kTrainingAccuracy] = 100 * last.training_accuracy;
    result_.values[Quantity::kValidationAccuracy] = 100 * last.validation_accuracy;
    result_.values[Quantity::kEpochSeconds] =
        result_.training_seconds / static_cast<double>(epochs.size());
  }

  Description tested(Precision precision) const {
    Description description = weights_.empty() ? network_ : with_weights(network_, weights_);
    description.precision = precision;
    return description;
  }

  bool test() {
    progress_("testing");
    const bool keeps = experiment_.work == CellWork::kRun || experiment_.compare_precisions;
    const std::string output = keeps ? file("runs", ".h5") : "";
    const RunSummary summary = run(tested(network_.precision), output);
    if (summary.interrupted) return false;
    result_.test_samples = summary.samples;
    result_.test_seconds = summary.seconds;
    if (summary.labelled > 0) {
      result_.values[Quantity::kTestAccuracy] =
          100 * static_cast<double>(summary.correct) / static_cast<double>(summary.labelled);
    }
    add_activity(summary);
    return !experiment_.compare_precisions || compare_precisions(output);
  }

  RunSummary run(const Description& description, const std::string& output) const {
    return run_network(description, {.output = output,
                                     .existing = OutputFile::kReplaceExisting,
                                     .threads = threads_,
                                     .data_dir = options_.data_dir,
                                     .interrupt = options_.interrupt});
  }

  void add_activity(const RunSummary& summary) {
    double events = 0, neurons = 0;
    for (std::size_t p = 0; p < summary.populations.size(); ++p) {
      const PopulationSummary& population = summary.populations[p];
      if (network_.populations[p].source || !population.spikes) continue;
      result_.layer_activity.push_back(100 * population.activity);
      events += population.activity * static_cast<double>(population.neurons);
      neurons += static_cast<double>(population.neurons);
    }
    if (neurons > 0) result_.values[Quantity::kActivity] = 100 * events / neurons;
  }

  bool compare_precisions(const std::string& output) {
    progress_("testing in the other precision");
    const bool single = network_.precision == Precision::kSingle;
    Description other = tested(single ? Precision::kDouble : Precision::kSingle);
    other.record = {};
    const std::string other_output = file("runs", single ? "-double.h5" : "-single.h5");
    if (run(other, other_output).interrupted) return false;
    const auto a = Results(output).predictions(), b = Results(other_output).predictions();
    NS_ASSERT(a.size() == b.size());
    std::size_t same = 0, predicted = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      predicted += a[k] >= 0;
      same += a[k] >= 0 && a[k] == b[k];
    }
    if (predicted == 0) {
      throw ConfigError({{experiment_.file, 0, 0, "compare_precisions",
                          "the network predicts nothing: it has no readout, or more than one"}});
    }
    result_.values[Quantity::kSamePredictions] =
        100 * static_cast<double>(same) / static_cast<double>(predicted);
    return true;
  }

  const Experiment& experiment_;
  const ExperimentOptions& options_;
  const CellJob& job_;
  unsigned threads_;
  const std::function<void(const std::string&)>& progress_;
  Description full_;     ///< read once, however long the training takes
  Description network_;  ///< as it is tested
  std::string weights_;
  CellResult result_;
  std::vector<CellEpoch> epochs_;
};

}  // namespace

std::string cell_file(const std::string& folder, const char* kind, const CellJob& job,
                      const std::string& end) {
  const fs::path path = cell_path(folder, kind, job, end);
  make_folder(path.parent_path().string());
  return path.string();
}

bool is_begun(const std::string& folder, const CellJob& job, const std::string& network_hash,
              const Scale& scale) {
  return fs::exists(cell_path(folder, "weights", job, weights_end(network_hash, scale)));
}

std::optional<std::uint64_t> epochs_done(const std::string& folder, const CellJob& job,
                                         const std::string& network_hash, const Scale& scale) {
  if (!is_begun(folder, job, network_hash, scale)) return std::nullopt;
  const fs::path weights = cell_path(folder, "weights", job, weights_end(network_hash, scale));
  return read_checkpoint(weights.string()).epochs.size();
}

std::optional<CellOutcome> run_cell(const Experiment& experiment, const ExperimentOptions& options,
                                    const CellJob& job, unsigned threads,
                                    const std::function<void(const std::string&)>& progress) {
  return CellRunner(experiment, options, job, threads, progress).run();
}

}  // namespace neurosim
