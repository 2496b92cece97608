#include "datasets/download.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "datasets/checksum.hpp"
#include "sim/core/error.hpp"
#include "support/file_size_limit.hpp"
#include "support/flaky_server.hpp"
#include "temp_folder.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::operator+;

constexpr std::size_t kSize = 200'000;

/// A server with one file, whose catalogue entry is known, and a folder to bring it to.
class Place {
 public:
  Place() : contents_(Bytes{0x1f, 0x8b} + test::ramp(kSize - 2, 251)) {
    served_.write("a.gz", contents_);
    const std::string path = (served_.path() / "a.gz").string();
    file_ = {.name = "a.gz",
             .size = kSize,
             .md5 = file_checksum(path, ChecksumKind::kMd5),
             .sha256 = file_checksum(path, ChecksumKind::kSha256)};
    setenv("no_proxy", "*", 1);
    options_.first_pause = std::chrono::milliseconds(1);
    options_.note = [this](const std::string& text) { notes_ += text + "\n"; };
  }

  KnownFile& file() { return file_; }
  DownloadOptions& options() { return options_; }
  const std::string& notes() const { return notes_; }
  const Bytes& contents() const { return contents_; }
  std::vector<test::ServedRequest> requests() const { return server_.requests(); }
  std::string url(const std::string& behaviour) const { return server_.url(behaviour + "/a.gz"); }

  fs::path target() const { return here_.path() / "set" / "a.gz"; }
  fs::path partial() const { return here_.path() / "set" / "a.gz.partial"; }
  void leave_partial(const Bytes& bytes) const { here_.write("set/a.gz.partial", bytes); }

  DownloadEnd download(const std::vector<std::string>& behaviours) {
    file_.urls.clear();
    for (const std::string& behaviour : behaviours) file_.urls.push_back(url(behaviour));
    return download_file(file_, here_.path() / "set", options_);
  }

  /// The message of the DataError that it must throw; nothing may then bear the final name.
  std::string failure(const std::vector<std::string>& behaviours) {
    try {
      download(behaviours);
    } catch (const DataError& error) {
      CHECK_FALSE(fs::exists(target()));
      return error.what();
    }
    FAIL("nothing was thrown");
    return {};
  }

  bool is_whole() const { return read(target()) == contents_ && !fs::exists(partial()); }
  static Bytes read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  test::TempFolder served_, here_;
  Bytes contents_;
  KnownFile file_;
  DownloadOptions options_;
  std::string notes_;
  test::FlakyServer server_{served_.path().string(), (here_.path() / "log").string()};
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Bytes first(const Bytes& bytes, std::size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

TEST_CASE("a file is downloaded with one request and checked") {
  Place place;
  std::uint64_t last = 0;
  place.options().progress = [&](const DownloadProgress& progress) {
    CHECK(progress.file == "a.gz");
    CHECK(progress.done > last);
    CHECK(progress.total == kSize);
    last = progress.done;
  };
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  CHECK(last == kSize);
  CHECK(place.notes().empty());
  REQUIRE(place.requests().size() == 1);
  CHECK(place.requests()[0].bytes == kSize);
}

TEST_CASE("a connection that breaks is taken up where it broke") {
  Place place;
  CHECK(place.download({"drop-once"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  const auto requests = place.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].status == 200);
  CHECK(requests[0].bytes == kSize / 2);
  CHECK(requests[1].status == 206);
  CHECK(requests[1].first == kSize / 2);
  CHECK(requests[1].bytes == kSize / 2);
  CHECK(contains(place.notes(), "trying again from byte 100000"));
}

TEST_CASE("a server that ends early without having announced a length is asked again") {
  Place place;
  CHECK(place.download({"short-once"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  CHECK(place.requests()[1].first == kSize / 2);
}

TEST_CASE("a server that ignores ranges is heard from the start") {
  Place place;
  CHECK(place.download({"no-range-drop-once"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  REQUIRE(place.requests().size() == 2);
  CHECK(place.requests()[1].status == 200);
  CHECK(place.requests()[1].bytes == kSize);
}

TEST_CASE("a server that always drops is given up, and what came is kept for the next call") {
  Place place;
  place.options().attempts = 3;
  const std::string message = place.failure({"always-drops"});
  CHECK(contains(message, "(3 attempts)"));
  CHECK(contains(message, "bytes are kept"));
  CHECK(place.requests().size() == 3);
  const std::size_t kept = fs::file_size(place.partial());
  CHECK(kept == kSize / 2 + kSize / 4 + kSize / 8);
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  CHECK(place.requests().back().first == kept);
}

TEST_CASE("the mirrors are tried in order, and each failure has its reason") {
  Place place;
  CHECK(place.download({"404", "500", "html", "wrong", "clean"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
  for (const char* reason :
       {"404/a.gz: the server answers 404", "500/a.gz: the server answers 500",
        "html/a.gz: expected a gzip file, found an HTML page that begins \"<!DOCTYPE html>\"",
        "wrong/a.gz: expected md5 "}) {
    CAPTURE(reason);
    CHECK(contains(place.notes(), reason));
  }
  CHECK(place.requests().size() == 5);
}

TEST_CASE("what is not the file gets no name and is not kept") {
  Place place;
  for (const auto& [behaviour, reason] : std::initializer_list<std::pair<const char*, const char*>>{
           {"404", "answers 404"},
           {"500", "answers 500"},
           {"html", "an HTML page"},
           {"wrong", "expected md5"},
           {"more", "sends more"},
           {"announces-more", "announces 201000"},
           {"to-file", "rotocol"}}) {
    CAPTURE(behaviour);
    const std::string message = place.failure({behaviour});
    CAPTURE(message);
    CHECK(contains(message, reason));
    CHECK_FALSE(fs::exists(place.partial()));
  }
}

TEST_CASE("a page is named as one where the size is not known") {
  Place place;
  place.file().size = 0;
  CHECK(contains(place.failure({"html"}), "an HTML page"));
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
}

TEST_CASE("redirections are followed, but to no file") {
  Place place;
  CHECK(place.download({"to-clean"}) == DownloadEnd::kDone);
  CHECK(place.is_whole());
}

TEST_CASE("only http and https are spoken") {
  Place place;
  place.file().urls = {"file:///etc/hostname", "ftp://127.0.0.1/a.gz", "a.gz"};
  CHECK_THROWS_AS(download_file(place.file(), place.target().parent_path(), place.options()),
                  DataError);
  CHECK_FALSE(fs::exists(place.target()));
  CHECK_FALSE(fs::exists(place.partial()));
}

TEST_CASE("what an earlier call left is completed, whatever it was") {
  Place place;
  SUBCASE("a part") {
    place.leave_partial(first(place.contents(), 150'000));
    place.download({"clean"});
    CHECK(place.requests()[0].bytes == 50'000);
  }
  SUBCASE("everything") {
    place.leave_partial(place.contents());
    place.download({"clean"});
    CHECK(place.requests().empty());
  }
  SUBCASE("everything, of a file whose size is not known: the server answers 416") {
    place.file().size = 0;
    place.leave_partial(place.contents());
    place.download({"clean"});
    REQUIRE(place.requests().size() == 1);
    CHECK(place.requests()[0].status == 416);
  }
  SUBCASE("more than there is of a file whose size is not known") {
    place.file().size = 0;
    place.leave_partial(place.contents() + Bytes{1, 2, 3});
    place.download({"clean"});
    REQUIRE(place.requests().size() == 2);
    CHECK(place.requests()[1].bytes == kSize);
  }
  SUBCASE("another version: its checksum is wrong, so it is fetched from the start") {
    place.leave_partial(Bytes{0x1f, 0x8b} + Bytes(1000, 7));
    place.download({"clean"});
    REQUIRE(place.requests().size() == 2);
    CHECK(place.requests()[0].first == 1002);
    CHECK(place.requests()[1].bytes == kSize);
  }
  SUBCASE("a page") {
    place.leave_partial(test::text_bytes("<html>"));
    place.download({"clean"});
    CHECK(place.requests()[0].bytes == kSize);
  }
  CHECK(place.is_whole());
}

TEST_CASE("a page of one mirror does not cost what another one has sent") {
  Place place;
  place.leave_partial(first(place.contents(), 150'000));
  CHECK(place.download({"html", "clean"}) == DownloadEnd::kDone);
  CHECK(place.requests().back().bytes == 50'000);
  CHECK(place.is_whole());
}

TEST_CASE("on a full disk the error says so, and the next call goes on") {
  Place place;
  {
    const test::FileSizeLimit full(120'000);
    const std::string message = place.failure({"clean", "clean"});
    CAPTURE(message);
    CHECK(contains(message, "cannot be written: File too large"));
    CHECK(contains(message, "120000 bytes"));
  }
  CHECK(place.requests().size() == 1);  // another mirror would not help
  CHECK(fs::file_size(place.partial()) == 120'000);
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
  CHECK(place.requests().back().first == 120'000);
  CHECK(place.is_whole());
}

TEST_CASE("an interruption ends a download that stands still") {
  Place place;
  std::atomic<bool> interrupt = false;
  place.options().interrupt = &interrupt;
  place.options().progress = [&](const DownloadProgress& progress) {
    if (progress.done == kSize / 2) interrupt = true;
  };
  CHECK(place.download({"stalls"}) == DownloadEnd::kInterrupted);
  CHECK_FALSE(fs::exists(place.target()));
  CHECK(fs::file_size(place.partial()) == kSize / 2);
  interrupt = false;
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
  CHECK(place.requests().back().first == kSize / 2);
  CHECK(place.is_whole());
}

TEST_CASE("two downloads of one file do not mix") {
  Place place;
  place.leave_partial(first(place.contents(), 10));
  const int other = ::open(place.partial().c_str(), O_RDONLY);
  REQUIRE(::flock(other, LOCK_EX | LOCK_NB) == 0);
  CHECK(contains(place.failure({"clean"}), "is being downloaded by another process"));
  CHECK(place.requests().empty());
  CHECK(fs::file_size(place.partial()) == 10);
  ::close(other);
  CHECK(place.download({"clean"}) == DownloadEnd::kDone);
}

TEST_CASE("a link under the name of the partial file is not followed") {
  Place place;
  fs::create_directories(place.target().parent_path());
  const fs::path victim = place.target().parent_path() / "victim";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, place.partial());
  place.failure({"clean"});
  CHECK(Place::read(victim) == test::text_bytes("precious"));
}

TEST_CASE("a failed download leaves the file that is there") {
  Place place;
  place.download({"clean"});
  CHECK_THROWS_AS(place.download({"wrong"}), DataError);
  CHECK(place.is_whole());
}

}  // namespace neurosim
