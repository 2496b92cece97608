#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "datasets/catalogue.hpp"

namespace neurosim {

struct DownloadProgress {
  const std::string& file;  ///< its name
  std::uint64_t done = 0;   ///< bytes, with those of earlier calls
  std::uint64_t total = 0;  ///< 0: not known
};

struct DownloadOptions {
  std::function<void(const DownloadProgress&)> progress;
  /// Told why a mirror is left, why a connection is taken up again, ...
  std::function<void(const std::string&)> note;
  const std::atomic<bool>* interrupt = nullptr;
  int attempts = 4;                            ///< at one mirror, where connections break
  std::chrono::milliseconds first_pause{500};  ///< between them; doubles each time
};

enum class DownloadEnd { kDone, kInterrupted };

/// Brings a file into `folder`, which is made where needed. It gets its name only when its size,
/// its first bytes and its checksums are right and it is on the disk; what bears the name already
/// is replaced. Until then it is `<name>.partial`, from which a later call goes on. The mirrors are
/// tried in order; no more is taken than the size that is known, or 8 GB.
/// Throws DataError saying why each mirror failed, or that the disk is full.
DownloadEnd download_file(const KnownFile& file, const std::filesystem::path& folder,
                          const DownloadOptions& options = {});

/// What is wrong with a file's size, first bytes or checksums; nothing: it is the known one.
/// Throws DataError where it cannot be read.
std::optional<std::string> mismatch(const KnownFile& file, const std::filesystem::path& path);

}  // namespace neurosim
