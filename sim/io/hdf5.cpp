#include "sim/io/hdf5.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/core/error.hpp"
#include "sim/io/hdf5_native.hpp"

namespace neurosim::hdf5 {
namespace {

std::recursive_mutex& process_mutex() {
  // Never destroyed: handles may still be closed by destructors of static objects.
  static auto* mutex = [] {
    // Without this, a file that could not be closed (disk full) is retried at exit, for ever.
    H5dont_atexit();
    return new std::recursive_mutex;
  }();
  return *mutex;
}

/// The file opened last for reading. Only under the process-wide lock.
std::string& last_opened() {
  static auto* path = new std::string("an HDF5 file");
  return *path;
}

herr_t keep_description(unsigned, const H5E_error2_t* entry, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (entry->desc != nullptr && *entry->desc != '\0') text = entry->desc;
  return text.empty() ? 0 : 1;  // the first entry, walking upward, is where the failure began
}

/// The innermost description of the error stack, or the operating system's where it holds one.
std::string take_cause() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_description, &text);
  H5Eclear2(H5E_DEFAULT);
  static constexpr std::string_view kSystem = "error message = '";
  const auto begin = text.find(kSystem);
  if (begin == std::string::npos) return text;
  text.erase(0, begin + kSystem.size());
  return text.substr(0, text.find('\''));
}

void check_readable(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) throw DataError(path, "no such file");
  if (!fs::is_regular_file(status)) throw DataError(path, "not a regular file");
  errno = 0;
  if (!std::ifstream(path)) {
    throw DataError(path, std::string("cannot be opened: ") + std::strerror(errno));
  }
  if (fs::file_size(path, error) == 0) throw DataError(path, "the file is empty");
  if (H5Fis_hdf5(path.c_str()) <= 0) throw DataError(path, "not an HDF5 file");
}

}  // namespace

Guard::Guard() : lock_(process_mutex()) {
  // The error stack and its printer belong to a thread.
  static thread_local const herr_t quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  static_cast<void>(quiet);
}

Handle::~Handle() {
  if (id_ < 0) return;
  // What is closed has no name here. Closing what was written is not known to crash.
  const ReadGuard guard(last_opened());
  if (H5Iis_valid(id_) > 0) H5Idec_ref(id_);
}

void fail_with_cause(const std::string& file, const std::string& path, const std::string& what) {
  const std::string cause = take_cause();
  const std::string place = path.empty() ? what : path + ": " + what;
  throw DataError(file, cause.empty() ? place : place + ": " + cause);
}

hid_t memory_type(Type type) {
  const std::array<hid_t, 6> types = {H5T_NATIVE_UINT8, H5T_NATIVE_UINT32, H5T_NATIVE_UINT64,
                                      H5T_NATIVE_INT64, H5T_NATIVE_FLOAT,  H5T_NATIVE_DOUBLE};
  return types[static_cast<std::size_t>(type)];
}

hid_t stored_type(Type type) {
  const std::array<hid_t, 6> types = {H5T_STD_U8LE,  H5T_STD_U32LE,  H5T_STD_U64LE,
                                      H5T_STD_I64LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
  return types[static_cast<std::size_t>(type)];
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

Handle make_space(const Shape& shape, Extent extent) {
  if (shape.empty()) return Handle(H5Screate(H5S_SCALAR));
  const std::vector<hsize_t> now(shape.begin(), shape.end());
  std::vector<hsize_t> most = now;
  if (extent == Extent::kGrowing) most[0] = H5S_UNLIMITED;
  return Handle(H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()));
}

File File::create(const std::string& path) {
  const Guard guard;
  Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  if (file.get() < 0) fail_with_cause(path, "", "cannot be written");
  return File(std::move(file), path);
}

File File::create_in_memory(const std::string& path) {
  const Guard guard;
  constexpr std::size_t kGrowth = 1 << 20;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fapl_core(access.get(), kGrowth, /*backing_store=*/0);
  // HDF5 would read a file of this name, and refuses one that it holds already.
  static std::uint64_t count = 0;
  const std::string name = path + "/in memory " + std::to_string(count++);
  Handle file(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
  if (file.get() < 0) fail_with_cause(path, "", "cannot be written");
  return File(std::move(file), path);
}

File File::open(const std::string& path) {
  const ReadGuard guard(path);
  check_readable(path);
  last_opened() = path;
  // Stays open for as long as a handle into it lives.
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  if (file.get() < 0) {
    const std::string cause = take_cause();
    if (cause.starts_with("truncated file")) throw DataError(path, "the file is truncated");
    throw DataError(path, "not a readable HDF5 file: " + cause);
  }
  return File(std::move(file), path);
}

Group File::root() const {
  const ReadGuard guard(path_);
  Handle group(H5Gopen2(handle_.get(), "/", H5P_DEFAULT));
  if (group.get() < 0) fail_with_cause(path_, "/", "cannot be opened");
  return Group(std::move(group), path_, "/");
}

void File::flush() {
  const Guard guard;
  if (H5Fflush(handle_.get(), H5F_SCOPE_LOCAL) < 0) fail_with_cause(path_, "", "cannot be written");
}

std::vector<std::byte> File::image() {
  const Guard guard;
  flush();
  const ssize_t size = H5Fget_file_image(handle_.get(), nullptr, 0);
  std::vector<std::byte> bytes(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (size < 0 || H5Fget_file_image(handle_.get(), bytes.data(), bytes.size()) != size) {
    fail_with_cause(path_, "", "cannot be written");
  }
  return bytes;
}

void File::close() {
  const Guard guard;
  if (H5Fclose(handle_.release()) < 0) fail_with_cause(path_, "", "cannot be written");
}

bool Group::contains(const std::string& path) const {
  const ReadGuard guard(file());
  // H5Lexists fails, rather than says no, when a group on the way is missing.
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (H5Lexists(id(), part.c_str(), H5P_DEFAULT) <= 0 ||
        H5Oexists_by_name(id(), part.c_str(), H5P_DEFAULT) <= 0) {
      H5Eclear2(H5E_DEFAULT);
      return false;
    }
  }
  return true;
}

bool Group::contains_dataset(const std::string& path) const {
  const ReadGuard guard(file());
  if (!contains(path)) return false;
  const Handle object(H5Oopen(id(), path.c_str(), H5P_DEFAULT));
  return H5Iget_type(object.get()) == H5I_DATASET;
}

std::vector<std::string> Group::names() const {
  const ReadGuard guard(file());
  H5G_info_t info;
  if (H5Gget_info(id(), &info) < 0) fail_with_cause(file(), path(), "cannot be listed");
  std::vector<std::string> names;
  for (hsize_t k = 0; k < info.nlinks; ++k) {
    const ssize_t length =
        H5Lget_name_by_idx(id(), ".", H5_INDEX_NAME, H5_ITER_INC, k, nullptr, 0, H5P_DEFAULT);
    if (length < 0) fail_with_cause(file(), path(), "cannot be listed");
    std::string name(static_cast<std::size_t>(length), '\0');
    H5Lget_name_by_idx(id(), ".", H5_INDEX_NAME, H5_ITER_INC, k, name.data(), name.size() + 1,
                       H5P_DEFAULT);
    names.push_back(std::move(name));
  }
  return names;
}

Group Group::create_group(const std::string& name) {
  const Guard guard;
  Handle group(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  if (group.get() < 0) fail_with_cause(file(), child(name), "cannot be created");
  return Group(std::move(group), file(), child(name));
}

Group Group::group(const std::string& path) const {
  const ReadGuard guard(file());
  if (!contains(path)) throw DataError(file(), child(path) + ": missing");
  Handle object(H5Oopen(id(), path.c_str(), H5P_DEFAULT));
  if (object.get() < 0) fail_with_cause(file(), child(path), "cannot be opened");
  if (H5Iget_type(object.get()) != H5I_GROUP) {
    throw DataError(file(), child(path) + ": not a group");
  }
  return Group(std::move(object), file(), child(path));
}

void Group::alias(const std::string& existing, const std::string& name) {
  const Guard guard;
  if (H5Lcreate_hard(id(), existing.c_str(), id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT) < 0) {
    fail_with_cause(file(), child(name), "cannot be created");
  }
}

}  // namespace neurosim::hdf5
