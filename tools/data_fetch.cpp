#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "datasets/dataset.hpp"
#include "datasets/fetch.hpp"
#include "sim/core/error.hpp"
#include "tools/byte_size.hpp"
#include "tools/data_commands.hpp"
#include "tools/interrupt.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

/// The folder that the datasets' folders are made in.
fs::path target_folder(const CommandLine& line) {
  const auto given = line.value("data-dir");
  if (given && given->empty()) throw UsageError("--data-dir: the name is empty");
  const auto folders = dataset_folders(given.value_or(""));
  if (!folders.empty()) return folders.front();
  throw UsageError("neurosim data fetch: no folder is known; name one with --data-dir");
}

std::string source_of(const CommandLine& line) {
  const auto from = line.value("from");
  if (!from) return {};
  std::string lower = *from;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.starts_with("http://") || lower.starts_with("https://")) return *from;
  throw UsageError(fmt::format("--from: expected a URL with http or https, got \"{}\"", *from));
}

std::string download_line(const DownloadProgress& progress, double rate, int columns) {
  std::string text = fmt::format("{}  {}", progress.file, bytes_text(progress.done));
  if (progress.total > 0) text += fmt::format(" of {}", bytes_text(progress.total));
  if (rate > 0) {
    text += fmt::format("  {}/s", bytes_text(static_cast<std::uint64_t>(rate)));
    if (progress.total > progress.done) {
      const auto left = static_cast<double>(progress.total - progress.done);
      text += fmt::format("  {} left", duration_text(left / rate));
    }
  }
  return text.substr(0, static_cast<std::size_t>(std::max(columns, 1)) - 1);
}

/// The moving line of one file at a time, and notes that stay.
class Display {
 public:
  explicit Display(const CommandLine& line)
      : quiet_(line.has("quiet")), line_(stderr, progress_terminal(line), &steady_seconds) {}

  void begin_file() {
    line_.erase();
    started_ = false;
  }
  void show(const DownloadProgress& progress) {
    if (!started_) {  // what an earlier call has brought was not timed
      started_ = true;
      begin_ = progress.done;
      start_ = line_.now();
    }
    const double seconds = line_.now() - start_;
    const auto bytes = static_cast<double>(progress.done - std::min(begin_, progress.done));
    line_.show([&](int columns) {
      return download_line(progress, seconds > 0 ? bytes / seconds : 0, columns);
    });
  }
  void note(const std::string& text) {
    line_.erase();
    if (!quiet_) fmt::print(stderr, "{}\n", text);
  }
  void result(const std::string& text) {
    line_.erase();
    fmt::print("{}\n", text);
    std::fflush(stdout);
  }

 private:
  bool quiet_;
  LiveLine line_;
  bool started_ = false;
  std::uint64_t begin_ = 0;
  double start_ = 0;
};

/// False: interrupted.
bool fetch_dataset(const KnownDataset& dataset, const fs::path& folder, const FetchOptions& options,
                   Display& display) {
  bool fetched = false;
  for (const KnownFile& file : dataset.files) {
    display.begin_file();
    const FetchEnd end = fetch_known_file(file, folder, options);
    if (end == FetchEnd::kInterrupted) return false;
    fetched = fetched || end == FetchEnd::kFetched;
    const std::string name = file.unpacked.empty() ? file.name : file.unpacked;
    display.result(fmt::format("{}  {}", (folder / name).string(),
                               end == FetchEnd::kFetched ? "fetched" : "is there already"));
  }
  if (fetched) {
    display.note(fmt::format("{}: {}; licence: {}\nPlease cite {}", dataset.name, dataset.publisher,
                             dataset.licence, dataset.citation));
  }
  return true;
}

}  // namespace

ExitCode data_fetch(const CommandLine& line) {
  const auto datasets = named_datasets(line);
  FetchOptions options;
  options.from = source_of(line);
  const fs::path target = target_folder(line);
  options.force = line.has("force");
  Display display(line);
  options.download.progress = [&](const DownloadProgress& progress) { display.show(progress); };
  options.download.note = [&](const std::string& text) { display.note(text); };
  options.download.interrupt = &catch_interrupts("leaving the download");
  for (const KnownDataset* dataset : datasets) {
    if (fetch_dataset(*dataset, target / dataset->name, options, display)) continue;
    display.note("interrupted; the same command goes on from here");
    return ExitCode::kInterrupted;
  }
  return ExitCode::kSuccess;
}

}  // namespace neurosim
