#include "sim/io/file_format.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// The number in `text` when it is of this format; 0: it is not.
std::int64_t number_in(const std::string& text, const FileFormat& format) {
  const std::string_view prefix = format.prefix;
  if (!text.starts_with(prefix)) return 0;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data() + prefix.size(), end, number);
  return failure == std::errc{} && rest == end && number > 0 ? number : 0;
}

[[noreturn]] void refuse(const hdf5::Group& own, const std::string& text,
                         const FileFormat& wanted) {
  for (const FileFormat& other : {kResultsFormat, kWeightsFormat}) {
    if (number_in(text, other) == 0) continue;
    throw DataError(
        own.file(),
        fmt::format("is a {} of `{}` ({}), which `{}` shows, not a {} of `{}`", other.noun,
                    other.command, text, other.viewer, wanted.noun, wanted.command));
  }
  own.fail(fmt::format("attribute format: unknown format \"{}\"", text));
}

}  // namespace

void write_format(hdf5::Group& own, const FileFormat& format) {
  own.set_text("format", format.prefix + std::to_string(format.number));
}

hdf5::Group open_own_group(const hdf5::File& file, const FileFormat& wanted) {
  const hdf5::Group root = file.root();
  if (!root.contains(kOwnGroup)) {
    throw DataError(root.file(), fmt::format("not a {}: no group /neurosim", wanted.noun));
  }
  hdf5::Group own = root.group(kOwnGroup);
  const std::string text = own.text("format");
  const std::int64_t number = number_in(text, wanted);
  if (number == 0) refuse(own, text, wanted);
  if (number > wanted.number) {
    own.fail(fmt::format("attribute format: \"{}\" is newer than this program reads ({}{})", text,
                         wanted.prefix, wanted.number));
  }
  if (number < wanted.number) {
    own.fail(
        fmt::format("attribute format: \"{}\" is older than this program reads ({}{}); make the "
                    "file again with this program",
                    text, wanted.prefix, wanted.number));
  }
  return own;
}

FileKind kind_of_file(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path);
  const hdf5::Group root = file.root();
  if (!root.contains(kOwnGroup)) {
    throw DataError(path, "neither a results nor a weights file: no group /neurosim");
  }
  const hdf5::Group own = root.group(kOwnGroup);
  const std::string text = own.text("format");
  if (number_in(text, kResultsFormat) != 0) return FileKind::kResults;
  if (number_in(text, kWeightsFormat) != 0) return FileKind::kWeights;
  own.fail(fmt::format("attribute format: unknown format \"{}\"", text));
}

}  // namespace neurosim
