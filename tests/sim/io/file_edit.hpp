#pragma once

#include <doctest/doctest.h>
#include <hdf5.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sim/core/error.hpp"

namespace neurosim::test {

/// A folder of its own for one test, removed with all it holds.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// Message of the DataError that `action` throws, less `<file>: `; a note when it throws none.
std::string data_error(const std::string& file, const std::function<void()>& action);

/// Changes to existing files, and new ones, with nothing but HDF5's own functions, so that tests
/// do not rest on the code that they test.
class FileEdit {
 public:
  /// Opens `path`, or creates it.
  explicit FileEdit(const std::string& path);
  ~FileEdit();
  FileEdit(const FileEdit&) = delete;
  FileEdit& operator=(const FileEdit&) = delete;

  void remove(const std::string& object);
  void remove_attribute(const std::string& object, const std::string& name);
  void text_attribute(const std::string& object, const std::string& name, const std::string& text);
  void integer_attribute(const std::string& object, const std::string& name, long long value);
  /// Replaces the dataset, and creates groups on the way.
  void integers(const std::string& dataset, const std::vector<long long>& values,
                hid_t stored = H5T_STD_I64LE);
  void integers_2d(const std::string& dataset, const std::vector<long long>& values,
                   const std::vector<hsize_t>& shape);
  void reals(const std::string& dataset, const std::vector<double>& values,
             const std::vector<hsize_t>& shape = {}, hid_t stored = H5T_IEEE_F64LE);
  void texts(const std::string& dataset, const std::vector<std::string>& values);

 private:
  void dataset(const std::string& path, hid_t stored, hid_t memory,
               const std::vector<hsize_t>& shape, const void* data);

  hid_t file_;
};

}  // namespace neurosim::test
