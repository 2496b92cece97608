#include "datasets/array_file.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"
#include "support/random_tests.hpp"
#include "tests/datasets/array_bytes.hpp"

namespace neurosim {
namespace {

using namespace test;
using test::operator+;

/// The message after `<path>`, or what was wrong with it.
std::string error_of(const std::string& path) {
  try {
    read_array_file(path);
  } catch (const DataError& error) {
    const std::string text = error.what();
    return text.starts_with(path) ? text.substr(path.size()) : "no path in: " + text;
  }
  return "no error";
}

Bytes big_endian(std::uint64_t value, int size) {
  Bytes bytes;
  append_number(bytes, value, size);
  return Bytes(bytes.rbegin(), bytes.rend());
}

Bytes little_endian(std::uint64_t value, int size) {
  Bytes bytes;
  append_number(bytes, value, size);
  return bytes;
}

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

struct Element {
  const char* name;
  std::uint8_t idx;  ///< 0: IDX has no such type
  std::uint64_t bits;
  int size;
  double value;
};

std::vector<Element> elements() {
  return {{"b1", 0, 1, 1, 1},
          {"u1", 0x08, 200, 1, 200},
          {"i1", 0x09, 200, 1, -56},
          {"u2", 0, 0xFFFE, 2, 65534},
          {"i2", 0x0B, 0xFFFE, 2, -2},
          {"u4", 0, 0xFFFFFFFE, 4, 4294967294.0},
          {"i4", 0x0C, 0x80000000, 4, -2147483648.0},
          {"u8", 0, 1ull << 63, 8, 0x1p63},
          {"i8", 0, 1ull << 63, 8, -0x1p63},
          {"f4", 0x0D, std::bit_cast<std::uint32_t>(-1.5f), 4, -1.5},
          {"f8", 0x0E, std::bit_cast<std::uint64_t>(0.1), 8, 0.1}};
}

TEST_CASE("array: every element type of .npy in both byte orders, and of IDX") {
  const TempFolder folder;
  for (const Element& element : elements()) {
    const std::string type = element.name;
    CAPTURE(type);
    const auto check = [&](const Bytes& bytes) {
      const NumberArray array = read_array_file(folder.write("file", bytes));
      CHECK(array.shape == std::vector<std::size_t>{1, 2});
      CHECK(array.values == std::vector<double>{element.value, 0});
      CHECK(array.integers == (type[0] != 'f'));
    };
    const Bytes zero(static_cast<std::size_t>(element.size), 0);
    const Bytes little = little_endian(element.bits, element.size) + zero;
    const Bytes big = big_endian(element.bits, element.size) + zero;
    const std::string order = element.size == 1 ? "|" : "<";
    check(npy_header(order + type, "(1, 2)") + little);
    check(npy_header("<" + type, "(1, 2)") + little);
    check(npy_header(">" + type, "(1, 2)") + big);
    if (element.idx != 0) check(idx_header(element.idx, {1, 2}) + big);
  }
}

TEST_CASE("array: shapes, orders and versions of .npy") {
  const TempFolder folder;
  const auto read = [&](const Bytes& bytes) { return read_array_file(folder.write("f", bytes)); };
  const std::vector<std::size_t> shape = {2, 3, 2};
  for (const std::uint8_t version : Bytes{1, 2, 3}) {
    const NumberArray c = read(npy_header("|u1", "(2, 3, 2)", "False", version) + ramp(12));
    CHECK(c.shape == shape);
    CHECK(c.values == std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  }
  // In Fortran order, element [i, j, k] stands at i + 2 j + 6 k.
  const NumberArray fortran = read(npy_header("|u1", "(2, 3, 2)", "True") + ramp(12));
  CHECK(fortran.shape == shape);
  CHECK(fortran.values == std::vector<double>{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11});
  const Bytes wide =
      little_endian(1, 2) + little_endian(2, 2) + little_endian(3, 2) + little_endian(4, 2);
  CHECK(read(npy_header("<i2", "(2, 2)", "True") + wide).values == std::vector<double>{1, 3, 2, 4});

  CHECK(read(npy_header("|u1", "(3,)", "True") + ramp(3)).values == std::vector<double>{0, 1, 2});
  const NumberArray scalar = read(npy_header("|u1", "()") + Bytes{7});
  CHECK(scalar.shape.empty());
  CHECK(scalar.values == std::vector<double>{7});
  CHECK(
      read(npy_start("{\"shape\":(2L,1L),'fortran_order':False,'descr':'<u1'}") + ramp(2)).shape ==
      std::vector<std::size_t>{2, 1});
  CHECK(read(gzip(npy_header("|u1", "(3,)") + ramp(3))).values == std::vector<double>{0, 1, 2});
}

TEST_CASE("array: larger than every buffer") {
  const TempFolder folder;
  const Bytes payload = ramp(3'000'000, 251);
  const Bytes npy = npy_header("|u1", "(3000, 1000)") + payload;
  const std::vector<double> expected(payload.begin(), payload.end());
  for (const Bytes& file : {npy, gzip(npy), zip({{"a.npy", npy}}), zip({{"a.npy", npy}}, true)}) {
    CHECK(read_array_file(folder.write("f", file)).values == expected);
  }
}

TEST_CASE("array: members of .npz") {
  const TempFolder folder;
  const Bytes a = npy_header("|u1", "(2,)") + Bytes{1, 2};
  const Bytes b = npy_header("|u1", "(1,)") + Bytes{9};
  for (const bool deflate : {false, true}) {
    const std::string one =
        folder.write("one.npz", zip({{"a.npy", a}, {"notes.txt", {}}}, deflate));
    CHECK(read_array_file(one).values == std::vector<double>{1, 2});
    const std::string two = folder.write("two.npz", zip({{"a.npy", a}, {"b.npy", b}}, deflate));
    CHECK(read_array_file(two + ":a").values == std::vector<double>{1, 2});
    CHECK(read_array_file(two + ":b.npy").values == std::vector<double>{9});
    CHECK(error_of(two) ==
          ": expected one array, or the name of one, as in " + two + ":a; it holds a, b");
    CHECK_THROWS_WITH_AS(read_array_file(two + ":c"),
                         (two + ": expected an array \"c\"; it holds a, b").c_str(), DataError);
  }
  CHECK(error_of(folder.write("x.npz", zip({{"readme", {}}})))
            .ends_with("as in " + (folder.path() / "x.npz").string() + ":name; it holds none"));
  CHECK(error_of(folder.write("x.npz", zip({}))).ends_with("it holds none"));
  CHECK(error_of(folder.write("x.npz", zip({{"a.npy", cut(a, a.size() - 1)}}))) ==
        ":a.npy: at byte 129: expected 130 bytes in all (2 after a header of 128), found 129");
  CHECK(error_of(folder.write("x.npz", text_bytes("PK\x03\x04 and so on"))) ==
        ": expected a zip archive, cannot open: Not a zip archive");
  // The central directory is what counts: content that does not fit its checksum is refused.
  Bytes broken = zip({{"a.npy", a}});
  broken[30 + 5 + 129] ^= 1;
  CHECK(error_of(folder.write("x.npz", broken)) ==
        ":a.npy: after byte 130: expected zip data, found a broken stream (CRC error)");
  const std::string plain = folder.write("a.npy", a);
  CHECK_THROWS_WITH_AS(
      read_array_file(plain + ":a"),
      (plain + ": expected an .npz archive, to hold \"a\", found another kind of file").c_str(),
      DataError);
}

TEST_CASE("array: what is not there, and what is no array") {
  const TempFolder folder;
  CHECK(error_of((folder.path() / "absent").string()) == ": no such file");
  CHECK(error_of((folder.path() / "absent.npz:a").string()) == ": no such file");
  CHECK(error_of(folder.path().string()) == ": not a regular file");
  const std::string neither =
      ": at byte 0: expected a NumPy file (.npy, .npz) or an IDX file, found neither";
  CHECK(error_of(folder.write("f", {})) == neither);
  CHECK(error_of(folder.write("f", text_bytes("<html>"))) == neither);
  CHECK(error_of(folder.write("f", {0, 0, 7, 1, 0, 0, 0, 1, 0})) ==
        ": at byte 2: expected a type code of IDX for an array, found 0x07 (no IDX type)");
  CHECK(error_of(folder.write("f", {0, 0, 8, 0, 1})) ==
        ": at byte 3: expected rank 1 or more for an array, found 0");
}

TEST_CASE("array: malformed headers of .npy are refused with one exact message") {
  const TempFolder folder;
  const std::string rest = "'fortran_order': False, 'shape': (1,)}";
  const auto header = [](const std::string& text) { return npy_start(text) + Bytes(8, 0); };
  const std::string types =
      "a type of booleans (b1), integers (i1 to i8, u1 to u8) or reals (f4, f8), such as '<f4' in "
      "the NumPy header, found ";
  const std::pair<Bytes, std::string> table[] = {
      {cut(npy_start(""), 7),
       "at byte 7: expected the 8 bytes of the NumPy magic, found the end of the file after 7"},
      {npy_start("{}", 4),
       "at byte 6: expected version 1.0, 2.0 or 3.0 of the NumPy format, found 4.0"},
      {cut(npy_start("", 2), 10),
       "at byte 10: expected the 4 bytes of the header's length, found the end of the file after "
       "2"},
      {cut(npy_start("{'descr'"), 12),
       "at byte 12: expected the 8 bytes of the header, found the end of the file after 2"},
      {Bytes{0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 255, 255, 255, 255},
       "at byte 8: expected a header of at most 65536 bytes, found 4294967295"},
      {header(""), "at byte 10: expected '{' in the NumPy header, found its end"},
      {header("{}"), "at byte 10: expected a key 'descr', found none"},
      {header("{'descr': '<f4', 'shape': (1,)}"),
       "at byte 10: expected a key 'fortran_order', found none"},
      {header("{'descr': '<f4', 'descr': '<f4'}"),
       "at byte 27: expected the keys 'descr', 'fortran_order' and 'shape', once each in the NumPy "
       "header, found \"'descr': '<f4'}\""},
      {header("{'descr': '<f2', " + rest),
       "at byte 20: expected reals of 4 or 8 bytes (save it as float32) in the NumPy header, found "
       "\"'<f2', 'fortran_order': \""},
      {header("{'descr': '<c8', " + rest),
       "at byte 20: expected " + types + "\"'<c8', 'fortran_order': \""},
      {header("{'descr': '<i3', " + rest),
       "at byte 20: expected " + types + "\"'<i3', 'fortran_order': \""},
      {header("{'descr': '|i2', " + rest),
       "at byte 20: expected " + types + "\"'|i2', 'fortran_order': \""},
      {header("{'descr': '|O', " + rest),
       "at byte 20: expected " + types + "\"'|O', 'fortran_order': F\""},
      {header("{'descr': [('x', '<f4')], " + rest),
       "at byte 20: expected numbers, not records of several fields in the NumPy header, found "
       "\"[('x', '<f4')], 'fortran\""},
      {header("{'descr': '<f4"),
       "at byte 20: expected a text with a closing quote in the NumPy header, found \"'<f4\""},
      {header("{'fortran_order': 1}"),
       "at byte 28: expected True or False in the NumPy header, found \"1}\""},
      {header("{'shape': (3)}"),
       "at byte 22: expected ',' after the only size in the NumPy header, found \")}\""},
      {header("{'shape': (2, 0)}"),
       "at byte 24: expected a size >= 1 in the NumPy header, found \"0)}\""},
      {header("{'shape': (-1,)}"),
       "at byte 21: expected a size >= 1 in the NumPy header, found \"-1,)}\""},
      {header("{'shape': (99999999999999999999,)}"),
       "at byte 21: expected a size >= 1 in the NumPy header, found \"99999999999999999999,)}\""},
      {header("{'descr': '<f4', " + rest + "x"),
       "at byte 65: expected nothing after the dictionary in the NumPy header, found \"x\""},
      {npy_header("<f8", "(1,)") + Bytes(9, 0),
       "at byte 136: expected 136 bytes in all (1 after a header of 128), found 137"},
      {npy_header("<f8", "(1000000, 1000000)") + Bytes(8, 0),
       "at byte 136: expected 8000000000128 bytes in all (1000000 x 1000000 after a header of "
       "128), found 136"},
      {gzip(npy_header("<f8", "(1000000, 1000000)") + Bytes(8, 0)),
       "at byte 136: expected 8000000000128 bytes in all (1000000 x 1000000 after a header of "
       "128), found 136"},
      {npy_header("<f8", "(4294967296, 4294967296)"),
       "at byte 128: expected sizes that fit in memory, found 4294967296 x 4294967296"},
  };
  for (const auto& [bytes, message] : table) {
    CHECK(error_of(folder.write("file.npy", bytes)) == ": " + message);
  }
  std::string deep = "(";
  for (int k = 0; k < 65; ++k) deep += "1,";
  CHECK(error_of(folder.write("f", header("{'shape': " + deep + ")}")))
            .starts_with(": at byte 149: expected at most 64 axes"));
}

TEST_CASE("array: any damage to a valid file is refused or read whole, never worse") {
  const TempFolder folder;
  const Bytes npy = npy_header("<i2", "(2, 3)", "True") + ramp(12);
  const Bytes files[] = {npy, idx_header(0x0C, {2, 3}) + ramp(24), gzip(npy), zip({{"a.npy", npy}}),
                         zip({{"a.npy", npy}}, true)};
  const auto survives = [&](const Bytes& bytes) {
    try {
      const NumberArray array = read_array_file(folder.write("file", bytes));
      std::size_t count = 1;
      for (const std::size_t size : array.shape) count *= size;
      CHECK(array.values.size() == count);
      CHECK(count <= 24);
    } catch (const DataError&) {  // as good
    }
  };
  for (const Bytes& file : files) {
    for (std::size_t size = 0; size < file.size(); ++size) survives(cut(file, size));
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      Bytes bad = file;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      survives(bad);
    }
    for_each_seed(300, [&](std::uint64_t seed) {
      Draw draw(seed);
      Bytes bad = file;
      for (std::size_t k = 0; k < 1 + draw.below(4); ++k) {
        bad[draw.below(bad.size())] = static_cast<std::uint8_t>(draw.bits());
      }
      survives(bad);
    });
  }
}

}  // namespace
}  // namespace neurosim
