#include "sim/io/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

[[noreturn]] void fail(const std::string& path, int reason) {
  throw DataError(path, std::string("cannot be locked: ") + std::strerror(reason));
}

/// -1: it is held, and `flags` say not to wait.
int locked_file(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) fail(path, errno);
  int result = 0;
  do {
    result = ::flock(file, LOCK_EX | flags);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return file;
  const int reason = errno;
  ::close(file);
  if (reason == EWOULDBLOCK) return -1;
  fail(path, reason);
}

}  // namespace

FileLock FileLock::wait_for(const std::string& path) { return FileLock(locked_file(path, 0)); }

std::optional<FileLock> FileLock::attempt(const std::string& path) {
  const int file = locked_file(path, LOCK_NB);
  if (file < 0) return std::nullopt;
  return FileLock(file);
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace neurosim
