#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace neurosim {

/// Bytes in order; knows where it stands.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// For messages: the file, and the member of it.
  const std::string& name() const { return name_; }
  std::size_t offset() const { return offset_; }
  /// All bytes; none: found out only by reading.
  virtual std::optional<std::uintmax_t> size() const { return std::nullopt; }

  /// Fills `out` unless the data end before; returns how many bytes came.
  virtual std::size_t read(std::span<std::uint8_t> out) = 0;

  /// Reads `count` bytes that must be all that is left. Memory grows with what really comes.
  /// `description`: what they are, for messages.
  std::vector<std::uint8_t> read_rest(std::size_t count, const std::string& description);

  /// Throws DataError.
  [[noreturn]] void fail(std::size_t at, const std::string& what) const;

 protected:
  explicit ByteStream(std::string name) : name_(std::move(name)) {}
  void advance(std::size_t count) { offset_ += count; }

 private:
  std::string name_;
  std::size_t offset_ = 0;
};

/// A plain or gzip file: the content decides, not the name. Throws DataError.
std::unique_ptr<ByteStream> open_gzip(const std::string& path);

/// One member of a zip archive. Throws DataError.
std::unique_ptr<ByteStream> open_zip_member(const std::string& path, const std::string& member);

/// Names of the members, in the order of the archive. Throws DataError.
std::vector<std::string> zip_members(const std::string& path);

}  // namespace neurosim
