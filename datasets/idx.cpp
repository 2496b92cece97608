#include "datasets/idx.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <system_error>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

struct TypeInfo {
  IdxType type;
  std::size_t size;
  std::string_view name;
};

constexpr std::array<TypeInfo, 6> kTypes = {{{IdxType::kU8, 1, "u8"},
                                             {IdxType::kI8, 1, "i8"},
                                             {IdxType::kI16, 2, "i16"},
                                             {IdxType::kI32, 4, "i32"},
                                             {IdxType::kF32, 4, "f32"},
                                             {IdxType::kF64, 8, "f64"}}};

const TypeInfo* find_type(std::uint8_t code) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(), [code](const TypeInfo& t) {
    return static_cast<std::uint8_t>(t.type) == code;
  });
  return found == kTypes.end() ? nullptr : found;
}

/// `60000 x 28 x 28`
std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t size : shape) text += fmt::format("{}{}", text.empty() ? "" : " x ", size);
  return text;
}

std::string type_text(std::uint8_t code) {
  const TypeInfo* const info = find_type(code);
  return fmt::format("0x{:02x} ({})", code, info ? info->name : "no IDX type");
}

/// Bytes of a plain or gzip file in order; knows where it stands.
class ByteSource {
 public:
  explicit ByteSource(const std::string& path) : path_(path) {
    if (std::filesystem::is_directory(path)) throw DataError(path, "is a folder, not a file");
    errno = 0;
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) throw DataError(path, fmt::format("cannot open: {}", std::strerror(errno)));
    constexpr unsigned kBuffer = 1u << 17;  // zlib's default of 8 KiB costs a third of the speed
    gzbuffer(file_.get(), kBuffer);
    if (gzdirect(file_.get()) != 0) {
      std::error_code error;
      const std::uintmax_t size = std::filesystem::file_size(path, error);
      if (!error) plain_size_ = size;  // none: a pipe, whose end is found by reading
    }
  }

  std::size_t offset() const { return offset_; }
  std::optional<std::uintmax_t> plain_size() const { return plain_size_; }

  /// Fills `out` unless the data end before; returns how many bytes came.
  std::size_t read(std::span<std::uint8_t> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      constexpr std::size_t kMost = std::size_t{1} << 30;  // gzread takes an unsigned count
      const auto ask = static_cast<unsigned>(std::min(kMost, out.size() - done));
      const int got = gzread(file_.get(), out.data() + done, ask);
      if (got > 0) {
        done += static_cast<std::size_t>(got);
        offset_ += static_cast<std::size_t>(got);
      }
      if (got < 0 || static_cast<unsigned>(got) < ask) {
        check_stream();
        break;
      }
    }
    return done;
  }

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw DataError(path_, fmt::format("at byte {}: {}", at, what));
  }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };

  /// After a short read: the end of the data, or a broken stream?
  void check_stream() const {
    int code = Z_OK;
    const char* const message = gzerror(file_.get(), &code);
    if (code == Z_BUF_ERROR) {
      fail(offset_, "expected more gzip data, found the end of the file (truncated?)");
    }
    if (code == Z_ERRNO) fail(offset_, fmt::format("cannot read: {}", std::strerror(errno)));
    if (code != Z_OK && code != Z_STREAM_END) {
      // zlib prefixes its message with the path, which DataError names already.
      std::string_view text = message;
      if (text.substr(0, path_.size() + 2) == path_ + ": ") text.remove_prefix(path_.size() + 2);
      // zlib decompresses ahead: the damage lies somewhere behind what it has given.
      throw DataError(path_, fmt::format("after byte {}: expected gzip data, found a broken "
                                         "stream ({})",
                                         offset_, text));
    }
  }

  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::size_t offset_ = 0;
  std::optional<std::uintmax_t> plain_size_;
};

bool is_text(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t c) {
    return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\r' || c == '\t';
  });
}

/// Says what stands in place of an IDX file; a web page saved under its name is the usual case.
[[noreturn]] void fail_magic(const ByteSource& source, std::span<const std::uint8_t> start) {
  if (is_text(start)) {
    const auto first =
        std::find_if(start.begin(), start.end(), [](std::uint8_t c) { return c > 0x20; });
    const bool html = first != start.end() && *first == '<';
    const std::string line(
        first, std::find_if(first, start.end(), [](std::uint8_t c) { return c < 0x20; }));
    source.fail(0, fmt::format("expected an IDX file, found {} that begins \"{}\"{}",
                               html ? "an HTML page" : "text", line.substr(0, 24),
                               html ? " (download the file again)" : ""));
  }
  source.fail(0, fmt::format("expected the IDX magic 00 00 <type> <rank>, found "
                             "{:02x} {:02x} {:02x} {:02x}",
                             start[0], start[1], start[2], start[3]));
}

/// Reads and checks the first four bytes.
void read_magic(ByteSource& source, const IdxExpectation& expected) {
  std::array<std::uint8_t, 4> magic = {};
  const std::size_t got = source.read(magic);
  if (got < magic.size()) {
    source.fail(got, fmt::format("expected the 4 bytes of the IDX magic, found the end of the "
                                 "file after {}",
                                 got));
  }
  if (magic[0] != 0 || magic[1] != 0) {
    std::array<std::uint8_t, 64> start = {};
    std::copy(magic.begin(), magic.end(), start.begin());
    const std::size_t more = source.read(std::span(start).subspan(4));
    fail_magic(source, std::span(start).first(4 + more));
  }
  const auto wanted = static_cast<std::uint8_t>(expected.type);
  if (magic[2] != wanted) {
    source.fail(2, fmt::format("expected the type code {} for {}, found {}", type_text(wanted),
                               expected.content, type_text(magic[2])));
  }
  if (magic[3] != expected.rank) {
    source.fail(3, fmt::format("expected rank {} for {}, found {}", expected.rank, expected.content,
                               magic[3]));
  }
}

std::vector<std::size_t> read_shape(ByteSource& source, std::size_t rank) {
  std::vector<std::size_t> shape;
  for (std::size_t dimension = 0; dimension < rank; ++dimension) {
    const std::size_t at = source.offset();
    std::array<std::uint8_t, 4> bytes = {};
    const std::size_t got = source.read(bytes);
    if (got < bytes.size()) {
      source.fail(at + got, fmt::format("expected a header of {} bytes, found the end of the file",
                                        idx_header_size(rank)));
    }
    std::size_t size = 0;
    for (const std::uint8_t byte : bytes) size = size << 8 | byte;
    if (size == 0) {
      source.fail(at, fmt::format("expected a size >= 1 of dimension {}, found 0", dimension));
    }
    shape.push_back(size);
  }
  return shape;
}

/// Bytes that the header announces after itself.
std::size_t payload_size(const ByteSource& source, const std::vector<std::size_t>& shape,
                         std::size_t element_size) {
  // Half the range leaves room for adding the header.
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2;
  std::size_t bytes = element_size;
  for (const std::size_t size : shape) {
    if (bytes > kMost / size) {
      source.fail(4, fmt::format("expected sizes that fit in memory, found {}", shape_text(shape)));
    }
    bytes *= size;
  }
  return bytes;
}

[[noreturn]] void fail_size(const ByteSource& source, const std::vector<std::size_t>& shape,
                            std::size_t end, std::size_t at, const std::string& found) {
  source.fail(at, fmt::format("expected {} bytes in all ({} after a header of {}), found {}", end,
                              shape_text(shape), idx_header_size(shape.size()), found));
}

}  // namespace

IdxArray read_idx(const std::string& path, const IdxExpectation& expected) {
  ByteSource source(path);
  read_magic(source, expected);
  IdxArray array;
  array.shape = read_shape(source, expected.rank);
  const TypeInfo* const type = find_type(static_cast<std::uint8_t>(expected.type));
  const std::size_t payload = payload_size(source, array.shape, type->size);
  const std::size_t end = source.offset() + payload;
  if (source.plain_size()) {
    const std::uintmax_t size = *source.plain_size();
    if (size != end) {
      fail_size(source, array.shape, end, std::min<std::size_t>(size, end),
                fmt::format("{}", size));
    }
    array.bytes.reserve(payload);
  }
  // A gzip file does not say how much it holds: memory grows with what has really come.
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  while (array.bytes.size() < payload) {
    const std::size_t have = array.bytes.size();
    const std::size_t ask = std::min(kChunk, payload - have);
    array.bytes.resize(have + ask);
    if (source.read(std::span(array.bytes).subspan(have)) < ask) {
      fail_size(source, array.shape, end, source.offset(), fmt::format("{}", source.offset()));
    }
  }
  std::array<std::uint8_t, 1> beyond = {};
  if (source.read(beyond) != 0) fail_size(source, array.shape, end, end, "more");
  return array;
}

}  // namespace neurosim
