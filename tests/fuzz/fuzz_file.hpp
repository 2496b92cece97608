#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "sim/core/error.hpp"

namespace neurosim::fuzz {

/// Writes the bytes to a file in memory and hands its path to `read`, which may refuse it with a
/// DataError or ConfigError; anything else it throws, and any crash, is a finding.
template <class Read>
int read_as_file(const std::uint8_t* bytes, std::size_t size, const std::string& ending,
                 Read read) {
  static const std::string stem = "/dev/shm/neurosim-fuzz-" + std::to_string(getpid());
  const std::string path = stem + ending;
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  try {
    read(path);
  } catch (const DataError&) {
  } catch (const ConfigError&) {
  }
  unlink(path.c_str());
  return 0;
}

}  // namespace neurosim::fuzz
