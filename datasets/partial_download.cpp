#include "datasets/partial_download.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kHead = 64;

/// Whether the name still leads to the open file.
bool is_still_there(const std::string& path, const struct stat& open) {
  struct stat named = {};
  return ::lstat(path.c_str(), &named) == 0 && named.st_dev == open.st_dev &&
         named.st_ino == open.st_ino;
}

}  // namespace

PartialDownload::PartialDownload(const std::filesystem::path& file)
    : file_(file.string()), partial_(file.string() + ".partial") {
  try {
    open();
    read_head();
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

PartialDownload::~PartialDownload() {
  if (descriptor_ < 0) return;
  // Before the lock goes, lest another process has begun to fill it.
  if (size_ == 0) ::unlink(partial_.c_str());
  ::close(descriptor_);
}

void PartialDownload::open() {
  // A process that has just ended may have renamed or removed what was opened here: try again.
  for (;;) {
    descriptor_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor_ < 0) fail(errno);
    struct stat status = {};
    if (::fstat(descriptor_, &status) != 0) fail(errno);
    if (!S_ISREG(status.st_mode)) throw DataError(partial_, "is no regular file");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) fail(errno);
      throw DataError(file_, "is being downloaded by another process");
    }
    if (is_still_there(partial_, status)) break;
    ::close(descriptor_);
  }
}

void PartialDownload::read_head() {
  // Only now that the lock is held does the size stand still.
  struct stat status = {};
  if (::fstat(descriptor_, &status) != 0) fail(errno);
  size_ = static_cast<std::uint64_t>(status.st_size);
  head_.resize(kHead);
  const ssize_t got = ::pread(descriptor_, head_.data(), head_.size(), 0);
  if (got < 0) fail(errno);
  head_.resize(static_cast<std::size_t>(got));
  if (::lseek(descriptor_, 0, SEEK_END) < 0) fail(errno);
}

void PartialDownload::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(written < 0 ? errno : ENOSPC);
    const auto count = static_cast<std::size_t>(written);
    const std::size_t missing = kHead - head_.size();
    head_.append(reinterpret_cast<const char*>(bytes.data()), std::min(count, missing));
    size_ += count;
    bytes = bytes.subspan(count);
  }
}

void PartialDownload::clear() {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) fail(errno);
  size_ = 0;
  head_.clear();
}

// Without the sync, a file system may carry out the rename before it writes the contents.
void PartialDownload::keep() {
  // EINVAL: a file system that has nothing to sync.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) fail(errno);
  if (::rename(partial_.c_str(), file_.c_str()) != 0) fail(errno);
  ::close(descriptor_);
  descriptor_ = -1;
}

void PartialDownload::fail(int reason) const {
  std::string text = fmt::format("cannot be written: {}", std::strerror(reason));
  if (size_ > 0) {
    text += fmt::format("; the {} bytes in {} are kept, and the next attempt goes on from there",
                        size_, partial_);
  }
  throw DataError(file_, text);
}

}  // namespace neurosim
