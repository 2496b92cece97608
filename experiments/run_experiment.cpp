#include "experiments/run_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "experiments/run_cell.hpp"
#include "sim/core/error.hpp"
#include "sim/io/file_lock.hpp"
#include "sim/network/config_node.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

/// To be raised when the same description comes to mean something else, e.g. by another default:
/// all results are of another network then.
constexpr int kMeaning = 1;

std::string text_of(const CellJob& job) {
  return fmt::format("cell {} with seed {}", job.cell.name, job.seed);
}

/// Files seen from the experiment's folder, so that it may lie anywhere.
void make_relative(Description& description, const fs::path& folder) {
  const auto shorten = [&](std::string& file) {
    if (!file.empty()) file = fs::absolute(file).lexically_relative(folder).string();
  };
  const auto shorten_array = [&](auto& value) {
    if (auto* const array = std::get_if<FileArray>(&value)) shorten(array->file);
  };
  if (description.data) {
    shorten(description.data->files.items);
    shorten(description.data->files.labels);
  }
  for (PopulationSpec& population : description.populations) {
    if (population.source) {
      if (auto* const source = std::get_if<SpikeFileSource>(&*population.source)) {
        shorten(source->file);
      }
    }
    for (ParameterSpec& parameter : population.parameters) shorten_array(parameter);
  }
  for (ProjectionSpec& projection : description.projections) {
    shorten(projection.connect.pairs.file);
    shorten_array(projection.weights);
  }
}

/// Hands out jobs to threads and keeps the tables up to date.
class Workshop {
 public:
  Workshop(const Experiment& experiment, const ExperimentOptions& options)
      : experiment_(experiment), options_(options) {
    options_.scale = scale_of(experiment, options.scale);
    const std::vector<CellJob> jobs = jobs_of(experiment, options_);
    if (options_.scale.test_samples) {
      // Throws where there are none to take fewer of, before the folder is made.
      for (const CellJob& job : jobs) {
        scaled(cell_network(experiment, job.cell, job.seed), options_.scale);
      }
    }
    std::vector<ExperimentResults> others;
    for (const std::string& name : experiment.reuse) {
      const std::string other = (fs::path(options_.folder).parent_path() / name).string();
      if (!fs::exists(other)) continue;
      const FileLock lock = lock_results(other);
      others.push_back(read_results(other));
    }
    const FileLock lock = lock_results(options_.folder);
    ExperimentResults results = read_results(options.folder);
    std::vector<CellOutcome> taken;
    for (const CellJob& job : jobs) {
      const CellState state = state_of(results, experiment, job, options_.scale);
      if (state == CellState::kDone) continue;
      refuse_to_lose(results, job, state);
      if (auto outcome = find_in(others, job)) {
        taken.push_back(std::move(*outcome));
        continue;
      }
      if (state == CellState::kIncomplete) refuse_to_train_again(job);
      jobs_.push_back(job);
    }
    for (CellOutcome& outcome : taken) take_over(std::move(outcome), results);
  }

  ExperimentEnd run() {
    const unsigned all =
        options_.threads > 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    const unsigned workers = std::min(
        {options_.jobs, all, static_cast<unsigned>(std::max<std::size_t>(jobs_.size(), 1))});
    options_.jobs = workers;
    std::vector<std::jthread> threads;
    for (unsigned k = 1; k < workers; ++k) {
      threads.emplace_back([this, all, workers] { work(all / workers); });
    }
    work(all / workers);
    threads.clear();
    end_.left = jobs_.size() - next_;
    return end_;
  }

 private:
  /// What is there may have cost hours.
  void refuse_to_lose(const ExperimentResults& results, const CellJob& job, CellState state) const {
    if (state == CellState::kStale && !options_.replace) {
      throw UsageError(fmt::format(
          "{} holds the result of {}, of another network than now: the experiment or its network "
          "file has changed; --replace replaces such results, -o DIR leaves them",
          options_.folder, text_of(job)));
    }
    const CellResult* const there = results.find(job.cell.name, job.seed);
    if (state == CellState::kOtherScale &&
        !(options_.scale == Scale{} && is_smaller(job, there->scale))) {
      throw UsageError(
          fmt::format("{} holds the result of {} at another scale; give this one a "
                      "folder of its own: -o DIR",
                      options_.folder, text_of(job)));
    }
  }

  /// What the experiment has come to collect may not be worth hours either.
  void refuse_to_train_again(const CellJob& job) const {
    if (experiment_.work != CellWork::kTrain || options_.replace) return;
    if (is_begun(options_.folder, job, network_hash(experiment_, job), options_.scale)) return;
    throw UsageError(fmt::format(
        "{} holds the result of {} without all that the experiment collects now, and its weights "
        "are not there; --replace trains it again, -o DIR leaves it",
        options_.folder, text_of(job)));
  }

  /// Whether it is less than the whole experiment in everything.
  bool is_smaller(const CellJob& job, const Scale& scale) const {
    const Description full = cell_network(experiment_, job.cell, job.seed);
    const FieldValue& training = full.training[Training::kSamples];
    const auto test = full.data ? full.data->samples : std::nullopt;
    return (!scale.epochs || *scale.epochs < experiment_.epochs) &&
           (!scale.training_samples || training.empty() ||
            static_cast<double>(*scale.training_samples) < training[0]) &&
           (!scale.test_samples || !test ||
            *scale.test_samples < static_cast<std::uint64_t>(*test));
  }

  /// Another experiment's result of the same network, seed and scale, as that of this cell.
  std::optional<CellOutcome> find_in(const std::vector<ExperimentResults>& others,
                                     const CellJob& job) const {
    const std::string hash = network_hash(experiment_, job);
    for (const ExperimentResults& other : others) {
      const auto found = std::ranges::find_if(other.cells, [&](const CellResult& result) {
        return result.network_hash == hash && result.seed == job.seed &&
               result.scale == options_.scale && is_complete(experiment_, result);
      });
      auto epochs = found == other.cells.end() ? std::nullopt : other.epochs_of(*found);
      if (!epochs) continue;
      CellOutcome outcome = {*found, std::move(*epochs)};
      outcome.result.cell = job.cell.name;
      for (CellEpoch& row : outcome.epochs) row.cell = job.cell.name;
      return outcome;
    }
    return std::nullopt;
  }

  void take_over(CellOutcome outcome, ExperimentResults& results) const {
    results.put(outcome.result, std::move(outcome.epochs));
    write_results(options_.folder, experiment_, results);
    if (options_.done) options_.done(outcome.result);
  }

  void work(unsigned threads) {
    while (const CellJob* job = take()) {
      const auto progress = [&](const std::string& what) {
        const std::lock_guard lock(mutex_);
        if (options_.progress) options_.progress(*job, what);
      };
      try {
        const auto alone = FileLock::attempt(cell_file(options_.folder, "locks", *job, ".lock"));
        if (!alone) {
          const std::lock_guard lock(mutex_);
          end_.elsewhere.push_back(*job);
        } else if (!is_done_meanwhile(*job, read_results(options_.folder))) {
          const auto outcome = run_cell(experiment_, options_, *job, threads, progress);
          if (outcome) {
            keep(*job, *outcome);
          } else {
            stop();
          }
        }
      } catch (const TrainingError& error) {
        fail(*job, error.what());
      } catch (const std::exception& error) {
        fail(*job, error.what());
        expect_other_reasons(*job, error.what());
      }
    }
  }

  const CellJob* take() {
    const std::lock_guard lock(mutex_);
    const bool asked = options_.interrupt != nullptr && options_.interrupt->load();
    if (asked && next_ < jobs_.size()) end_.interrupted = true;
    if (end_.interrupted || hopeless_ || next_ == jobs_.size()) return nullptr;
    return &jobs_[next_++];
  }

  /// By another process. Throws UsageError where it has done something else.
  bool is_done_meanwhile(const CellJob& job, const ExperimentResults& results) const {
    const CellState state = state_of(results, experiment_, job, options_.scale);
    if (state == CellState::kDone) return true;
    refuse_to_lose(results, job, state);
    return false;
  }

  void keep(const CellJob& job, const CellOutcome& outcome) {
    const std::lock_guard lock(mutex_);
    {
      // Another process may have added to the tables.
      const FileLock tables = lock_results(options_.folder);
      ExperimentResults results = read_results(options_.folder);
      if (is_done_meanwhile(job, results)) return;
      results.put(outcome.result, outcome.epochs);
      write_results(options_.folder, experiment_, results);
    }
    if (options_.done) options_.done(outcome.result);
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    end_.interrupted = true;
  }

  /// REQUIRES: called while the exception is handled.
  void fail(const CellJob& job, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (!end_.failure) end_.failure = std::current_exception();
    ++end_.failed;
    if (options_.failed) options_.failed(job, reason);
  }

  /// Of what stops two cells, e.g. a data set that is not there, the others would fail too.
  void expect_other_reasons(const CellJob& job, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    const auto [first, is_new] = reasons_.emplace(reason, job.cell.name);
    if (!is_new && first->second != job.cell.name) hopeless_ = true;
  }

  const Experiment& experiment_;
  ExperimentOptions options_;
  std::vector<CellJob> jobs_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  ExperimentEnd end_;
  std::map<std::string, std::string> reasons_;  ///< and the first cell that failed for each
  bool hopeless_ = false;
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

std::string network_hash(const Experiment& experiment, const CellJob& job) {
  return network_hash(experiment, cell_network(experiment, job.cell, job.seed));
}

std::string network_hash(const Experiment& experiment, Description description) {
  make_relative(description, fs::absolute(experiment.file).parent_path().lexically_normal());
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  const std::string text =
      fmt::format("{} {}\n{}", kMeaning, experiment.work == CellWork::kTrain ? "train" : "run",
                  to_yaml(description, WrittenFields::kSet));
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

Scale scale_of(const Experiment& experiment, Scale scale) {
  if (scale.epochs == experiment.epochs) scale.epochs.reset();
  return scale;
}

CellState state_of(const ExperimentResults& results, const Experiment& experiment,
                   const CellJob& job, const Scale& scale) {
  const CellResult* const result = results.find(job.cell.name, job.seed);
  if (result == nullptr) return CellState::kToDo;
  if (result->network_hash != network_hash(experiment, job)) return CellState::kStale;
  if (result->scale != scale_of(experiment, scale)) return CellState::kOtherScale;
  return is_complete(experiment, *result) ? CellState::kDone : CellState::kIncomplete;
}

ExperimentEnd run_experiment(const Experiment& experiment, const ExperimentOptions& options) {
  return Workshop(experiment, options).run();
}

}  // namespace neurosim
