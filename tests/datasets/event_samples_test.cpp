#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "datasets/event_datasets.hpp"
#include "datasets/event_file.hpp"
#include "sim/core/error.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

struct Facts {
  const char* file;
  SensorSize size;
  std::size_t events;
  Event first;
  Event last;
  std::int64_t on;
  std::int64_t sum_x;
  std::int64_t sum_y;
};

// Computed with a decoder of its own in Python; LZ4 by the command lz4.
const Facts kFacts[] = {
    {"tonic_sample.aedat4",
     {320, 240},
     111954,
     {1605537493718345, 154, 204, 0},
     {1605537494308262, 88, 237, 1},
     55023,
     18342405,
     15105898},
    {"evt3_sample.raw",
     {1280, 720},
     219596,
     {11718656, 874, 200, 0},
     {11727457, 1218, 572, 1},
     115532,
     159113225,
     85638051},
    {"tonic_sample_ncars.dat",
     {78, 42},
     2009,
     {0, 25, 8, 0},
     {99952, 75, 28, 1},
     1350,
     93457,
     40463},
    {"dvsgesture_slayer_1.bs2",
     {128, 128},
     63471,
     {28, 49, 82, 0},
     {1449996, 58, 79, 0},
     32164,
     3955662,
     5423391},
};

TEST_CASE("event samples: one file of each format has the events that others found in it") {
  for (const Facts& facts : kFacts) {
    CAPTURE(facts.file);
    const std::string name = std::string("data/events/") + facts.file;
    if (!test::have_shared(name)) continue;
    const bool told = std::string_view(facts.file) != "dvsgesture_slayer_1.bs2";
    const EventRecording recording =
        read_events(test::shared_path(name), told ? SensorSize{} : facts.size);
    CHECK(recording.width == facts.size.width);
    CHECK(recording.height == facts.size.height);
    REQUIRE(recording.events.size() == facts.events);
    CHECK(recording.events.front() == facts.first);
    CHECK(recording.events.back() == facts.last);
    std::int64_t on = 0, sum_x = 0, sum_y = 0;
    for (const Event& event : recording.events) {
      on += event.p;
      sum_x += event.x;
      sum_y += event.y;
    }
    CHECK(on == facts.on);
    CHECK(sum_x == facts.sum_x);
    CHECK(sum_y == facts.sum_y);
  }
}

struct IndexLine {
  std::string path;
  int label;
  std::size_t events;
  std::int64_t on, first_x, first_y, first_t, last_t;
};

/// Lines of INDEX.tsv whose path begins with `folder`, in the order of the file numbers.
std::vector<IndexLine> index_lines(const std::string& folder) {
  std::ifstream file(test::shared_path("data/nmnist/INDEX.tsv"));
  std::vector<IndexLine> lines;
  std::string text;
  std::getline(file, text);  // the header
  while (std::getline(file, text)) {
    std::istringstream fields(text);
    IndexLine line = {};
    fields >> line.path >> line.label >> line.events >> line.on >> line.first_x >> line.first_y >>
        line.first_t >> line.last_t;
    if (fields && line.path.starts_with(folder)) lines.push_back(line);
  }
  const auto number = [](const IndexLine& line) { return line.path.substr(line.path.size() - 9); };
  std::sort(lines.begin(), lines.end(),
            [&](const IndexLine& a, const IndexLine& b) { return number(a) < number(b); });
  return lines;
}

TEST_CASE("N-MNIST: every recording is as its index says") {
  if (!test::have_shared("data/nmnist/INDEX.tsv")) return;
  for (const auto& [split, folder, count] :
       {std::tuple{"train", "Train/", 1000u}, std::tuple{"test", "Test/", 100u}}) {
    const auto dataset = open_nmnist(split, test::shared_path("data"));
    const std::vector<IndexLine> lines = index_lines(folder);
    REQUIRE(lines.size() == count);
    REQUIRE(dataset->size() == count);
    CHECK(dataset->class_count() == 10);
    EventRecording recording;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      CAPTURE(lines[k].path);
      dataset->recording(k, recording);
      REQUIRE(recording.events.size() == lines[k].events);
      std::int64_t on = 0;
      for (const Event& event : recording.events) on += event.p;
      CHECK(dataset->label(k) == lines[k].label);
      CHECK(on == lines[k].on);
      CHECK(recording.events.front().x == lines[k].first_x);
      CHECK(recording.events.front().y == lines[k].first_y);
      CHECK(recording.events.front().t == lines[k].first_t);
      CHECK(recording.events.back().t == lines[k].last_t);
    }
  }
}

}  // namespace
}  // namespace neurosim
