#include "datasets/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

namespace neurosim {
namespace {

constexpr std::array<std::uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
/// NumPy's own most is 10,000; more is a lie that would only take memory.
constexpr std::size_t kMaxHeader = 65536;
/// As many axes as NumPy 2 has.
constexpr std::size_t kMaxRank = 64;

struct Header {
  ElementType type;
  bool fortran = false;
  std::vector<std::size_t> shape;
};

/// Reads the dictionary: literals of Python, as far as NumPy writes them here.
class HeaderParser {
 public:
  HeaderParser(const ByteStream& file, std::string_view text, std::size_t offset)
      : file_(file), text_(text), offset_(offset) {}

  Header parse() {
    expect('{');
    while (!take('}')) {
      read_entry();
      if (take(',')) continue;
      expect('}');
      break;
    }
    skip_space();
    if (at_ != text_.size()) fail("nothing after the dictionary");
    for (const auto& [key, seen] : {std::pair<const char*, bool>{"descr", type_.has_value()},
                                    {"fortran_order", fortran_.has_value()},
                                    {"shape", shape_.has_value()}}) {
      if (!seen) file_.fail(offset_, fmt::format("expected a key '{}', found none", key));
    }
    return {*type_, *fortran_, *shape_};
  }

 private:
  void read_entry() {
    skip_space();
    const std::size_t begin = at_;
    const std::string_view key = text();
    expect(':');
    if (key == "descr" && !type_) {
      type_ = element_type();
    } else if (key == "fortran_order" && !fortran_) {
      fortran_ = boolean();
    } else if (key == "shape" && !shape_) {
      shape_ = sizes();
    } else {
      at_ = begin;
      fail("the keys 'descr', 'fortran_order' and 'shape', once each");
    }
  }

  ElementType element_type() {
    skip_space();
    const std::size_t begin = at_;
    if (peek() == '[') fail("numbers, not records of several fields");
    const std::string_view code = text();
    constexpr std::string_view kWanted =
        "a type of booleans (b1), integers (i1 to i8, u1 to u8) or reals (f4, f8), such as '<f4'";
    const auto refuse = [&](std::string_view wanted) {
      at_ = begin;
      fail(wanted);
    };
    if (code.size() != 3) refuse(kWanted);
    const std::string_view letter = code.substr(1, 1);
    const auto size = static_cast<std::size_t>(code[2] - '0');
    if (letter == "f" && size == 2) refuse("reals of 4 or 8 bytes (save it as float32)");
    const bool known = letter == "b"   ? size == 1
                       : letter == "f" ? size == 4 || size == 8
                                       : size == 1 || size == 2 || size == 4 || size == 8;
    const std::string_view orders = size == 1 ? "|<>" : "<>";
    if (!known || std::string_view("biuf").find(letter) == letter.npos ||
        orders.find(code[0]) == orders.npos) {
      refuse(kWanted);
    }
    using Kind = ElementType::Kind;
    const Kind kind = letter == "b"   ? Kind::kBoolean
                      : letter == "i" ? Kind::kSigned
                      : letter == "u" ? Kind::kUnsigned
                                      : Kind::kReal;
    return {kind, size, code[0] == '>'};
  }

  bool boolean() {
    skip_space();
    for (const auto& [word, value] :
         {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("True or False");
  }

  std::vector<std::size_t> sizes() {
    std::vector<std::size_t> shape;
    expect('(');
    while (!take(')')) {
      if (shape.size() == kMaxRank) fail(fmt::format("at most {} axes", kMaxRank));
      shape.push_back(size());
      if (take(',')) continue;
      // In Python, (3) is a number and (3,) a tuple.
      if (shape.size() == 1) fail("',' after the only size");
      expect(')');
      break;
    }
    return shape;
  }

  std::size_t size() {
    skip_space();
    std::size_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value == 0) fail("a size >= 1");
    at_ += static_cast<std::size_t>(end - begin);
    if (peek() == 'L') ++at_;  // Python 2 marked long integers
    return value;
  }

  /// A string without escapes.
  std::string_view text() {
    skip_space();
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a text in quotes");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) fail("a text with a closing quote");
    const std::string_view found = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return found;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }

  bool take(char wanted) {
    skip_space();
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail(fmt::format("'{}'", wanted));
  }

  [[noreturn]] void fail(std::string_view wanted) const {
    const std::string_view rest = text_.substr(at_, text_.find_first_of("\n", at_) - at_);
    std::string found(rest.substr(0, 24));
    std::ranges::replace_if(
        found, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    file_.fail(offset_ + at_, fmt::format("expected {} in the NumPy header, found {}", wanted,
                                          found.empty() ? "its end" : "\"" + found + "\""));
  }

  const ByteStream& file_;
  std::string_view text_;
  std::size_t offset_;  ///< of the text in the file
  std::size_t at_ = 0;
  std::optional<ElementType> type_;
  std::optional<bool> fortran_;
  std::optional<std::vector<std::size_t>> shape_;
};

void read_exactly(ByteStream& file, std::span<std::uint8_t> out, std::string_view what) {
  const std::size_t at = file.offset();
  const std::size_t got = file.read(out);
  if (got == out.size()) return;
  file.fail(at + got, fmt::format("expected the {} bytes of {}, found the end of the file after {}",
                                  out.size(), what, got));
}

Header read_header(ByteStream& file) {
  std::array<std::uint8_t, 8> magic = {};
  read_exactly(file, magic, "the NumPy magic");
  if (!std::equal(kMagic.begin(), kMagic.end(), magic.begin())) {
    file.fail(0, "expected a NumPy file, which begins 93 4e 55 4d 50 59 (\"?NUMPY\")");
  }
  if (magic[6] < 1 || magic[6] > 3 || magic[7] != 0) {
    file.fail(6, fmt::format("expected version 1.0, 2.0 or 3.0 of the NumPy format, found {}.{}",
                             magic[6], magic[7]));
  }
  const std::size_t at = file.offset();
  std::array<std::uint8_t, 4> length = {};
  read_exactly(file, std::span(length).first(magic[6] == 1 ? 2 : 4), "the header's length");
  const std::size_t size = length[0] | std::size_t{length[1]} << 8 | std::size_t{length[2]} << 16 |
                           std::size_t{length[3]} << 24;
  if (size > kMaxHeader) {
    file.fail(at, fmt::format("expected a header of at most {} bytes, found {}", kMaxHeader, size));
  }
  std::vector<std::uint8_t> bytes(size);
  const std::size_t begin = file.offset();
  read_exactly(file, bytes, "the header");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return HeaderParser(file, text, begin).parse();
}

std::size_t payload_size(const ByteStream& file, const Header& header) {
  // Half the range leaves room for adding the header.
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2;
  std::size_t bytes = header.type.size;
  for (const std::size_t size : header.shape) {
    if (bytes > kMost / size) {
      file.fail(file.offset(), fmt::format("expected sizes that fit in memory, found {}",
                                           shape_text(header.shape)));
    }
    bytes *= size;
  }
  return bytes;
}

/// From the first axis running fastest to the last one.
std::vector<std::uint8_t> row_major(const std::vector<std::uint8_t>& bytes,
                                    const std::vector<std::size_t>& shape, std::size_t width) {
  std::vector<std::size_t> stride(shape.size());
  std::size_t step = width;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    stride[axis] = step;
    step *= shape[axis];
  }
  std::vector<std::uint8_t> out(bytes.size());
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < out.size(); to += width) {
    std::copy_n(bytes.data() + from, width, out.data() + to);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

}  // namespace

RawArray read_npy(ByteStream& file) {
  const Header header = read_header(file);
  RawArray array{file.name(), header.type, header.shape, {}};
  array.bytes = file.read_rest(payload_size(file, header), shape_text(header.shape));
  if (header.fortran && header.shape.size() > 1) {
    array.bytes = row_major(array.bytes, header.shape, header.type.size);
  }
  return array;
}

}  // namespace neurosim
