#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <numeric>

#include "sim/core/error.hpp"
#include "sim/io/hdf5.hpp"
#include "sim/io/hdf5_native.hpp"

namespace neurosim::hdf5 {
namespace {

/// Measured on rasters (see recorder.cpp): higher levels cost more time than they save in bytes.
constexpr unsigned kDeflateLevel = 1;

/// Bytes for conversions: room for any element that a file may declare, and HDF5's own default.
constexpr std::size_t kLeastConversion = 4096;
constexpr int kConversionSizes = 9;  // the last one is 1 MB

/// How rows of `bytes` are read. Wherever it converts types HDF5 clears a buffer first, which takes
/// longer than the reading of a row unless it is told that a smaller one will do. The lists are
/// kept, as making one takes as long as a small read. REQUIRES: a Guard is held.
hid_t transfer_of(std::uint64_t bytes) {
  static std::array<hid_t, kConversionSizes> lists{};  // never closed: a handful
  std::size_t k = 0;
  while (k + 1 < lists.size() && kLeastConversion << k < bytes) ++k;
  if (lists[k] == 0) {
    lists[k] = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(lists[k], kLeastConversion << k, nullptr, nullptr);
  }
  return lists[k];
}

Kind kind_of(H5T_class_t type) {
  switch (type) {
    case H5T_INTEGER:
    case H5T_ENUM:
      return Kind::kInteger;
    case H5T_FLOAT:
      return Kind::kReal;
    case H5T_STRING:
      return Kind::kText;
    default:
      return Kind::kOther;
  }
}

Handle creation_properties(const Layout& layout) {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE));
  if (layout.chunk.empty()) return properties;
  const std::vector<hsize_t> chunk(layout.chunk.begin(), layout.chunk.end());
  H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
  // Rows are written as soon as they exist.
  H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER);
  if (layout.filter == Filter::kShuffleDeflate) {
    H5Pset_shuffle(properties.get());
    H5Pset_deflate(properties.get(), kDeflateLevel);
  }
  return properties;
}

/// HDF5 holds a whole chunk in memory, however little of it is read.
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 29;

bool has_giant_chunks(hid_t dataset, hid_t type) {
  const Handle properties(H5Dget_create_plist(dataset));
  if (H5Pget_layout(properties.get()) != H5D_CHUNKED) return false;
  std::array<hsize_t, H5S_MAX_RANK> extent{};
  const int rank = H5Pget_chunk(properties.get(), H5S_MAX_RANK, extent.data());
  std::uint64_t bytes = std::max<std::uint64_t>(H5Tget_size(type), 1);
  for (int k = 0; k < rank; ++k) {
    if (extent[static_cast<std::size_t>(k)] > kMostChunkBytes / bytes) return true;
    bytes *= std::max<std::uint64_t>(extent[static_cast<std::size_t>(k)], 1);
  }
  return false;
}

/// The part of a dataset's space that holds `count` rows from `first` on.
Handle select_rows(hid_t dataset, const Shape& shape, std::uint64_t first, std::uint64_t count) {
  Handle space(H5Dget_space(dataset));
  if (shape.empty()) return space;
  std::vector<hsize_t> start(shape.size(), 0);
  std::vector<hsize_t> extent(shape.begin(), shape.end());
  start[0] = first;
  extent[0] = count;
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr);
  return space;
}

}  // namespace

Dataset::Dataset(Handle handle, std::string file, std::string path)
    : Object(std::move(handle), std::move(file), std::move(path)) {
  const Handle space(H5Dget_space(id()));
  const Handle type(H5Dget_type(id()));
  if (space.get() < 0 || type.get() < 0) fail_with_cause(this->file(), this->path(), "unreadable");
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) fail("holds no data");
  std::vector<hsize_t> extent(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  shape_.assign(extent.begin(), extent.end());
  kind_ = kind_of(H5Tget_class(type.get()));
  if (has_giant_chunks(id(), type.get())) fail("stored in chunks of more than 512 MB");
}

std::uint64_t Dataset::row_width() const {
  if (shape_.empty()) return 1;
  return std::accumulate(shape_.begin() + 1, shape_.end(), std::uint64_t{1}, std::multiplies<>());
}

std::uint64_t Dataset::count(std::uint64_t most) const {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape_) {
    if (extent == 0) return 0;
  }
  for (const std::uint64_t extent : shape_) {
    // Compared so that nothing overflows on the way.
    if (extent > most / count) {
      fail("more than " + std::to_string(most) + " numbers, the most read at once");
    }
    count *= extent;
  }
  return count;
}

std::optional<Type> Dataset::type() const {
  const ReadGuard guard(file());
  const Handle type(H5Dget_type(id()));
  for (const Type known : {Type::kU8, Type::kU32, Type::kU64, Type::kI64, Type::kF32, Type::kF64}) {
    Handle other(H5Tcopy(stored_type(known)));
    for (const H5T_order_t order : {H5T_ORDER_LE, H5T_ORDER_BE}) {
      H5Tset_order(other.get(), order);
      if (H5Tequal(type.get(), other.get()) > 0) return known;
    }
  }
  return std::nullopt;
}

void Dataset::expect(Kind wanted) const {
  if (kind_ == Kind::kInteger || (kind_ == Kind::kReal && wanted == Kind::kReal)) return;
  fail(wanted == Kind::kReal ? "expected numbers" : "expected integers");
}

void Dataset::expect_held() const {
  const ReadGuard guard(file());
  const Handle type(H5Dget_type(id()));
  const Handle properties(H5Dget_create_plist(id()));
  std::error_code error;
  const std::uintmax_t in_file = std::filesystem::file_size(file(), error);
  const std::uint64_t stored =
      std::min<std::uint64_t>(H5Dget_storage_size(id()), error ? 0 : in_file);
  // Less than 1032 bytes come out of one that deflate stored. What was never written counts as not
  // held: HDF5 would make up any number of zeros.
  const bool packed =
      H5Pget_layout(properties.get()) == H5D_CHUNKED && H5Pget_nfilters(properties.get()) > 0;
  const std::uint64_t growth = packed ? 1032 : 1;
  const std::uint64_t width = std::max<std::uint64_t>(H5Tget_size(type.get()), 1);
  const std::uint64_t most = stored > UINT64_MAX / growth ? UINT64_MAX : stored * growth;
  std::uint64_t left = most / width;
  for (const std::uint64_t extent : shape_) {
    if (extent == 0) return;
  }
  for (const std::uint64_t extent : shape_) left /= extent;
  if (left > 0) return;
  std::string announced;
  for (const std::uint64_t extent : shape_) {
    announced += (announced.empty() ? "" : " x ") + std::to_string(extent);
  }
  fail("announces " + (announced.empty() ? "1" : announced) + " entries, but the file holds " +
       std::to_string(stored) + " bytes of them");
}

void Dataset::write_rows(Type type, std::uint64_t first, std::uint64_t count, const void* data) {
  if (count * row_width() == 0) return;
  const Guard guard;
  const Handle where = select_rows(id(), shape_, first, count);
  const Handle from = make_space({count * row_width()});
  if (H5Dwrite(id(), memory_type(type), from.get(), where.get(), H5P_DEFAULT, data) < 0) {
    fail_with_cause(file(), path(), "cannot be written");
  }
}

void Dataset::append_rows(Type type, std::uint64_t count, const void* data) {
  if (count == 0) return;
  const Guard guard;
  const std::uint64_t first = shape_[0];
  shape_[0] += count;
  const std::vector<hsize_t> extent(shape_.begin(), shape_.end());
  if (H5Dset_extent(id(), extent.data()) < 0) fail_with_cause(file(), path(), "cannot be written");
  write_rows(type, first, count, data);
}

void Dataset::read_rows(Type type, std::uint64_t first, std::uint64_t count, void* out) const {
  if (count * row_width() == 0) return;
  const ReadGuard guard(file());
  const Handle where = select_rows(id(), shape_, first, count);
  const Handle into = make_space({count * row_width()});
  const hid_t transfer = transfer_of(count * row_width() * 8);
  if (H5Dread(id(), memory_type(type), into.get(), where.get(), transfer, out) < 0) {
    fail_with_cause(file(), path(), "cannot be read");
  }
}

Dataset Group::create_dataset(const std::string& name, Type type, const Layout& layout) {
  const Guard guard;
  const Handle space =
      make_space(layout.shape, layout.chunk.empty() ? Extent::kFixed : Extent::kGrowing);
  const Handle properties = creation_properties(layout);
  const Handle links(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(links.get(), 1);
  Handle dataset(H5Dcreate2(id(), name.c_str(), stored_type(type), space.get(), links.get(),
                            properties.get(), H5P_DEFAULT));
  if (dataset.get() < 0) fail_with_cause(file(), child(name), "cannot be created");
  return Dataset(std::move(dataset), file(), child(name));
}

Dataset Group::dataset(const std::string& path) const {
  const ReadGuard guard(file());
  if (!contains(path)) throw DataError(file(), child(path) + ": missing");
  Handle object(H5Oopen(id(), path.c_str(), H5P_DEFAULT));
  if (object.get() < 0) fail_with_cause(file(), child(path), "cannot be opened");
  if (H5Iget_type(object.get()) != H5I_DATASET) {
    throw DataError(file(), child(path) + ": not a dataset");
  }
  return Dataset(std::move(object), file(), child(path));
}

void Group::write_text(const std::string& name, const std::string& text) {
  const Guard guard;
  const Handle type = text_type();
  const Handle space = make_space({});
  const Handle dataset(H5Dcreate2(id(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                  H5P_DEFAULT, H5P_DEFAULT));
  const char* pointer = text.c_str();
  if (dataset.get() < 0 ||
      H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer) < 0) {
    fail_with_cause(file(), child(name), "cannot be written");
  }
}

void Group::write_texts(const std::string& name, const std::vector<std::string>& texts) {
  const Guard guard;
  const Handle type = text_type();
  const Handle space = make_space({texts.size()});
  const Handle dataset(H5Dcreate2(id(), name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                  H5P_DEFAULT, H5P_DEFAULT));
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  if (dataset.get() < 0 ||
      H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) {
    fail_with_cause(file(), child(name), "cannot be written");
  }
}

std::string Group::read_text(const std::string& path) const {
  const ReadGuard guard(file());
  if (!dataset(path).shape().empty()) {
    throw DataError(file(), child(path) + ": expected a single text");
  }
  return read_texts(path)[0];
}

std::vector<std::string> Group::read_texts(const std::string& path) const {
  const ReadGuard guard(file());
  const Dataset found = dataset(path);
  if (found.kind() != Kind::kText || found.shape().size() > 1) found.fail("expected text");
  if (found.rows() == 0) return {};
  found.expect_held();
  const Handle type(H5Dget_type(found.id()));
  const Handle space(H5Dget_space(found.id()));
  const auto read = [&](hid_t memory, void* data) {
    return H5Dread(found.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
  };
  std::vector<std::string> texts;
  if (read_strings(type.get(), space.get(), found.rows(), read, texts) < 0) {
    fail_with_cause(file(), found.path(), "cannot be read");
  }
  return texts;
}

}  // namespace neurosim::hdf5
