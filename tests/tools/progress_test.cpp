#include "tools/progress.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace neurosim {
namespace {

/// What a Progress writes.
class Capture {
 public:
  Capture() : stream_(open_memstream(&text_, &size_)) {}
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    std::fclose(stream_);
    std::free(text_);
  }
  std::FILE* stream() { return stream_; }
  std::string text() {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

constexpr Terminal kTerminal = {.animation = true, .columns = 80};

}  // namespace

TEST_CASE("the line tells how far, how fast and how long") {
  CHECK(progress_line({.done = 25, .total = 100, .seconds = 5}, 80) ==
        "[#####...............] 25 of 100 samples  5.00/s  15.0 s left");
  CHECK(progress_line({.done = 0, .total = 2000, .seconds = 5}, 80) ==
        "[....................] 0 of 2,000 samples");
  CHECK(progress_line({.done = 100, .total = 100, .seconds = 5}, 80) ==
        "[####################] 100 of 100 samples  20.0/s  0.00 s left");
}

TEST_CASE("the line always fits") {
  CHECK(progress_line({.done = 25, .total = 100, .seconds = 5}, 60) ==
        "25 of 100 samples  5.00/s  15.0 s left");
  for (int columns = 1; columns < 100; ++columns) {
    CHECK(progress_line({.done = 25, .total = 100, .seconds = 5}, columns).size() <
          static_cast<std::size_t>(columns) + (columns == 1 ? 1 : 0));
  }
}

TEST_CASE("a line is drawn at most five times a second and erased at the end") {
  Capture capture;
  double now = 100;
  {
    Progress progress(capture.stream(), kTerminal, [&] { return now; });
    for (std::size_t done = 1; done <= 100; ++done) {
      now += 0.01;
      progress.show(done, 100);
    }
    CHECK(count(capture.text(), "samples") <= 6);
    CHECK(count(capture.text(), "samples") >= 4);
    CHECK(count(capture.text(), "\n") == 0);
  }
  const std::string text = capture.text();
  CHECK(text.substr(text.size() - 4) == "\r\033[K");
}

TEST_CASE("nothing is written where lines cannot be overwritten") {
  Capture capture;
  {
    Progress progress(capture.stream(), Terminal{}, [] { return 0.0; });
    progress.show(1, 2);
  }
  CHECK(capture.text().empty());
}

}  // namespace neurosim
