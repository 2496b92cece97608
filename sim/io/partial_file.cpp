#include "sim/io/partial_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sim/core/error.hpp"

namespace neurosim {

namespace fs = std::filesystem;

namespace {

/// A file descriptor, closed at the end; -1: not open.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : id_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return id_; }

 private:
  int id_;
};

/// HDF5 holds the same lock on a file that it has open.
bool is_locked_by_another(int file) {
  return ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// Where a link leads, whether or not there is something; or the path itself.
std::string target_of(const std::string& path) {
  constexpr int kMostLinks = 40;
  fs::path target = path;
  std::error_code error;
  for (int links = 0; links < kMostLinks && fs::is_symlink(target, error); ++links) {
    target = target.parent_path() / fs::read_symlink(target, error);
  }
  return target.string();
}

/// False, with errno, on failure.
bool write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void expect_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) throw DataError(path, "is a folder");
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw DataError(path, "is no file but a device or the like, which is not written to");
  }
}

PartialFile::PartialFile(const std::string& path, Overwrite overwrite)
    : path_(path), target_(target_of(path)), partial_(target_ + ".partial") {
  std::error_code error;
  expect_file(path_);
  if (overwrite == Overwrite::kRefuse && fs::exists(target_, error)) {
    throw DataError(path_, "exists already, and is not overwritten");
  }
  claim();
}

PartialFile::~PartialFile() {
  if (!owned_) return;
  std::error_code error;
  // HDF5 cannot close a file that it cannot write out: give the disk back at once.
  fs::resize_file(partial_, 0, error);
  fs::remove(partial_, error);
}

void PartialFile::keep() {
  const Descriptor file(partial_, O_RDONLY);
  if (file.get() < 0) fail(errno);
  sync_and_rename(file.get());
}

void PartialFile::keep(std::span<const std::byte> contents) {
  const Descriptor file(partial_, O_WRONLY | O_CREAT);
  if (file.get() < 0) fail(errno);
  if (is_locked_by_another(file.get())) {
    owned_ = false;
    throw DataError(path_, "is being written by another run");
  }
  if (::ftruncate(file.get(), 0) != 0 || !write_all(file.get(), contents)) fail(errno);
  sync_and_rename(file.get());
}

// Without the sync, a file system may carry out the rename before it writes the contents.
void PartialFile::sync_and_rename(int file) {
  // EINVAL: a file system that has nothing to sync.
  if (::fsync(file) != 0 && errno != EINVAL) fail(errno);
  if (::rename(partial_.c_str(), target_.c_str()) != 0) fail(errno);
  owned_ = false;
}

void PartialFile::fail(int reason) const {
  throw DataError(path_, std::string("cannot be written: ") + std::strerror(reason));
}

// HDF5 truncates a file before it looks whether another process has locked it, and loses memory
// when it cannot write the first bytes: try both before.
void PartialFile::claim() const {
  const Descriptor file(partial_, O_RDWR | O_CREAT);
  if (file.get() < 0) fail(errno);
  if (is_locked_by_another(file.get())) throw DataError(path_, "is being written by another run");
  const std::array<std::byte, 4096> block{};
  if (write_all(file.get(), block)) return;
  const int reason = errno;
  ::unlink(partial_.c_str());
  fail(reason);
}

}  // namespace neurosim
