#include "experiments/train.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/byte_size.hpp"
#include "tools/commands.hpp"
#include "tools/interrupt.hpp"
#include "tools/network_argument.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"
#include "tools/training_text.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "write weights, metrics and the state of training to this HDF5 file "
                           "(required), anew after each epoch"},
    OptionInfo{.name = "resume", .sentence = "go on from the output file, to the same bits"},
    OptionInfo{.name = "force", .sentence = "replace the output files if they exist"},
    OptionInfo{.name = "traces",
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "train on spikes that neurosim encode recorded of the populations with "
                           "`model: source`, instead of the data"},
    OptionInfo{.name = "epochs",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "passes over the samples; short for --set training.epochs=N"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "train with the first N samples; short for --set training.samples=N"},
    kSeedOption,
    kSetOption,
    kThreadsOption,
    OptionInfo{.name = "max-memory",
               .kind = OptionKind::kValue,
               .value = "SIZE",
               .sentence =
                   "at most this much memory besides the data, e.g. 400M or 2G, at the price "
                   "of steps that are computed twice; the last bits then depend on the "
                   "threads"},
    OptionInfo{.name = "metrics",
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "write a line an epoch to this CSV file"},
    OptionInfo{.name = "checkpoint-every",
               .kind = OptionKind::kValue,
               .value = "SECONDS",
               .sentence = "longest time between two versions of the output file (default 300)"},
    kDataDirOption,
    kJsonOption,
    kQuietOption,
};

std::uint64_t max_memory_of(const CommandLine& line) {
  const auto text = line.value("max-memory");
  if (!text) return 0;
  if (const auto bytes = parse_bytes(*text)) return *bytes;
  throw UsageError("--max-memory: expected a size such as 400M, 2G or a number of bytes, got " +
                   neurosim::quoted(*text));
}

void check_options(const CommandLine& line) {
  if (!line.has("output")) {
    throw UsageError(
        "neurosim train needs -o FILE, where the weights go\nSee: neurosim help train");
  }
  if (line.has("resume") && line.has("force")) {
    throw UsageError("--resume goes on from the file that --force would replace: choose one");
  }
}

TrainOptions options_of(const CommandLine& line) {
  check_options(line);
  TrainOptions options;
  options.start = line.has("resume") ? Start::kResume : Start::kFresh;
  options.existing = line.has("force") ? OutputFile::kReplaceExisting : OutputFile::kKeepExisting;
  const auto existing = line.has("resume") ? OutputFile::kReplaceExisting : options.existing;
  options.output = output_file(line, "output", existing);
  options.metrics_csv = output_file(line, "metrics", existing);
  const auto place = [](const std::string& name) {
    return std::filesystem::absolute(name).lexically_normal();
  };
  if (line.has("metrics") && place(options.metrics_csv) == place(options.output)) {
    throw UsageError("--metrics and --output name the same file");
  }
  options.traces = line.value_or("traces", "");
  if (line.has("traces") && options.traces.empty()) throw UsageError("--traces: the name is empty");
  options.threads = threads_of(line);
  options.data_dir = line.value_or("data-dir", "");
  options.max_memory = max_memory_of(line);
  if (const auto seconds = line.whole_number("checkpoint-every", 1)) {
    options.checkpoint_seconds = static_cast<double>(*seconds);
  }
  return options;
}

/// What people watch: the estimate, a table that grows, a line below it that moves.
class Display {
 public:
  Display(const CommandLine& line, const Description& description)
      : quiet_(line.has("quiet")),
        json_(line.has("json")),
        palette_(palette_of(terminal_of(stdout))),
        table_(description, terminal_of(stdout)),
        progress_(stderr, progress_terminal(line), &steady_seconds) {}

  void attach(TrainOptions& options) {
    options.memory = [this](const MemoryEstimate& estimate) { begin(estimate); };
    options.progress = [this](const BatchProgress& batch) { progress_.show(batch); };
    options.epoch = [this](const EpochMetrics& metrics) { add_row(metrics); };
    options.warning = [this](const std::string& text) {
      progress_.end_epoch();
      fmt::print(stderr, "warning: {}; training goes on\n", text);
    };
  }

  std::size_t epochs() const { return epochs_; }

 private:
  void begin(const MemoryEstimate& estimate) {
    if (!quiet_) fmt::print(stderr, "{}\n", memory_text(estimate));
    print(table_.heading(palette_));
  }

  void add_row(const EpochMetrics& metrics) {
    ++epochs_;
    progress_.end_epoch();
    print(table_.row(metrics));
  }

  /// Flushed, so that a pipe or a log shows it at once.
  void print(const std::string& text) const {
    if (json_) return;
    fmt::print("{}", text);
    std::fflush(stdout);
  }

  bool quiet_, json_;
  Palette palette_;
  EpochTable table_;
  TrainingProgress progress_;
  std::size_t epochs_ = 0;
};

void print_notes(const TrainOptions& options, std::size_t epochs_done, const CommandLine& line) {
  if (epochs_done == 0) {
    fmt::print(stderr, "{} is finished already; nothing was done\n", options.output);
    return;
  }
  fmt::print(stderr, "wrote {}; to use it: neurosim run {} --weights {}\n", options.output,
             line.operands().front(), options.output);
}

void print_interruption(const TrainOptions& options, const TrainSummary& summary,
                        const CommandLine& line) {
  const std::size_t epochs = summary.epochs.size();
  fmt::print(stderr,
             "interrupted after {} whole epoch{}; {} is valid; to go on, give the same command "
             "with --resume{}\n",
             epochs, epochs == 1 ? "" : "s", options.output,
             line.has("force") ? " instead of --force" : "");
}

ExitCode train(const CommandLine& line) {
  TrainOptions options = options_of(line);
  const Description description = read_network_to_train(line);
  refuse_inputs_of(description, "output", options.output);
  refuse_inputs_of(description, "metrics", options.metrics_csv);
  TrainSummary summary;
  std::size_t epochs_done = 0;
  {
    Display display(line, description);
    display.attach(options);
    options.interrupt = &catch_interrupts();
    summary = train_network(description, options);
    epochs_done = display.epochs();
  }
  fmt::print("{}", line.has("json") ? training_json(description, options, summary)
                                    : closing_text(summary));
  std::fflush(stdout);
  if (summary.interrupted) {
    print_interruption(options, summary, line);
    return ExitCode::kInterrupted;
  }
  if (!line.has("quiet")) print_notes(options, epochs_done, line);
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kTrainCommand = {
    .name = "train",
    .operands = "net.yaml",
    .fewest = 1,
    .most = 1,
    .sentence =
        "Trains what learns in a network and writes its weights. Prints a row an epoch: "
        "loss, accuracy in training and validation, learning rate, norm of the gradient, "
        "T(s), speed. Its keys are those of `training:` in the network file.",
    .examples =
        "  neurosim train net.yaml -o weights.h5\n"
        "  neurosim train net.yaml -o weights.h5 --epochs 5 --metrics epochs.csv\n"
        "  neurosim train net.yaml -o weights.h5 --resume\n"
        "  neurosim run net.yaml --weights weights.h5\n",
    .options = kOptions,
    .run = &train};

}  // namespace neurosim
