#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace neurosim {

/// `<file>.partial`, which holds the first bytes of a file that is on its way: those of earlier
/// calls and processes are found again. Locked while it is open, so that two downloads of one file
/// do not mix. What is there when it is closed stays, unless it is nothing.
class PartialDownload {
 public:
  /// Throws DataError where another process has it, or it cannot be written.
  explicit PartialDownload(const std::filesystem::path& file);
  PartialDownload(const PartialDownload&) = delete;
  PartialDownload& operator=(const PartialDownload&) = delete;
  ~PartialDownload();

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return partial_; }
  /// At most the first 64 bytes.
  const std::string& head() const { return head_; }

  /// Throws DataError where not all can be written; what could be is kept.
  void append(std::span<const std::byte> bytes);
  void clear();
  /// Gives the file its name, over what bears it already, once its bytes are on the disk.
  void keep();

 private:
  void open();
  void read_head();
  [[noreturn]] void fail(int reason) const;

  std::string file_;
  std::string partial_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string head_;
};

}  // namespace neurosim
