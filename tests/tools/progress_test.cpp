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

bool contains(const std::string& text, const std::string& part) { return count(text, part) > 0; }

constexpr Terminal kTerminal = {.animation = true, .columns = 80};

}  // namespace

TEST_CASE("the line tells how far, how fast and how long") {
  CHECK(progress_line({.done = 25, .total = 100, .seconds = 5}, 80) ==
        "[#####...............] 25 of 100 samples  5.00/s  15.0 s left");
  CHECK(progress_line({.done = 0, .total = 2000, .seconds = 5}, 80) ==
        "[....................] 0 of 2,000 samples");
  CHECK(progress_line({.done = 100, .total = 100, .seconds = 5}, 80) ==
        "[####################] 100 of 100 samples  20.0/s  0.00 s left");
  CHECK(progress_line({.done = 0.25, .total = 1, .seconds = 5}, 80) ==
        "[#####...............] 25.0 % of 1 sample  0.050/s  15.0 s left");
}

/// A quarter of the fifth of 20 epochs, at 1,234 samples a second.
constexpr TrainingState kTraining = {
    .batch =
        {.epoch = 5, .epochs = 20, .done = 12340, .total = 54000, .loss = 0.312, .accuracy = 0.912},
    .seconds = 10};

TEST_CASE("the line of a training drops what does not fit, the least useful first") {
  CHECK(training_line(kTraining, 120) ==
        "epoch 5/20  [####................] 12,340/54,000  loss 0.31  91.2 %  1,234/s  34.0 s, "
        "11 min 30 s left");
  CHECK(training_line(kTraining, 80) ==
        "epoch 5/20  12,340/54,000  loss 0.31  91.2 %  1,234/s  34.0 s, 11 min 30 s left");
  CHECK(training_line(kTraining, 75) ==
        "epoch 5/20  12,340/54,000  loss 0.31  91.2 %  34.0 s, 11 min 30 s left");
  CHECK(training_line(kTraining, 50) == "epoch 5/20  12,340/54,000  loss 0.31  91.2 %");
  CHECK(training_line(kTraining, 40) == "epoch 5/20  loss 0.31  91.2 %");
  for (int columns = 2; columns < 120; ++columns) {
    CHECK(training_line(kTraining, columns).size() < static_cast<std::size_t>(columns));
  }
}

TEST_CASE("time is left for the epoch alone in the last one, and unknown at first") {
  TrainingState last = kTraining;
  last.batch.epoch = 20;
  CHECK(training_line(last, 80) ==
        "epoch 20/20  12,340/54,000  loss 0.31  91.2 %  1,234/s  34.0 s left");
  last.seconds = 0;
  CHECK(training_line(last, 60) == "epoch 20/20  12,340/54,000  loss 0.31  91.2 %");
}

TEST_CASE("what was done before a resumption does not count as speed") {
  TrainingState resumed = kTraining;
  resumed.begin = 2340;
  CHECK(training_line(resumed, 120).find("  1,000/s  ") != std::string::npos);
}

TEST_CASE("the line of a training makes room at the end of an epoch, and its clock starts anew") {
  Capture capture;
  double now = 100;
  {
    TrainingProgress progress(capture.stream(), kTerminal, [&] { return now; });
    BatchProgress batch = {.epoch = 1, .epochs = 2, .done = 50, .total = 100};
    progress.show(batch);
    CHECK(capture.text().ends_with("50/100  loss 0  0.0 %\033[K"));  // the first one has no past
    now += 5;
    batch.done = 100;
    progress.show(batch);
    CHECK(contains(capture.text(), "  10.0/s  "));  // 50 in 5 s
    progress.end_epoch();
    CHECK(capture.text().ends_with("\r\033[K"));
    now += 10;
    batch = {.epoch = 2, .epochs = 2, .done = 40, .total = 100};
    progress.show(batch);
    CHECK(contains(capture.text(), "  4.00/s  15.0 s left"));
  }
  CHECK(capture.text().ends_with("\r\033[K"));
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
      progress.show(static_cast<double>(done), 100);
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
