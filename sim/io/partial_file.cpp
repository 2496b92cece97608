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

PartialFile::PartialFile(const std::string& path, Overwrite overwrite)
    : path_(path), partial_(path + ".partial") {
  std::error_code error;
  if (fs::is_directory(path_, error)) throw DataError(path_, "is a folder");
  if (overwrite == Overwrite::kRefuse && fs::exists(fs::symlink_status(path_, error))) {
    throw DataError(path_, "exists already, and is not overwritten");
  }
  claim();
}

PartialFile::~PartialFile() {
  if (kept_) return;
  std::error_code error;
  // HDF5 cannot close a file that it cannot write out: give the disk back at once.
  fs::resize_file(partial_, 0, error);
  fs::remove(partial_, error);
}

void PartialFile::keep() {
  std::error_code error;
  fs::rename(partial_, path_, error);
  if (error) throw DataError(path_, "cannot be written: " + error.message());
  kept_ = true;
}

// HDF5 truncates a file before it looks whether another process has locked it, and loses memory
// when it cannot write the first bytes: try both before.
void PartialFile::claim() const {
  const int file = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) throw DataError(path_, std::string("cannot be written: ") + std::strerror(errno));
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  const std::array<char, 4096> block{};
  const bool full = !locked && ::pwrite(file, block.data(), block.size(), 0) != ssize_t{4096};
  const int reason = errno;
  ::close(file);
  if (locked) throw DataError(path_, "is being written by another run");
  if (!full) return;
  ::unlink(partial_.c_str());
  throw DataError(path_, std::string("cannot be written: ") + std::strerror(reason));
}

}  // namespace neurosim
