#include "tools/results_text.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/recorded_run.hpp"
#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

Confusion table_of(std::vector<std::string> classes, std::vector<std::uint64_t> counts) {
  return {.classes = std::move(classes), .counts = std::move(counts)};
}

/// `count` classes, all right but for `wrong` samples of the last that were taken for the first.
Confusion diagonal(std::size_t count, std::uint64_t wrong) {
  Confusion table;
  for (std::size_t k = 0; k < count; ++k) table.classes.push_back(std::to_string(k));
  table.counts.assign(count * count, 0);
  for (std::size_t k = 0; k < count; ++k) table.counts[k * count + k] = 10;
  table.counts[(count - 1) * count] = wrong;
  return table;
}

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a bar is as high as its share of the largest, nothing is a blank") {
  const double values[] = {0, 1, 2, 4, 8};
  CHECK(sparkline(values, true) == " ▁▂▄█");
  CHECK(sparkline(values, false) == " .:=@");
  const double tiny[] = {1e-9, 1};
  CHECK(sparkline(tiny, false) == ".@");
  const double none[] = {0, 0};
  CHECK(sparkline(none, true) == "  ");
  CHECK(sparkline({}, true).empty());
}

TEST_CASE("a matrix with names, counts and shares") {
  const Confusion table = table_of({"cat", "dog"}, {3, 1, 0, 2});
  CHECK(confusion_text(table, {}) ==
        "labels (rows) and predictions (columns)\n"
        "label  cat  dog  right %\n"
        "  cat    3    1     75.0\n"
        "  dog    .    2      100\n");
  CHECK(contains(confusion_text(table, {.unicode = true}), "  dog    ·    2"));
}

TEST_CASE("long names stand in the rows, numbers in the columns") {
  const std::string text =
      confusion_text(table_of({"ankle boot", "bag"}, {1, 0, 0, 0}), {.columns = 80});
  CHECK(contains(text, "label          0  1  right %\n"));
  CHECK(contains(text, " 0 ankle boot  1  .      100\n"));
  CHECK(contains(text, " 1 bag         .  .        -\n"));
}

TEST_CASE("where the matrix has no room, the worst pairs do") {
  CHECK(contains(confusion_text(diagonal(20, 7), {.columns = 120}), "right %"));
  const std::string many = confusion_text(diagonal(21, 7), {.columns = 500});
  CHECK(many == "mixed up most often\n  20 taken for 0: 7 of 17\n");
  CHECK(confusion_text(diagonal(20, 7), {.columns = 40}) ==
        "mixed up most often\n  19 taken for 0: 7 of 17\n");
  CHECK(confusion_text(diagonal(21, 0), {}).empty());
  CHECK(confusion_text({}, {}).empty());
}

TEST_CASE("the worst pairs come first, and only a few") {
  Confusion table = diagonal(30, 0);
  for (std::size_t k = 1; k < 9; ++k) table.counts[k * 30] = k;
  const std::string text = confusion_text(table, {});
  CHECK(line_count(text) == 6);
  CHECK(text.starts_with("mixed up most often\n  8 taken for 0: 8 of 18\n  7 taken"));
}

TEST_CASE("rates over time say how many samples they are the mean of, and fit the terminal") {
  const Workplace place;
  test::HandRun run{.neurons = 2, .ticks = 40, .step_ms = 0.5};
  run.samples.resize(130);
  // The first hundred samples fire at tick 3, the others at 30.
  for (std::size_t k = 0; k < run.samples.size(); ++k) {
    run.samples[k].spikes = {{k < kInspectedSamples ? 3 : 30, 1}};
  }
  const std::string path = place.path("run.h5").string();
  test::write_hand_run(path, run);
  const Results results(path);
  const std::string text = rate_text(results, {.unicode = true, .columns = 80});
  CHECK(text ==
        "rate over 20 ms, mean of the first 100 of 130 samples\n"
        "cells     █" +
            std::string(36, ' ') + "  peak 1,000 Hz\n");
  for (const int columns : {30, 40, 61, 80, 200}) {
    CAPTURE(columns);
    std::istringstream stream(rate_text(results, {.columns = columns}));
    std::string line;
    std::getline(stream, line);  // the sentence
    while (std::getline(stream, line))
      CHECK(display_width(line) <= static_cast<std::size_t>(columns));
  }
  const auto json = rate_json(results);
  CHECK(json["samples"] == 100);
  CHECK(json["bin_ms"] == 0.5);
  REQUIRE(json["populations"]["cells"].size() == 40);
  CHECK(json["populations"]["cells"][3].get<double>() == doctest::Approx(1000));
  CHECK(json["populations"]["cells"][30] == 0);
}

TEST_CASE("without recorded spikes there is no rate") {
  const Workplace place;
  const std::string path = place.path("run.h5").string();
  test::write_hand_run(path, {.raster = false, .samples = {{}}});
  CHECK(rate_text(Results(path), {}).empty());
  CHECK(rate_json(Results(path)).is_null());
  test::write_hand_run(path, {.samples = {}});
  CHECK(rate_text(Results(path), {}).empty());
  CHECK(confusion_json({}).is_null());
}

}  // namespace neurosim
