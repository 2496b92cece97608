#pragma once

#include <string>

#include "sim/io/recorder.hpp"

namespace neurosim {

/// An output file under a temporary name, `path` + ".partial", until keep() gives it the final
/// one. What was not kept is removed.
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

 private:
  void claim() const;

  std::string path_, partial_;
  bool kept_ = false;
};

}  // namespace neurosim
