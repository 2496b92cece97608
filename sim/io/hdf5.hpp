#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace neurosim::hdf5 {

// The HDF5 C API behind handles that close themselves. Every failure is a DataError naming the
// file, the object in it and, where the library knows one, the cause; the library itself prints
// nothing.
//
// Thread safety: every function, destructors included, takes one process-wide lock, because HDF5
// keeps global state whichever file is touched. Any number of threads may hold handles; one handle
// must not be changed by two threads at once.

/// HDF5's hid_t, named here so that no other header needs <hdf5.h>.
using Id = std::int64_t;

class Handle {
 public:
  Handle() = default;
  explicit Handle(Id id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle();
  Id get() const { return id_; }
  Id release() { return std::exchange(id_, -1); }

 private:
  Id id_ = -1;
};

/// Element types as stored: little-endian integers and IEEE floats.
enum class Type { kU8, kU32, kU64, kI64, kF32, kF64 };

template <class T>
constexpr Type type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return Type::kU8;
  if constexpr (std::is_same_v<T, std::uint32_t>) return Type::kU32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return Type::kU64;
  if constexpr (std::is_same_v<T, std::int64_t>) return Type::kI64;
  if constexpr (std::is_same_v<T, float>) return Type::kF32;
  if constexpr (std::is_same_v<T, double>) return Type::kF64;
}

/// What the elements of an existing dataset are. An enumeration counts as its integers: Python
/// stores booleans so.
enum class Kind { kInteger, kReal, kText, kOther };

/// Extent along each axis; empty: a scalar.
using Shape = std::vector<std::uint64_t>;

/// Whether a group can hold a member of this name.
constexpr bool is_member_name(std::string_view name) {
  return !name.empty() && name != "." &&
         name.find_first_of(std::string_view("/\0", 2)) == name.npos;
}

enum class Filter { kNone, kShuffleDeflate };

/// How a dataset is laid out. With `chunk` it can grow along its first axis, without limit.
struct Layout {
  Shape shape;
  Shape chunk = {};  ///< empty: contiguous, of fixed size
  Filter filter = Filter::kNone;
};

struct EnumMember {
  const char* name;
  std::uint8_t value;
};

/// What groups and datasets share: a place in a file, and attributes. Setting an attribute that
/// exists already replaces it.
class Object {
 public:
  const std::string& file() const { return file_; }
  const std::string& path() const { return path_; }

  bool has_attribute(const std::string& name) const;
  void set_text(const std::string& name, std::string_view text);
  template <class T>
  void set_number(const std::string& name, T value) {
    write_attribute(name, type_of<T>(), {}, &value);
  }
  template <class T>
  void set_numbers(const std::string& name, std::span<const T> values) {
    write_attribute(name, type_of<T>(), {values.size()}, values.data());
  }
  void set_flag(const std::string& name, bool value) {
    set_number<std::uint8_t>(name, value ? 1 : 0);
  }
  void set_enum(const std::string& name, std::span<const EnumMember> members, std::uint8_t value);

  std::string text(const std::string& name) const;
  template <class T>
  T number(const std::string& name) const {
    T value{};
    read_attribute(name, type_of<T>(), 0, &value);
    return value;
  }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    std::vector<T> values(attribute_length(name));
    read_attribute(name, type_of<T>(), 1, values.data());
    return values;
  }

  /// Throws DataError unless the attribute is 0 or 1.
  bool flag(const std::string& name) const;

  /// Throws DataError: `<file>: <path>: <what>`.
  [[noreturn]] void fail(const std::string& what) const;

 protected:
  Object(Handle handle, std::string file, std::string path)
      : handle_(std::move(handle)), file_(std::move(file)), path_(std::move(path)) {}
  Id id() const { return handle_.get(); }
  /// Path of a child, for messages.
  std::string child(const std::string& name) const;

 private:
  void write_attribute(const std::string& name, Type type, const Shape& shape, const void* data);
  void read_attribute(const std::string& name, Type type, int rank, void* data) const;
  std::uint64_t attribute_length(const std::string& name) const;
  Handle open_attribute(const std::string& name) const;

  Handle handle_;
  std::string file_, path_;
};

class Dataset : public Object {
 public:
  const Shape& shape() const { return shape_; }
  std::uint64_t rows() const { return shape_.empty() ? 1 : shape_[0]; }
  /// Elements in one step along the first axis.
  std::uint64_t row_width() const;
  /// Number of elements; throws DataError when there are more than `most`.
  std::uint64_t count(std::uint64_t most) const;
  Kind kind() const { return kind_; }
  /// Type of the elements, in either byte order; nullopt: none that this layer stores.
  std::optional<Type> type() const;

  /// Throws unless the file holds as much as the shape announces (of compressed elements: as much
  /// as deflate could make of what is there). So memory for all of them is bounded by the file.
  void expect_held() const;

  /// Writes every element. REQUIRES: `values` is as long as the dataset.
  template <class T>
  void write(std::span<const T> values) {
    write_rows(type_of<T>(), 0, rows(), values.data());
  }
  /// Adds rows at the end. REQUIRES: a chunked dataset; a whole number of rows.
  template <class T>
  void append(std::span<const T> values) {
    append_rows(type_of<T>(), values.size() / row_width(), values.data());
  }
  /// Reads `count` rows from row `first` on into `out`. Integers are not read from reals, numbers
  /// not from text. REQUIRES: the rows exist; `out` has room for count * row_width() elements.
  template <class T>
  void read(std::uint64_t first, std::uint64_t count, T* out) const {
    expect(std::is_floating_point_v<T> ? Kind::kReal : Kind::kInteger);
    read_rows(type_of<T>(), first, count, out);
  }
  /// Throws unless the elements are integers (kInteger) or numbers at all (kReal).
  void expect(Kind wanted) const;

 private:
  friend class Group;
  Dataset(Handle handle, std::string file, std::string path);
  void write_rows(Type type, std::uint64_t first, std::uint64_t count, const void* data);
  void append_rows(Type type, std::uint64_t count, const void* data);
  void read_rows(Type type, std::uint64_t first, std::uint64_t count, void* out) const;

  Shape shape_;
  Kind kind_ = Kind::kOther;
};

class Group : public Object {
 public:
  /// Paths below are relative to this group and may have several parts.
  bool contains(const std::string& path) const;
  bool contains_dataset(const std::string& path) const;
  /// Names of the members, in alphabetical order.
  std::vector<std::string> names() const;

  Group create_group(const std::string& name);
  Group group(const std::string& path) const;
  /// Groups on the way to the dataset are created too.
  Dataset create_dataset(const std::string& name, Type type, const Layout& layout);
  Dataset dataset(const std::string& path) const;
  /// A second name for a member (a hard link).
  void alias(const std::string& existing, const std::string& name);

  /// Strings are variable-length UTF-8: a scalar, or a list.
  void write_text(const std::string& name, const std::string& text);
  void write_texts(const std::string& name, const std::vector<std::string>& texts);
  std::string read_text(const std::string& path) const;
  std::vector<std::string> read_texts(const std::string& path) const;

 private:
  friend class File;
  using Object::Object;
};

class File {
 public:
  /// Replaces a file that exists.
  static File create(const std::string& path);
  /// A file that exists in memory only; `path` is for messages.
  static File create_in_memory(const std::string& path);
  /// For reading only. Objects in it stay usable without the File.
  static File open(const std::string& path);
  Group root() const;
  /// Writes everything out; throws when the disk does not take it.
  void flush();
  /// The bytes that the file would have on disk.
  std::vector<std::byte> image();
  /// REQUIRES: no handle into the file is left. The destructor closes as well, but ignores
  /// failures.
  void close();

 private:
  File(Handle handle, std::string path) : handle_(std::move(handle)), path_(std::move(path)) {}
  Handle handle_;
  std::string path_;
};

}  // namespace neurosim::hdf5
