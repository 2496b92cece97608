#include <fmt/format.h>

#include <cstdio>

#include "datasets/fetch.hpp"
#include "tools/data_commands.hpp"

namespace neurosim {
namespace {

std::string_view state_text(FileState state) {
  switch (state) {
    case FileState::kVerified:
      return "ok";
    case FileState::kUnchecked:
      return "unchecked";
    case FileState::kWrong:
      return "wrong";
    case FileState::kMissing:
      break;
  }
  return "missing";
}

/// Prints a line a file, as soon as it is known; whether nothing is wrong.
bool verify(const KnownDataset& dataset, const std::string& data_dir) {
  const auto folder = find_dataset_folder(dataset, data_dir);
  if (folder.empty()) {
    fmt::print("{}  missing  not here; neurosim data fetch {}\n", dataset.name, dataset.name);
    return false;
  }
  bool good = true;
  for (const KnownFile& file : dataset.files) {
    const CheckedFile checked = check_known_file(file, folder);
    good = good && checked.state != FileState::kWrong && checked.state != FileState::kMissing;
    fmt::print("{}  {}{}{}\n", checked.path.string(), state_text(checked.state),
               checked.detail.empty() ? "" : "  ", checked.detail);
    std::fflush(stdout);
  }
  return good;
}

}  // namespace

ExitCode data_verify(const CommandLine& line) {
  bool good = true;
  for (const KnownDataset* dataset : named_datasets(line)) {
    good = verify(*dataset, line.value_or("data-dir", "")) && good;
  }
  return good ? ExitCode::kSuccess : ExitCode::kData;
}

}  // namespace neurosim
