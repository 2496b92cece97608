#include "experiments/run_experiment.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/io/results.hpp"
#include "sim/network/config_node.hpp"

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

/// Does one job: trains, tests, and says what came out.
class CellRunner {
 public:
  CellRunner(const Experiment& experiment, const ExperimentOptions& options, const CellJob& job,
             unsigned threads, const std::function<void(const std::string&)>& progress)
      : experiment_(experiment),
        options_(options),
        job_(job),
        threads_(threads),
        progress_(progress),
        network_(cell_network(experiment, job.cell, job.seed, options.scale)) {
    result_.cell = job.cell.name;
    result_.seed = job.seed;
    result_.network_hash = network_hash(network_);
    result_.version = NEUROSIM_VERSION;
    result_.commit = options.commit;
    result_.machine = machine_name();
    result_.date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  }

  /// False: interrupted.
  bool run() {
    if (experiment_.work == CellWork::kTrain && !train()) return false;
    return test();
  }

  CellResult result() const { return result_; }
  const std::vector<CellEpoch>& epochs() const { return epochs_; }

 private:
  std::string file(const char* folder, const std::string& suffix) const {
    const fs::path path = fs::path(options_.folder) / folder;
    fs::create_directories(path);
    return (path / fmt::format("{}-s{}{}.h5", job_.cell.name, job_.seed, suffix)).string();
  }

  bool train() {
    // Weights of another network, or of another number of epochs, are no start for this one.
    weights_ = file("weights", "-" + result_.network_hash);
    TrainOptions train = {.output = weights_,
                          .start = fs::exists(weights_) ? Start::kResume : Start::kFresh,
                          .threads = threads_,
                          .data_dir = options_.data_dir,
                          .interrupt = options_.interrupt};
    train.epoch = [this](const EpochMetrics& metrics) {
      progress_(fmt::format("epoch {}: loss {:.4f}, validation {:.2f} %", metrics.epoch,
                            metrics.loss, 100 * metrics.validation_accuracy));
    };
    const TrainSummary summary = train_network(network_, train);
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
    const std::string output = keeps ? file("runs", "") : "";
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
    const std::string other_output = file("runs", single ? "-double" : "-single");
    if (run(other, other_output).interrupted) return false;
    const auto a = Results(output).predictions(), b = Results(other_output).predictions();
    NS_ASSERT(a.size() == b.size() && !a.empty());
    std::size_t same = 0;
    for (std::size_t k = 0; k < a.size(); ++k) same += a[k] == b[k];
    result_.values[Quantity::kSamePredictions] =
        100 * static_cast<double>(same) / static_cast<double>(a.size());
    return true;
  }

  const Experiment& experiment_;
  const ExperimentOptions& options_;
  const CellJob& job_;
  unsigned threads_;
  const std::function<void(const std::string&)>& progress_;
  Description network_;
  std::string weights_;
  CellResult result_;
  std::vector<CellEpoch> epochs_;
};

/// Hands out jobs to threads and keeps the tables up to date.
class Workshop {
 public:
  Workshop(const Experiment& experiment, const ExperimentOptions& options)
      : experiment_(experiment), options_(options) {
    fs::create_directories(options.folder);
    results_ = read_results(options.folder);
    std::vector<ExperimentResults> others;
    for (const std::string& name : experiment.reuse) {
      others.push_back(read_results((fs::path(options.folder).parent_path() / name).string()));
    }
    for (CellJob& job : jobs_of(experiment, options)) {
      const Description network = cell_network(experiment, job.cell, job.seed, options.scale);
      if (is_done(results_, job, network)) continue;
      refuse_to_replace(job);
      if (take_over(others, network_hash(network), job)) continue;
      jobs_.push_back(std::move(job));
    }
  }

  bool run() {
    const unsigned all =
        options_.threads > 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    const unsigned workers = std::min<unsigned>(
        options_.jobs, static_cast<unsigned>(std::max<std::size_t>(jobs_.size(), 1)));
    std::vector<std::jthread> threads;
    for (unsigned k = 1; k < workers; ++k) {
      threads.emplace_back([this, all, workers] { work(std::max(1u, all / workers)); });
    }
    work(std::max(1u, all / workers));
    threads.clear();
    if (failure_) std::rethrow_exception(failure_);
    return !interrupted_;
  }

 private:
  /// A result of the whole cell may have cost hours.
  void refuse_to_replace(const CellJob& job) const {
    if (!is_done(results_, job, cell_network(experiment_, job.cell, job.seed, {}))) return;
    throw UsageError(fmt::format(
        "{} holds the result of cell {} with seed {} at full scale; give a run of another scale a "
        "folder of its own: -o DIR",
        options_.folder, job.cell.name, job.seed));
  }

  /// Puts another experiment's result of the same network and seed into the tables.
  bool take_over(const std::vector<ExperimentResults>& others, const std::string& hash,
                 const CellJob& job) {
    for (const ExperimentResults& other : others) {
      const auto found = std::ranges::find_if(other.cells, [&](const CellResult& result) {
        return result.network_hash == hash && result.seed == job.seed;
      });
      if (found == other.cells.end()) continue;
      CellResult result = *found;
      std::vector<CellEpoch> epochs;
      for (CellEpoch row : other.epochs) {
        if (row.cell != found->cell || row.seed != job.seed) continue;
        row.cell = job.cell.name;
        epochs.push_back(std::move(row));
      }
      result.cell = job.cell.name;
      results_.put(std::move(result), std::move(epochs));
      write_results(options_.folder, experiment_, results_);
      return true;
    }
    return false;
  }

  void work(unsigned threads) {
    while (const CellJob* job = take()) {
      try {
        const std::function<void(const std::string&)> progress = [&](const std::string& what) {
          const std::lock_guard lock(mutex_);
          if (options_.progress) options_.progress(*job, what);
        };
        CellRunner runner(experiment_, options_, *job, threads, progress);
        if (runner.run()) {
          keep(runner);
        } else {
          stop(nullptr);
        }
      } catch (...) {
        stop(std::current_exception());
      }
    }
  }

  const CellJob* take() {
    const std::lock_guard lock(mutex_);
    const bool asked = options_.interrupt != nullptr && options_.interrupt->load();
    if (asked && next_ < jobs_.size()) interrupted_ = true;
    if (interrupted_ || failure_ || next_ == jobs_.size()) return nullptr;
    return &jobs_[next_++];
  }

  void keep(const CellRunner& runner) {
    const std::lock_guard lock(mutex_);
    results_.put(runner.result(), runner.epochs());
    write_results(options_.folder, experiment_, results_);
    if (options_.done) options_.done(runner.result());
  }

  void stop(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (failure && !failure_) failure_ = failure;
    if (!failure) interrupted_ = true;
  }

  const Experiment& experiment_;
  const ExperimentOptions& options_;
  ExperimentResults results_;
  std::vector<CellJob> jobs_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  bool interrupted_ = false;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<CellJob> jobs_of(const Experiment& experiment, const ExperimentOptions& options) {
  const std::vector<Cell> cells = cells_of(experiment);
  std::vector<std::string_view> names;
  for (const Cell& cell : cells) names.push_back(cell.name);
  for (const std::string& name : options.only) {
    if (std::ranges::count(names, name) == 0) {
      throw UsageError("--only: unknown cell " + unknown_name(name, names));
    }
  }
  std::vector<CellJob> jobs;
  std::size_t number = 0;
  for (const std::uint64_t seed : experiment.seeds) {
    for (const Cell& cell : cells) {
      if (!options.only.empty() && std::ranges::count(options.only, cell.name) == 0) continue;
      if (number++ % options.shards == options.shard - 1) jobs.push_back({cell, seed});
    }
  }
  return jobs;
}

std::string network_hash(const Description& description) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : to_yaml(description)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

bool is_done(const ExperimentResults& results, const CellJob& job, const Description& description) {
  const CellResult* result = results.find(job.cell.name, job.seed);
  return result != nullptr && result->network_hash == network_hash(description);
}

bool run_experiment(const Experiment& experiment, const ExperimentOptions& options) {
  return Workshop(experiment, options).run();
}

}  // namespace neurosim
