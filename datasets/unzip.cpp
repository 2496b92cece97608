#include "datasets/unzip.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "datasets/checksum.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

/// Every part of the name is a plain one, so that the file lands below the folder.
bool is_safe(std::string_view name) {
  if (name.empty() || name.find('\\') != std::string_view::npos) return false;
  while (!name.empty()) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    name.remove_prefix(slash == std::string_view::npos ? name.size() : slash + 1);
  }
  return true;
}

/// A line break would forge lines of the list of checksums.
bool fits_in_list(std::string_view name) {
  return name.find_first_of("\r\n") == std::string_view::npos;
}

/// `.DS_Store` and its like, which archives made on a Mac hold.
bool is_hidden(std::string_view name) { return name.find("/.") != std::string_view::npos; }

/// A folder that is removed unless it has been moved elsewhere.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::remove_all(path_, error);
    if (!error) fs::create_directories(path_, error);
    if (error) throw DataError(path_.string(), "cannot be made: " + error.message());
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Archive {
 public:
  explicit Archive(const fs::path& path) : path_(path.string()) {
    int code = 0;
    archive_.reset(zip_open(path_.c_str(), ZIP_RDONLY, &code));
    if (archive_) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    fail("expected a zip archive: " + text);
  }

  std::uint64_t entries() const {
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    return count < 0 ? 0 : static_cast<std::uint64_t>(count);
  }

  std::string name(std::uint64_t index) const {
    const char* const name = zip_get_name(archive_.get(), index, ZIP_FL_ENC_GUESS);
    if (name == nullptr) fail(fmt::format("entry {}: {}", index, message()));
    return name;
  }

  /// Links, devices and the like, which unix archives can hold.
  bool is_special(std::uint64_t index) const {
    constexpr zip_uint32_t kTypeMask = 0170000, kRegular = 0100000, kFolder = 0040000;
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(archive_.get(), index, 0, &system, &attributes) != 0) {
      return false;
    }
    const zip_uint32_t type = attributes >> 16 & kTypeMask;
    return system == ZIP_OPSYS_UNIX && type != 0 && type != kRegular && type != kFolder;
  }

  std::unique_ptr<zip_file_t, CloseEntry> open(std::uint64_t index) const {
    std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive_.get(), index, 0));
    if (!entry) fail(fmt::format("{}: {}", name(index), message()));
    return entry;
  }

  [[noreturn]] void fail(const std::string& what) const { throw DataError(path_, what); }

 private:
  std::string message() const { return zip_strerror(archive_.get()); }

  std::string path_;
  std::unique_ptr<zip_t, CloseArchive> archive_;
};

/// Two processes would clear each other's scratch folder.
class ArchiveLock {
 public:
  explicit ArchiveLock(const fs::path& archive)
      : file_(::open(archive.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    const int reason = errno;
    if (file_ >= 0) ::close(file_);
    throw DataError(archive.string(), reason == EWOULDBLOCK ? "is being unpacked by another process"
                                                            : std::strerror(reason));
  }
  ~ArchiveLock() { ::close(file_); }
  ArchiveLock(const ArchiveLock&) = delete;
  ArchiveLock& operator=(const ArchiveLock&) = delete;

 private:
  int file_;
};

class Unpacking {
 public:
  Unpacking(const fs::path& archive, const fs::path& folder, const std::string& top,
            const UnpackLimits& limits)
      : archive_(archive),
        lock_(archive),
        folder_(folder),
        top_(top),
        limits_(limits),
        scratch_(folder / (top + ".unpacking")) {}

  UnpackEnd run(const std::atomic<bool>* interrupt) {
    for (std::uint64_t index = 0; index < archive_.entries(); ++index) {
      if (interrupt != nullptr && *interrupt) return UnpackEnd::kInterrupted;
      const std::string name = archive_.name(index);
      const bool ours = name.starts_with(top_ + "/") && !is_hidden(name);
      if (!is_safe(name) || (ours && !fits_in_list(name))) {
        archive_.fail(fmt::format("entry {}: its name is not safe", index));
      }
      if (!ours) continue;
      if (archive_.is_special(index)) archive_.fail(name + ": is neither file nor folder");
      if (!name.ends_with('/')) take(index, name);
    }
    if (files_ == 0) archive_.fail(fmt::format("expected files below {}/, found none", top_));
    finish();
    return UnpackEnd::kDone;
  }

 private:
  [[noreturn]] static void fail_write(const fs::path& path) {
    throw DataError(path.string(), fmt::format("cannot be written: {}", std::strerror(errno)));
  }

  void take(std::uint64_t index, const std::string& name) {
    if (++files_ > limits_.files) {
      archive_.fail(fmt::format("expected at most {} files, found more", limits_.files));
    }
    const fs::path path = scratch_.path() / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) throw DataError(path.string(), "cannot be written: " + error.message());
    // `x`: a name that comes twice is an error.
    const std::unique_ptr<std::FILE, CloseFile> out(std::fopen(path.c_str(), "wbx"));
    if (!out) fail_write(path);
    list_ += copy(index, name, out.get(), path) + "  " + name + "\n";
    if (std::fflush(out.get()) != 0) fail_write(path);
  }

  /// Returns the MD5 of the contents. Counts what really comes, whatever the archive announces.
  std::string copy(std::uint64_t index, const std::string& name, std::FILE* out,
                   const fs::path& path) {
    const auto entry = archive_.open(index);
    Checksum checksum(ChecksumKind::kMd5);
    std::uint64_t size = 0;
    for (;;) {
      const zip_int64_t got = zip_fread(entry.get(), buffer_.data(), buffer_.size());
      if (got < 0) archive_.fail(fmt::format("{}: {}", name, zip_file_strerror(entry.get())));
      if (got == 0) return checksum.hex();
      const auto bytes = std::span(buffer_).first(static_cast<std::size_t>(got));
      size += bytes.size();
      bytes_ += bytes.size();
      if (size > limits_.file_bytes || bytes_ > limits_.bytes) {
        archive_.fail(fmt::format("{}: more than the {} bytes that are allowed", name,
                                  size > limits_.file_bytes ? limits_.file_bytes : limits_.bytes));
      }
      checksum.add(bytes);
      if (std::fwrite(bytes.data(), 1, bytes.size(), out) < bytes.size()) fail_write(path);
    }
  }

  /// The old folder makes way only when the new one is whole; the list comes last, so that where it
  /// is, the folder is complete.
  void finish() {
    const fs::path list = scratch_.path() / "list";
    const std::unique_ptr<std::FILE, CloseFile> out(std::fopen(list.c_str(), "wb"));
    if (!out || std::fwrite(list_.data(), 1, list_.size(), out.get()) < list_.size() ||
        std::fflush(out.get()) != 0) {
      fail_write(list);
    }
    const fs::path target = folder_ / top_;
    const fs::path target_list = folder_ / (top_ + ".md5");
    const fs::path old = scratch_.path() / "old";
    sync(list);
    std::error_code error, ignored;
    fs::remove(target_list, error);
    if (fs::exists(target, ignored)) fs::rename(target, old, error);
    if (!error) {
      fs::rename(scratch_.path() / top_, target, error);
      if (error) fs::rename(old, target, ignored);
    }
    if (!error) fs::rename(list, target_list, error);
    if (error) throw DataError(target.string(), "cannot be written: " + error.message());
  }

  /// One call for all files: a file at a time would take minutes.
  static void sync(const fs::path& any_file) {
    const int file = ::open(any_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail_write(any_file);
    const bool good = ::syncfs(file) == 0;
    ::close(file);
    if (!good) fail_write(any_file);
  }

  Archive archive_;
  ArchiveLock lock_;
  fs::path folder_;
  std::string top_;
  UnpackLimits limits_;
  Scratch scratch_;
  std::string list_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(std::size_t{1} << 16);
};

}  // namespace

UnpackEnd unpack_zip(const fs::path& archive, const fs::path& folder, const std::string& top,
                     const std::atomic<bool>* interrupt, const UnpackLimits& limits) {
  return Unpacking(archive, folder, top, limits).run(interrupt);
}

}  // namespace neurosim
