#pragma once

#include <optional>
#include <string>

namespace neurosim {

/// Holds a lock file, which is made where it is missing, against other processes and other holders
/// in this one. The lock ends with the process, whatever ends it; the file stays.
class FileLock {
 public:
  /// Waits until the lock is free. Throws DataError.
  static FileLock wait_for(const std::string& path);
  /// nullopt: it is held. Throws DataError.
  static std::optional<FileLock> attempt(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;  ///< -1: moved from
};

}  // namespace neurosim
