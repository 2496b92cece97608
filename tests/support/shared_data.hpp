#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace neurosim::test {

/// Path of a reference or data file beside the source tree; such files are not part of it.
inline std::string shared_path(const std::string& name) {
  return std::string(NEUROSIM_SOURCE_DIR) + "/../shared/" + name;
}

/// Whether the file is there; says that the test is skipped where it is not.
inline bool have_shared(const std::string& name) {
  if (std::filesystem::exists(shared_path(name))) return true;
  MESSAGE("skipped: no " << shared_path(name));
  return false;
}

}  // namespace neurosim::test
