#include "datasets/byte_stream.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

class GzipFile final : public ByteStream {
 public:
  explicit GzipFile(const std::string& path) : ByteStream(path) {
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

  /// A gzip file does not say how much it holds.
  std::optional<std::uintmax_t> size() const override { return plain_size_; }

  std::size_t read(std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      constexpr std::size_t kMost = std::size_t{1} << 30;  // gzread takes an unsigned count
      const auto ask = static_cast<unsigned>(std::min(kMost, out.size() - done));
      const int got = gzread(file_.get(), out.data() + done, ask);
      if (got > 0) {
        done += static_cast<std::size_t>(got);
        advance(static_cast<std::size_t>(got));
      }
      if (got < 0 || static_cast<unsigned>(got) < ask) {
        check_stream();
        break;
      }
    }
    return done;
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
      fail(offset(), "expected more gzip data, found the end of the file (truncated?)");
    }
    if (code == Z_ERRNO) fail(offset(), fmt::format("cannot read: {}", std::strerror(errno)));
    if (code != Z_OK && code != Z_STREAM_END) {
      // zlib prefixes its message with the path, which DataError names already.
      std::string_view text = message;
      if (text.substr(0, name().size() + 2) == name() + ": ") text.remove_prefix(name().size() + 2);
      // zlib decompresses ahead: the damage lies somewhere behind what it has given.
      throw DataError(name(), fmt::format("after byte {}: expected gzip data, found a broken "
                                          "stream ({})",
                                          offset(), text));
    }
  }

  std::unique_ptr<gzFile_s, Close> file_;
  std::optional<std::uintmax_t> plain_size_;
};

}  // namespace

std::vector<std::uint8_t> ByteStream::read_rest(std::size_t count, const std::string& description) {
  const std::size_t end = offset_ + count;
  const auto fail_size = [&](std::size_t at, const std::string& found) {
    fail(at, fmt::format("expected {} bytes in all ({} after a header of {}), found {}", end,
                         description, end - count, found));
  };
  std::vector<std::uint8_t> bytes;
  if (const auto total = size()) {
    if (*total != end) {
      fail_size(std::min<std::size_t>(*total, end), fmt::format("{}", *total));
    }
    bytes.reserve(count);
  }
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  while (bytes.size() < count) {
    const std::size_t have = bytes.size();
    const std::size_t ask = std::min(kChunk, count - have);
    bytes.resize(have + ask);
    if (read(std::span(bytes).subspan(have)) < ask) fail_size(offset_, fmt::format("{}", offset_));
  }
  std::array<std::uint8_t, 1> beyond = {};
  if (read(beyond) != 0) fail_size(end, "more");
  return bytes;
}

void ByteStream::fail(std::size_t at, const std::string& what) const {
  throw DataError(name_, fmt::format("at byte {}: {}", at, what));
}

std::unique_ptr<ByteStream> open_gzip(const std::string& path) {
  return std::make_unique<GzipFile>(path);
}

}  // namespace neurosim
