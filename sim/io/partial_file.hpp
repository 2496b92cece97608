#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "sim/io/recorder.hpp"

namespace neurosim {

/// Throws DataError where `path` is there and is no file: a folder, a device, a pipe.
void expect_file(const std::string& path);

/// An output file under a temporary name, `path` + ".partial", until keep() gives it the final
/// one. What was not kept is removed, as is what a killed process left under the temporary name.
/// keep() replaces a file of the final name at once, and only after the new one is on the disk:
/// even when the power fails, one of the two is there and whole. A link is followed.
class PartialFile {
 public:
  /// Creates the temporary file, empty. Throws DataError when the place cannot be written, when
  /// `path` exists and may not be replaced, or when another process is writing there.
  PartialFile(const std::string& path, Overwrite overwrite);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::string& name() const { return partial_; }
  /// REQUIRES: the file is closed.
  void keep();
  /// Makes `contents` all that is in the file, and keeps it.
  void keep(std::span<const std::byte> contents);

 private:
  void claim() const;
  void sync_and_rename(int file);
  [[noreturn]] void fail(int reason) const;

  std::string path_;     ///< as it was given, for messages
  std::string target_;   ///< what it leads to
  std::string partial_;  ///< beside the target
  bool owned_ = true;    ///< the temporary file is there, and ours
};

}  // namespace neurosim
