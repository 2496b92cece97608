#include "datasets/download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include "datasets/checksum.hpp"
#include "datasets/http_get.hpp"
#include "datasets/partial_download.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

/// Of a file whose size nobody has told us.
constexpr std::uint64_t kMostBytes = 8'000'000'000;
/// An attempt that brought so much was a good one, even though the connection broke.
constexpr std::uint64_t kGoodAttempt = std::uint64_t{1} << 20;
constexpr long kRangeNotSatisfiable = 416;

/// This mirror does not have the file; another one may.
class MirrorFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string_view magic_of(std::string_view name) {
  if (name.ends_with(".gz")) return "\x1f\x8b";
  if (name.ends_with(".zip")) return "PK";
  return {};
}

/// What stands in place of the file; a page of an error or of a login is the usual case.
std::string description(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "nothing";
  head.remove_prefix(first);
  const auto end = std::find_if(head.begin(), head.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code >= 0x7F;
  });
  const auto length = std::min<std::size_t>(24, static_cast<std::size_t>(end - head.begin()));
  if (length == 0) return "other bytes";
  return fmt::format("{} that begins \"{}\"", head.front() == '<' ? "an HTML page" : "data",
                     head.substr(0, length));
}

/// `head` may be shorter than the magic: then only what is there is judged.
std::optional<std::string> wrong_magic(const KnownFile& file, std::string_view head) {
  const std::string_view magic = magic_of(file.name);
  const std::size_t length = std::min(magic.size(), head.size());
  if (head.substr(0, length) == magic.substr(0, length)) return std::nullopt;
  return fmt::format("expected a {} file, found {}", file.name.ends_with(".gz") ? "gzip" : "zip",
                     description(head));
}

std::string read_head(const fs::path& path) {
  std::string head(64, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  return head;
}

std::optional<std::string> wrong_checksum(const KnownFile& file, const fs::path& path) {
  const auto differs = [&](ChecksumKind kind, std::string_view name,
                           const std::string& expected) -> std::optional<std::string> {
    if (expected.empty()) return std::nullopt;
    const std::string found = file_checksum(path.string(), kind);
    if (found == expected) return std::nullopt;
    return fmt::format("expected {} {}, found {}", name, expected, found);
  };
  if (auto wrong = differs(ChecksumKind::kMd5, "md5", file.md5)) return wrong;
  return differs(ChecksumKind::kSha256, "sha256", file.sha256);
}

class Download {
 public:
  Download(const KnownFile& file, const fs::path& folder, const DownloadOptions& options)
      : file_(file), options_(options), path_(folder / file.name), partial_(path_) {
    if (too_long(partial_.size()) || wrong_magic(file_, partial_.head())) partial_.clear();
  }

  DownloadEnd run() {
    std::string reasons;
    for (const std::string& url : file_.urls) {
      try {
        if (!complete_from(url)) return DownloadEnd::kInterrupted;
        partial_.keep();
        return DownloadEnd::kDone;
      } catch (const MirrorFailure& failure) {
        if (&url != &file_.urls.back()) note(fmt::format("{}: {}", url, failure.what()));
        reasons += fmt::format("\n  {}: {}", url, failure.what());
      }
    }
    if (partial_.size() > 0) {
      reasons +=
          fmt::format("\n{} bytes are kept; the next attempt goes on from there", partial_.size());
    }
    throw DataError(path_.string(), "cannot be downloaded:" + reasons);
  }

 private:
  bool interrupted() const { return options_.interrupt != nullptr && *options_.interrupt; }
  void note(const std::string& text) const {
    if (options_.note) options_.note(text);
  }
  std::uint64_t limit() const { return file_.size > 0 ? file_.size : kMostBytes; }
  bool too_long(std::uint64_t size) const { return size > limit(); }

  /// Fills the partial file from one mirror; false: interrupted.
  bool complete_from(const std::string& url) {
    // Bytes of an earlier call or mirror may be those of another version.
    inherited_ = partial_.size() > 0;
    for (int failed = 0; !interrupted();) {
      if (file_.size == 0 || partial_.size() < file_.size) {
        const std::uint64_t before = partial_.size();
        const HttpAnswer answer = get(url);
        if (answer.end == HttpEnd::kGaveUp) return false;
        if (!judge(answer, before)) {
          if (partial_.size() >= before + kGoodAttempt) failed = 0;
          if (++failed >= options_.attempts) {
            throw MirrorFailure(fmt::format("{} ({} attempts)", problem_, failed));
          }
          note(fmt::format("{}: {}; trying again from byte {}", url, problem_, partial_.size()));
          pause(failed);
          continue;
        }
      }
      if (const auto wrong = mismatch(file_, partial_.path())) {
        partial_.clear();
        if (!inherited_) throw MirrorFailure(*wrong);
        inherited_ = false;
        note(fmt::format("{}: {}; trying again from the start", url, *wrong));
        continue;
      }
      return true;
    }
    return false;
  }

  /// Whether the contents have come; false: try again.
  bool judge(const HttpAnswer& answer, std::uint64_t before) {
    problem_ = answer.problem;
    if (answer.status == kRangeNotSatisfiable && before > 0) {
      if (answer.total == before) return true;  // everything was there already
      partial_.clear();
      return false;
    }
    if (answer.end == HttpEnd::kDropped) return false;
    if (answer.end != HttpEnd::kComplete) throw MirrorFailure(answer.problem);
    // A server that does not announce a length can end early without a sign.
    if (partial_.size() >= file_.size) return true;
    problem_ = fmt::format("the server ends after {} of {} bytes", partial_.size(), file_.size);
    return false;
  }

  HttpAnswer get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.offset = partial_.size();
    request.start = [&](const HttpStart& start) {
      total_ = start.total;
      restart_ = start.first == 0 && request.offset > 0;  // it does not know ranges
      if (start.first != request.offset && !restart_) {
        throw MirrorFailure("the server sends another part than was asked for");
      }
    };
    request.data = [&](std::span<const std::byte> bytes) { take(bytes); };
    request.poll = [&] { return !interrupted(); };
    return http_get(request);
  }

  void take(std::span<const std::byte> bytes) {
    // What came before is given up only for something that looks like the file.
    const bool fresh = restart_ || partial_.size() == 0;
    if (fresh) {
      const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      if (const auto wrong = wrong_magic(file_, head)) throw MirrorFailure(*wrong);
    }
    // After the look at the first bytes: of a page, that is the better explanation.
    if (file_.size > 0 && total_ && *total_ != file_.size) {
      throw MirrorFailure(
          fmt::format("expected {} bytes, the server announces {}", file_.size, *total_));
    }
    if (restart_) {
      partial_.clear();
      restart_ = inherited_ = false;
    }
    if (bytes.size() > limit() - partial_.size()) {
      partial_.clear();
      throw MirrorFailure(fmt::format("expected at most {} bytes, the server sends more", limit()));
    }
    partial_.append(bytes);
    report();
  }

  void report() const {
    if (!options_.progress) return;
    const std::uint64_t total = file_.size > 0 ? file_.size : total_.value_or(0);
    options_.progress({file_.name, partial_.size(), total});
  }

  void pause(int failed) const {
    using std::chrono::steady_clock;
    constexpr std::chrono::milliseconds kSlice{20};  // to hear of an interruption
    const auto end = steady_clock::now() + options_.first_pause * (1 << std::min(failed - 1, 10));
    while (steady_clock::now() < end && !interrupted()) std::this_thread::sleep_for(kSlice);
  }

  const KnownFile& file_;
  const DownloadOptions& options_;
  fs::path path_;
  PartialDownload partial_;
  bool inherited_ = false;              ///< some bytes are of an earlier call or mirror
  bool restart_ = false;                ///< the next bytes are the first ones of the file
  std::optional<std::uint64_t> total_;  ///< as the server announces it
  std::string problem_;
};

}  // namespace

DownloadEnd download_file(const KnownFile& file, const fs::path& folder,
                          const DownloadOptions& options) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw DataError(folder.string(), "cannot be made: " + error.message());
  return Download(file, folder, options).run();
}

std::optional<std::string> mismatch(const KnownFile& file, const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) throw DataError(path.string(), "cannot be read: " + error.message());
  const std::string head = read_head(path);
  if (head.size() < magic_of(file.name).size()) return "the file is empty or cut off";
  if (auto wrong = wrong_magic(file, head)) return wrong;
  if (file.size > 0 && size != file.size) {
    return fmt::format("expected {} bytes, found {}", file.size, size);
  }
  return wrong_checksum(file, path);
}

}  // namespace neurosim
