#include "datasets/array_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "datasets/byte_stream.hpp"
#include "datasets/idx.hpp"
#include "datasets/npy.hpp"
#include "datasets/raw_array.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMemberEnding = ".npy";

ElementType element_type(IdxType type) {
  using Kind = ElementType::Kind;
  switch (type) {
    case IdxType::kU8:
      return {Kind::kUnsigned, 1, true};
    case IdxType::kI8:
      return {Kind::kSigned, 1, true};
    case IdxType::kI16:
      return {Kind::kSigned, 2, true};
    case IdxType::kI32:
      return {Kind::kSigned, 4, true};
    case IdxType::kF32:
      return {Kind::kReal, 4, true};
    case IdxType::kF64:
      break;
  }
  return {Kind::kReal, 8, true};
}

RawArray read_idx_array(const std::string& path) {
  IdxArray array = read_idx(path, {.type = {}, .rank = {}, .content = "an array"});
  return {path, element_type(array.type), std::move(array.shape), std::move(array.bytes)};
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t k = 0; k < std::min(kMost, names.size()); ++k) {
    text += fmt::format("{}{}", k == 0 ? "" : ", ", names[k]);
  }
  return names.size() > kMost ? text + ", ..." : text;
}

/// `wanted`: name of an array, with or without .npy; empty: the only one.
RawArray read_npz(const std::string& path, const std::string& wanted) {
  std::vector<std::string> arrays;
  for (const std::string& member : zip_members(path)) {
    if (member.ends_with(kMemberEnding)) {
      arrays.push_back(member.substr(0, member.size() - kMemberEnding.size()));
    }
  }
  const std::string known = arrays.empty() ? "none" : list_of(arrays);
  std::string name = wanted;
  if (wanted.empty()) {
    if (arrays.size() != 1) {
      throw DataError(path, fmt::format("expected one array, or the name of one, as in {}:{}; it "
                                        "holds {}",
                                        path, arrays.empty() ? "name" : arrays[0], known));
    }
    name = arrays[0];
  } else if (wanted.ends_with(kMemberEnding)) {
    name.resize(name.size() - kMemberEnding.size());
  }
  if (std::ranges::find(arrays, name) == arrays.end()) {
    throw DataError(path, fmt::format("expected an array \"{}\"; it holds {}", name, known));
  }
  return read_npy(*open_zip_member(path, name + std::string(kMemberEnding)));
}

RawArray read_whole(const std::string& path, const std::string& member) {
  std::array<std::uint8_t, 6> start = {};
  const auto stream = open_gzip(path);
  const std::size_t got = stream->read(start);
  const std::string_view text(reinterpret_cast<const char*>(start.data()), got);
  if (text.starts_with("PK")) return read_npz(path, member);
  if (!member.empty()) {
    throw DataError(path, fmt::format("expected an .npz archive, to hold \"{}\", found another "
                                      "kind of file",
                                      member));
  }
  if (text == "\x93NUMPY") return read_npy(*open_gzip(path));
  if (text.starts_with(std::string_view("\0\0", 2))) return read_idx_array(path);
  stream->fail(0, "expected a NumPy file (.npy, .npz) or an IDX file, found neither");
}

}  // namespace

RawArray read_raw_array(const std::string& path) {
  std::error_code error;
  // Opened twice, which a pipe would not bear.
  if (fs::is_regular_file(path, error)) return read_whole(path, "");
  const std::size_t colon = path.rfind(':');
  if (colon != path.npos && !fs::exists(path, error)) {
    const std::string file = path.substr(0, colon);
    const std::string member = path.substr(colon + 1);
    if (!member.empty() && fs::is_regular_file(file, error)) return read_whole(file, member);
  }
  throw DataError(path, fs::exists(path, error) ? "not a regular file" : "no such file");
}

NumberArray read_array_file(const std::string& path) {
  const RawArray raw = read_raw_array(path);
  NumberArray array;
  array.shape = raw.shape;
  array.integers = raw.type.kind != ElementType::Kind::kReal;
  array.values.reserve(raw.count());
  for (std::size_t k = 0; k < raw.count(); ++k) array.values.push_back(raw.value(k));
  return array;
}

}  // namespace neurosim
