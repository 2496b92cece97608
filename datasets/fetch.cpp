#include "datasets/fetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "datasets/checksum.hpp"
#include "datasets/dataset.hpp"
#include "datasets/search_path.hpp"
#include "datasets/unzip.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGzip = ".gz";
constexpr std::size_t kMd5Length = 32;

/// A place that cannot be looked into holds no file for us.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The name without `.gz`; empty for other files.
std::string plain_name(const KnownFile& file) {
  if (!file.name.ends_with(kGzip)) return {};
  return file.name.substr(0, file.name.size() - kGzip.size());
}

/// Without hidden files, which are not the publisher's.
std::uint64_t count_files(const fs::path& folder) {
  std::uint64_t count = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    if (!hidden && at->is_regular_file(error)) ++count;
  }
  if (error) throw DataError(folder.string(), "cannot be read: " + error.message());
  return count;
}

/// The list of checksums that unpack_zip() has left.
fs::path list_of(const KnownFile& file, const fs::path& folder) {
  return folder / (file.unpacked + ".md5");
}

std::uint64_t count_lines(const fs::path& path) {
  std::ifstream file(path);
  std::uint64_t count = 0;
  for (std::string line; std::getline(file, line);) ++count;
  return count;
}

/// Compares files with their list of checksums, which was written as they were unpacked.
CheckedFile check_list(const fs::path& list, const fs::path& folder, CheckedFile result) {
  std::ifstream lines(list);
  std::uint64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (line.size() <= kMd5Length + 2) {
      throw DataError(list.string(), fmt::format("line {}: expected a checksum, two spaces and a "
                                                 "name, found \"{:.40}\"",
                                                 count + 1, line));
    }
    const std::string name = line.substr(kMd5Length + 2);
    const fs::path path = folder / name;
    result.state = FileState::kWrong;
    if (!is_there(path)) {
      result.detail = fmt::format("{} is missing", name);
      return result;
    }
    const std::string found = file_checksum(path.string(), ChecksumKind::kMd5);
    if (found != line.substr(0, kMd5Length)) {
      result.detail =
          fmt::format("{}: expected md5 {}, found {}", name, line.substr(0, kMd5Length), found);
      return result;
    }
  }
  result.state = FileState::kVerified;
  result.detail = fmt::format("{} files", count);
  return result;
}

CheckedFile check_unpacked(const KnownFile& file, const fs::path& folder) {
  CheckedFile result{.path = folder / file.unpacked, .state = FileState::kWrong, .detail = {}};
  const std::uint64_t count = count_files(result.path);
  const fs::path list = list_of(file, folder);
  const bool listed = is_there(list);
  const std::uint64_t expected = listed ? count_lines(list) : file.unpacked_files;
  if (count != expected) {
    result.detail = fmt::format("expected {} files, found {}", expected, count);
    return result;
  }
  if (listed) return check_list(list, folder, result);
  result.state = FileState::kUnchecked;
  result.detail = fmt::format("{} files; {} is not there to compare them with", count,
                              list.filename().string());
  return result;
}

CheckedFile check_plain(const KnownFile& file, const fs::path& path) {
  CheckedFile result{.path = path, .state = FileState::kUnchecked, .detail = {}};
  if (file.plain_md5.empty()) return result;
  const std::string found = file_checksum(path.string(), ChecksumKind::kMd5);
  result.state = found == file.plain_md5 ? FileState::kVerified : FileState::kWrong;
  if (result.state == FileState::kWrong) {
    result.detail = fmt::format("expected md5 {}, found {}", file.plain_md5, found);
  }
  return result;
}

/// What a file may lie there as, as the readers look for it: plain before packed.
std::vector<std::string> names_of(const KnownFile& file) {
  std::vector<std::string> names;
  if (!file.unpacked.empty()) names.push_back(file.unpacked);
  if (const std::string plain = plain_name(file); !plain.empty()) names.push_back(plain);
  names.push_back(file.name);
  return names;
}

bool lies_in(const fs::path& folder, const KnownFile& file) {
  return std::ranges::any_of(names_of(file),
                             [&](const std::string& name) { return is_there(folder / name); });
}

KnownFile with_source(KnownFile file, std::string from) {
  if (from.empty()) return file;
  if (!from.ends_with('/')) from += '/';
  file.urls = {from + file.name};
  return file;
}

}  // namespace

CheckedFile check_known_file(const KnownFile& file, const fs::path& folder) {
  if (!file.unpacked.empty() && is_there(folder / file.unpacked)) {
    return check_unpacked(file, folder);
  }
  const std::string plain = plain_name(file);
  if (!plain.empty() && is_there(folder / plain)) return check_plain(file, folder / plain);
  CheckedFile result{.path = folder / file.name, .state = FileState::kMissing, .detail = {}};
  if (!is_there(result.path)) return result;
  const auto wrong = mismatch(file, result.path);
  result.state = wrong                                     ? FileState::kWrong
                 : file.md5.empty() && file.sha256.empty() ? FileState::kUnchecked
                                                           : FileState::kVerified;
  result.detail = wrong.value_or(file.unpacked.empty() ? "" : "not unpacked yet");
  return result;
}

bool is_complete(const KnownDataset& dataset, const fs::path& folder) {
  return std::ranges::all_of(dataset.files, [&](const KnownFile& file) {
    if (file.unpacked.empty() || !is_there(folder / file.unpacked)) return lies_in(folder, file);
    return is_there(list_of(file, folder)) ||
           count_files(folder / file.unpacked) == file.unpacked_files;
  });
}

fs::path find_dataset_folder(const KnownDataset& dataset, const std::string& data_dir) {
  std::vector<std::string_view> names;
  for (const KnownDataset& known : known_datasets()) names.push_back(known.name);
  for (const fs::path& place : search_places(data_dir, dataset.name, names)) {
    const auto is_here = [&](const KnownFile& file) { return lies_in(place, file); };
    if (std::ranges::any_of(dataset.files, is_here)) return place;
  }
  return {};
}

FetchEnd fetch_known_file(const KnownFile& file, const fs::path& folder,
                          const FetchOptions& options) {
  const fs::path archive = folder / file.name;
  if (!options.force) {
    const CheckedFile there = check_known_file(file, folder);
    const bool packed = !file.unpacked.empty() && there.path == archive;
    if (there.state == FileState::kWrong) {
      throw DataError(there.path.string(),
                      there.detail + "; add --force to replace it, or choose another folder");
    }
    if (there.state != FileState::kMissing && !packed) return FetchEnd::kAlreadyThere;
  }
  // An archive that an interrupted call left whole is not fetched again.
  const bool have_archive =
      !file.unpacked.empty() && is_there(archive) && !mismatch(file, archive).has_value();
  if (!have_archive && download_file(with_source(file, options.from), folder, options.download) ==
                           DownloadEnd::kInterrupted) {
    return FetchEnd::kInterrupted;
  }
  if (file.unpacked.empty()) {
    // A wrong plain file, which --force was to replace, would be read before the new one.
    const std::string plain = plain_name(file);
    std::error_code ignored;
    if (options.force && !plain.empty()) fs::remove(folder / plain, ignored);
    return FetchEnd::kFetched;
  }
  if (unpack_zip(archive, folder, file.unpacked, options.download.interrupt) ==
      UnpackEnd::kInterrupted) {
    return FetchEnd::kInterrupted;
  }
  std::error_code ignored;  // superfluous, not harmful
  fs::remove(archive, ignored);
  return FetchEnd::kFetched;
}

}  // namespace neurosim
