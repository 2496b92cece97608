#include "file_edit.hpp"

#include <unistd.h>

#include <algorithm>

namespace neurosim::test {

namespace fs = std::filesystem;

namespace {

// sim/io asks for the same at its first call, which is too late once a test has called HDF5.
[[maybe_unused]] const herr_t kNoExitHandler = H5dont_atexit();

}  // namespace

TempFolder::TempFolder() {
  static int count = 0;
  path_ = fs::temp_directory_path() /
          ("neurosim-io-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  fs::create_directories(path_);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TempFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string data_error(const std::string& file, const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    const std::string text = error.what();
    return text.starts_with(file + ": ") ? text.substr(file.size() + 2) : "elsewhere: " + text;
  }
  return "no error";
}

FileEdit::FileEdit(const std::string& path) {
  file_ = fs::exists(path) ? H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                           : H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(file_ >= 0);
}

FileEdit::~FileEdit() { H5Fclose(file_); }

void FileEdit::remove(const std::string& object) {
  REQUIRE(H5Ldelete(file_, object.c_str(), H5P_DEFAULT) >= 0);
}

void FileEdit::remove_attribute(const std::string& object, const std::string& name) {
  REQUIRE(H5Adelete_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT) >= 0);
}

void FileEdit::text_attribute(const std::string& object, const std::string& name,
                              const std::string& text) {
  H5Adelete_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT);
  // Fixed length, unlike what the recorder writes: readers take both.
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, text.size() + 1);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate_by_name(file_, object.c_str(), name.c_str(), type, space,
                                            H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(H5Awrite(attribute, type, text.c_str()) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

void FileEdit::integer_attribute(const std::string& object, const std::string& name,
                                 long long value) {
  H5Adelete_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate_by_name(file_, object.c_str(), name.c_str(), H5T_STD_I64LE,
                                            space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(H5Awrite(attribute, H5T_NATIVE_LLONG, &value) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
}

void FileEdit::dataset(const std::string& path, hid_t stored, hid_t memory,
                       const std::vector<hsize_t>& shape, const void* data) {
  H5E_BEGIN_TRY { H5Ldelete(file_, path.c_str(), H5P_DEFAULT); }
  H5E_END_TRY
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t made =
      H5Dcreate2(file_, path.c_str(), stored, space, links, H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(made >= 0);
  REQUIRE(H5Dwrite(made, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
  H5Dclose(made);
  H5Sclose(space);
  H5Pclose(links);
}

void FileEdit::integers(const std::string& path, const std::vector<long long>& values,
                        hid_t stored) {
  dataset(path, stored, H5T_NATIVE_LLONG, {values.size()}, values.data());
}

void FileEdit::integers_2d(const std::string& path, const std::vector<long long>& values,
                           const std::vector<hsize_t>& shape) {
  dataset(path, H5T_STD_I64LE, H5T_NATIVE_LLONG, shape, values.data());
}

void FileEdit::reals(const std::string& path, const std::vector<double>& values,
                     const std::vector<hsize_t>& shape, hid_t stored) {
  dataset(path, stored, H5T_NATIVE_DOUBLE,
          shape.empty() ? std::vector<hsize_t>{values.size()} : shape, values.data());
}

void FileEdit::texts(const std::string& path, const std::vector<std::string>& values) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  std::vector<const char*> pointers;
  for (const auto& value : values) pointers.push_back(value.c_str());
  dataset(path, type, type, {values.size()}, pointers.data());
  H5Tclose(type);
}

}  // namespace neurosim::test
