#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

namespace neurosim {

struct UnpackLimits {
  std::uint64_t files = 1'000'000;
  std::uint64_t file_bytes = 1'000'000'000;
  std::uint64_t bytes = 16'000'000'000;  ///< of all files
};

enum class UnpackEnd { kDone, kInterrupted };

/// Unpacks what lies below the folder `top` of a zip archive to `folder`/`top`, which is replaced
/// as a whole at the end, and writes `folder`/`top`.md5: a checksum for each file, as md5sum takes
/// them. What the archive holds elsewhere and hidden files are left out.
/// Throws DataError for a broken archive, for names that lead out of the folder, for links, for
/// more than the limits, and where it cannot write; `folder`/`top` is then as it was.
UnpackEnd unpack_zip(const std::filesystem::path& archive, const std::filesystem::path& folder,
                     const std::string& top, const std::atomic<bool>* interrupt = nullptr,
                     const UnpackLimits& limits = {});

}  // namespace neurosim
