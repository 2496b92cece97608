#include "datasets/idx.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <numeric>

#include "sim/core/error.hpp"
#include "tests/datasets/temp_folder.hpp"

namespace neurosim {
namespace {

using test::gzip;
using test::idx_header;
using test::ramp;
using test::TempFolder;
using test::text_bytes;
using test::operator+;
using test::Bytes;

constexpr IdxExpectation kImages = {IdxType::kU8, 3, "images"};

/// The message after `<path>: `, or what was wrong with it.
std::string error_of(const std::string& path, const IdxExpectation& expected) {
  try {
    read_idx(path, expected);
  } catch (const DataError& error) {
    const std::string text = error.what();
    return text.rfind(path + ": ", 0) == 0 ? text.substr(path.size() + 2) : "no path in: " + text;
  }
  return "no error";
}

Bytes flip(Bytes bytes, std::size_t from_end) {
  bytes[bytes.size() - from_end] ^= 0x55;
  return bytes;
}

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

TEST_CASE("idx: images, plain and gzip, whatever the file is called") {
  const TempFolder folder;
  const Bytes file = idx_header(0x08, {2, 3, 4}) + ramp(24);
  for (const auto& [name, bytes] : {std::pair<std::string, Bytes>{"plain", file},
                                    {"packed.gz", gzip(file)},
                                    {"packed-without-ending", gzip(file)},
                                    {"plain.gz", file},
                                    {"members.gz", gzip(cut(file, 20)) + gzip(ramp(20))}}) {
    CAPTURE(name);
    const IdxArray array = read_idx(folder.write(name, bytes), kImages);
    CHECK(array.shape == std::vector<std::size_t>{2, 3, 4});
    if (name != "members.gz") CHECK(array.bytes == ramp(24));
  }
}

TEST_CASE("idx: every element type has its size") {
  const TempFolder folder;
  const std::pair<IdxType, std::size_t> types[] = {{IdxType::kU8, 1},  {IdxType::kI8, 1},
                                                   {IdxType::kI16, 2}, {IdxType::kI32, 4},
                                                   {IdxType::kF32, 4}, {IdxType::kF64, 8}};
  for (const auto& [type, size] : types) {
    const auto code = static_cast<std::uint8_t>(type);
    CAPTURE(code);
    const std::string file = folder.write("file", idx_header(code, {3, 2}) + ramp(6 * size));
    const IdxArray array = read_idx(file, {type, 2, "numbers"});
    CHECK(array.bytes == ramp(6 * size));
  }
}

TEST_CASE("idx: larger than every buffer") {
  const TempFolder folder;
  const Bytes payload = ramp(3'000'000, 251);
  const Bytes file = idx_header(0x08, {3000, 1000, 1}) + payload;
  CHECK(read_idx(folder.write("plain", file), kImages).bytes == payload);
  CHECK(read_idx(folder.write("packed", gzip(file)), kImages).bytes == payload);
}

struct Malformed {
  std::string name;
  Bytes bytes;
  std::string message;
};

std::vector<Malformed> malformed_magic() {
  return {
      {"empty",
       {},
       "at byte 0: expected the 4 bytes of the IDX magic, found the end of the file "
       "after 0"},
      {"three bytes",
       {0, 0, 8},
       "at byte 3: expected the 4 bytes of the IDX magic, found the end "
       "of the file after 3"},
      {"web page", text_bytes("\n<!DOCTYPE html>\n<html><body>403 Forbidden</body></html>"),
       "at byte 0: expected an IDX file, found an HTML page that begins \"<!DOCTYPE html>\" "
       "(download the file again)"},
      {"short text", text_bytes("Not Found"),
       "at byte 0: expected an IDX file, found text that begins \"Not Found\""},
      {"git pointer", text_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"),
       "at byte 0: expected an IDX file, found text that begins \"version https://git-lfs.\""},
      {"white space", text_bytes("\n\n\n\n\n"),
       "at byte 0: expected an IDX file, found text that begins \"\""},
      {"png",
       {0x89, 'P', 'N', 'G', 13, 10, 26, 10},
       "at byte 0: expected the IDX magic 00 00 <type> <rank>, found 89 50 4e 47"},
      {"f32", idx_header(0x0D, {1, 1, 1}) + ramp(4),
       "at byte 2: expected the type code 0x08 (u8) for images, found 0x0d (f32)"},
      {"unknown type", idx_header(0x07, {1, 1, 1}) + ramp(1),
       "at byte 2: expected the type code 0x08 (u8) for images, found 0x07 (no IDX type)"},
      {"labels", idx_header(0x08, {3}) + ramp(3), "at byte 3: expected rank 3 for images, found 1"},
      {"rank 255", {0, 0, 8, 255}, "at byte 3: expected rank 3 for images, found 255"},
  };
}

std::vector<Malformed> malformed_sizes() {
  const Bytes good = idx_header(0x08, {2, 3, 4}) + ramp(24);
  return {
      {"header cut", cut(good, 10),
       "at byte 10: expected a header of 16 bytes, found the end of the file"},
      {"header only", cut(good, 16),
       "at byte 16: expected 40 bytes in all (2 x 3 x 4 after a header of 16), found 16"},
      {"cut", cut(good, 39),
       "at byte 39: expected 40 bytes in all (2 x 3 x 4 after a header of 16), found 39"},
      {"too long", good + Bytes{1},
       "at byte 40: expected 40 bytes in all (2 x 3 x 4 after a header of 16), found 41"},
      {"no image", idx_header(0x08, {0, 28, 28}),
       "at byte 4: expected a size >= 1 of dimension 0, found 0"},
      {"no column", idx_header(0x08, {5, 28, 0}),
       "at byte 12: expected a size >= 1 of dimension 2, found 0"},
      {"lie of 256 TiB", idx_header(0x08, {65535, 65535, 65535}) + ramp(24),
       "at byte 40: expected 281462092005391 bytes in all (65535 x 65535 x 65535 after a header "
       "of 16), found 40"},
      {"lie beyond 64 bits", idx_header(0x08, {4294967295, 4294967295, 4294967295}) + ramp(24),
       "at byte 4: expected sizes that fit in memory, found 4294967295 x 4294967295 x 4294967295"},
  };
}

std::vector<Malformed> malformed_gzip() {
  const Bytes good = idx_header(0x08, {2, 3, 4}) + ramp(24);
  return {
      {"gzip magic only",
       {0x1F, 0x8B},
       "at byte 0: expected more gzip data, found the end of the file (truncated?)"},
      {"gzip cut", cut(gzip(good, Z_NO_COMPRESSION), 35),  // 10 + 5 bytes of headers
       "at byte 20: expected more gzip data, found the end of the file (truncated?)"},
      {"gzip cut in the checksum", cut(gzip(good), gzip(good).size() - 6),
       "at byte 40: expected more gzip data, found the end of the file (truncated?)"},
      {"gzip checksum", flip(gzip(good), 8),
       "after byte 0: expected gzip data, found a broken stream (incorrect data check)"},
      {"gzip length", flip(gzip(good), 1),
       "after byte 0: expected gzip data, found a broken stream (incorrect length check)"},
      {"gzip garbage", cut(gzip(good), 10) + Bytes(20, 0xFF),
       "after byte 0: expected gzip data, found a broken stream (invalid block type)"},
      {"gzip of a web page", gzip(text_bytes("<html>no</html>")),
       "at byte 0: expected an IDX file, found an HTML page that begins \"<html>no</html>\" "
       "(download the file again)"},
      {"gzip twice", gzip(gzip(good)),
       "at byte 0: expected the IDX magic 00 00 <type> <rank>, found 1f 8b 08 00"},
      {"gzip cut content", gzip(cut(good, 39)),
       "at byte 39: expected 40 bytes in all (2 x 3 x 4 after a header of 16), found 39"},
      {"gzip long content", gzip(good + ramp(9)),
       "at byte 40: expected 40 bytes in all (2 x 3 x 4 after a header of 16), found more"},
      {"gzip lie of 256 TiB", gzip(idx_header(0x08, {65535, 65535, 65535}) + ramp(24)),
       "at byte 40: expected 281462092005391 bytes in all (65535 x 65535 x 65535 after a header "
       "of 16), found 40"},
  };
}

TEST_CASE("idx: malformed files are refused with one exact message") {
  const TempFolder folder;
  for (const auto& table : {malformed_magic(), malformed_sizes(), malformed_gzip()}) {
    for (const Malformed& file : table) {
      CAPTURE(file.name);
      CHECK(error_of(folder.write("file.gz", file.bytes), kImages) == file.message);
    }
  }
}

TEST_CASE("idx: what is not a readable file") {
  const TempFolder folder;
  const std::string absent = (folder.path() / "absent").string();
  CHECK(error_of(absent, kImages) == "cannot open: No such file or directory");
  CHECK(error_of(folder.path().string(), kImages) == "is a folder, not a file");
}

TEST_CASE("idx: any cut and any flipped bit is refused or read whole, never worse") {
  const TempFolder folder;
  const Bytes good = idx_header(0x08, {2, 3, 4}) + ramp(24);
  const Bytes packed = gzip(good);
  for (const Bytes& file : {good, packed}) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      CAPTURE(size);
      CHECK_THROWS_AS(read_idx(folder.write("file", cut(file, size)), kImages), DataError);
    }
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      CAPTURE(bit);
      Bytes bad = file;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const std::string path = folder.write("file", bad);
      try {
        const IdxArray array = read_idx(path, kImages);
        CHECK(array.bytes.size() == 24);
      } catch (const DataError&) {  // as good
      }
    }
  }
}

}  // namespace
}  // namespace neurosim
