#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/download.hpp"

namespace neurosim {

enum class FileState {
  kVerified,   ///< the publisher's bytes
  kUnchecked,  ///< there, but no checksum is known to compare it with
  kWrong,      ///< there, but other bytes, or not all of them
  kMissing,
};

struct CheckedFile {
  std::filesystem::path path;
  FileState state = FileState::kMissing;
  std::string detail;  ///< what is wrong, or how much was checked
};

/// Looks at a file as it lies in `folder`: itself, or what its `.gz` or `.zip` was unpacked to.
/// Reads everything. Throws DataError where something cannot be read.
CheckedFile check_known_file(const KnownFile& file, const std::filesystem::path& folder);
/// The first place that has one of its files; empty: none has.
std::filesystem::path find_dataset_folder(const KnownDataset& dataset, const std::string& data_dir);

/// Whether every file of a dataset lies in a folder, unread.
bool is_complete(const KnownDataset& dataset, const std::filesystem::path& folder);

struct FetchOptions {
  std::string from;    ///< takes the place of the catalogue's URLs: a URL that file names follow
  bool force = false;  ///< fetch again what is there, and replace what is wrong
  DownloadOptions download;
};

enum class FetchEnd { kFetched, kAlreadyThere, kInterrupted };

/// Brings a file into `folder` and unpacks it where the catalogue says so; the archive is then
/// removed. Throws DataError, also for a file that is there, is not the known one, and may not be
/// replaced.
FetchEnd fetch_known_file(const KnownFile& file, const std::filesystem::path& folder,
                          const FetchOptions& options);

}  // namespace neurosim
