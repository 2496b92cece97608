// Scripts of `neurosim plot`: what they say, before gnuplot sees them.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "plot_scripts.hpp"
#include "sim/core/error.hpp"
#include "support/random_tests.hpp"
#include "support/recorded_run.hpp"
#include "tools/plot/figures.hpp"
#include "tools/plot/gather.hpp"
#include "tools/plot/gnuplot.hpp"
#include "tools/plot/request.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

TraceFigure trace_of(std::vector<double> values) {
  return {.ticks = static_cast<Tick>(values.size()),
          .step_ms = 0.5,
          .panels = {{"cells", "v", {{.neuron = 7, .values = std::move(values)}}}}};
}

Confusion diagonal(std::size_t count) {
  Confusion table;
  for (std::size_t k = 0; k < count; ++k) table.classes.push_back(std::to_string(k));
  table.counts.assign(count * count, 0);
  for (std::size_t k = 0; k < count; ++k) table.counts[k * count + k] = 4321;
  table.labelled = table.correct = 4321 * count;
  return table;
}

}  // namespace

TEST_CASE("text for gnuplot stands for itself") {
  CHECK(gnuplot_text("hidden_1^2") == "'hidden_1^2'");
  CHECK(gnuplot_text("it's") == "'it''s'");
  CHECK(gnuplot_text("'; system('rm x'); '") == "'''; system(''rm x''); '''");
  CHECK(gnuplot_text("a\nset output\tx\x7F") == "'a?set output?x?'");
  CHECK(gnuplot_text("größe µ") == "'größe µ'");
  CHECK(gnuplot_text("\xFFz\xC3") == "'?z?'");
  CHECK(gnuplot_text("back\\") == "'back\\'");
}

TEST_CASE("no bytes end the word before its end") {
  test::for_each_seed(200, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const std::string special = "'\\`@$\n\"{}\x01\xC3\xA9\xE2";
    std::string text;
    for (std::size_t k = draw.below(20); k > 0; --k) text += special[draw.below(special.size())];
    const std::string word = gnuplot_text(text);
    REQUIRE(word.size() >= 2);
    CHECK(word.front() == '\'');
    CHECK(word.back() == '\'');
    const std::string inside = word.substr(1, word.size() - 2);
    for (std::size_t k = 0; k < inside.size(); ++k) {
      CHECK(static_cast<unsigned char>(inside[k]) >= 0x20);
      if (inside[k] != '\'') continue;
      ++k;  // quotes come in pairs
      REQUIRE(k < inside.size());
      CHECK(inside[k] == '\'');
    }
  });
}

TEST_CASE("long names keep both ends") {
  CHECK(shortened("hidden", 6) == "hidden");
  CHECK(shortened("network-of-layer-12", 9) == "netw…r-12");
  CHECK(shortened("ääääää", 3) == "ä…ä");
  CHECK(shortened("abc", 1) == "…");
  for (std::size_t most = 1; most < 12; ++most) {
    CHECK(display_width(shortened("0123456789", most)) == std::min<std::size_t>(most, 10));
  }
}

TEST_CASE("marks are 1, 2 or 5 times a power of ten apart and not too many") {
  CHECK(mark_distance(200, 5) == doctest::Approx(50));
  CHECK(mark_distance(200, 4) == doctest::Approx(50));
  CHECK(mark_distance(1, 3) == doctest::Approx(0.5));
  CHECK(mark_distance(99, 1) == doctest::Approx(100));
  for (double span = 1e-6; span < 1e7; span *= 1.7) {
    for (const double most : {1.0, 3.0, 4.5, 10.0})
      CHECK(span / mark_distance(span, most) < most * 1.001);
  }
}

TEST_CASE("a page has its size in each format, and no room is an error") {
  const auto first_line = [](PictureFormat format) {
    return Script({.format = format, .width_mm = 85, .height_mm = 50}).text();
  };
  CHECK(has(first_line(PictureFormat::kSvg), "svg size 321,189 "));
  CHECK(has(first_line(PictureFormat::kPng), "pngcairo size 1004,591 "));
  CHECK(has(first_line(PictureFormat::kPdf), "pdfcairo size 8.500cm,5.000cm "));
  CHECK(page_height({.height_mm = 0}, 60, 30) == 60);
  CHECK(page_height({.height_mm = 0}, 20, 30) == 30);
  CHECK(page_height({.height_mm = 40}, 60, 30) == 40);
  CHECK_THROWS_WITH_AS(page_height({.height_mm = 20}, 60, 29.5),
                       "--height-mm: this figure needs at least 30 mm, got 20", UsageError);
}

TEST_CASE("a raster of few spikes has a dot each and room for all neurons") {
  const std::string script =
      raster_script({.ticks = 20,
                     .step_ms = 0.5,
                     .panels = {{"a'b", 100, test::train_of({{0, 3}, {19, 99}})}, {"c", 7, {}}}},
                    kFreePage);
  CHECK(block(script, 0) == std::vector<std::string>{"0.25 3", "9.75 99"});
  CHECK(has(script, "set yrange [-0.5:99.5]"));
  CHECK(has(script, "set yrange [-0.5:6.5]"));
  CHECK(count_of(script, "set xrange [0:10]") == 2);
  CHECK(has(script, "'a''b'"));
  CHECK(count_of(script, "\nplot ") == 2);
  CHECK_FALSE(has(script, "with image"));
}

TEST_CASE("a raster of many spikes is an image in which none of them vanishes") {
  // One neuron of 5000 fires always; another one, once.
  SpikeTrain train;
  for (Tick tick = 0; tick < 6000; ++tick) {
    train.append(tick, 10);
    if (tick == 3000) train.append(tick, 4000);
  }
  const std::string script =
      raster_script({.ticks = 6000, .panels = {{"cells", 5000, train}}}, kFreePage);
  CHECK(has(script, "with image"));
  CHECK_FALSE(has(script, "with points"));
  const auto rows = block(script, 0);
  CHECK(rows.size() < 400);
  CHECK(std::count(rows[0].begin(), rows[0].end(), ' ') < 1000);
  std::size_t inked_rows = 0;
  for (const std::string& row : rows) {
    const bool inked = row.find_first_not_of("0 ") != std::string::npos;
    inked_rows += inked;
  }
  CHECK(inked_rows == 2);
  const std::string& lone = rows[4000 * rows.size() / 5000];
  CHECK(count_of(lone, "35") + count_of(lone, "36") == 1);
}

TEST_CASE("rates stand in the middle of their bins, bands not below 0") {
  const std::string script = rate_script(
      {.ticks = 5,
       .bin_ticks = 2,
       .step_ms = 2,
       .curves = {{"cells", {.mean = {10, 20, 30}, .standard_deviation = {15, 5, 0}}, {}}}},
      kFreePage);
  CHECK(block(script, 0) ==
        std::vector<std::string>{"2 10 0 25 0", "6 20 15 25 0", "9 30 30 30 0"});
  CHECK(has(script, "set xrange [0:10]"));
  CHECK(has(script, "filledcurves"));
  const std::string single = rate_script(
      {.ticks = 1, .curves = {{"cells", {.mean = {1}, .standard_deviation = {9}}, {40}}}},
      kFreePage);
  CHECK(block(single, 0) == std::vector<std::string>{"0.5 1 0 10 40"});
  CHECK_FALSE(has(single, "filledcurves"));
  CHECK(has(single, "set yrange [0:42]"));
}

TEST_CASE("activity has bars where a network has the population") {
  const ActivityFigure figure{.populations = {"first", "last"},
                              .series = {{"SRC", {ActivityBar{0.5, 0.25}, ActivityBar{0.25, 0.5}}},
                                         {"LIF", {std::nullopt, ActivityBar{0.125, 0}}}}};
  const std::string script = activity_script(figure, kFreePage);
  CHECK(block(script, 0) == std::vector<std::string>{"-0.2 50 25 75", "0.8 25 0 75"});
  REQUIRE(block(script, 1).size() == 1);
  CHECK(block(script, 1)[0].starts_with("1.2 12.5 "));
  CHECK(has(script, "('first' 0, 'last' 1)"));
  CHECK(has(script, "'SRC'"));
  CHECK(has(script, "set yrange [0:78.75]"));
  const std::string alone =
      activity_script({.populations = {"p"}, .series = {{"SRC", {ActivityBar{}}}}}, kFreePage);
  CHECK_FALSE(has(alone, "'SRC'"));
  CHECK(has(alone, "set yrange [0:1.05]"));
}

TEST_CASE("traces keep their peaks however long they are") {
  std::vector<double> values(100'000, 0.5);
  values[12'345] = 9;
  values[50'001] = -3;
  const auto rows = block(trace_script(trace_of(values), kFreePage), 0);
  CHECK(rows.size() < 5000);
  CHECK(std::count(rows.begin(), rows.end(), "6172.5 9") == 1);
  CHECK(std::count(rows.begin(), rows.end(), "25000.5 -3") == 1);
  CHECK(block(trace_script(trace_of({1, 2, 4}), kFreePage), 0) ==
        std::vector<std::string>{"0 1", "0.5 2", "1 4"});
  CHECK(has(trace_script(trace_of({2, 2}), kFreePage), "set yrange [1:3]"));
  CHECK(has(trace_script(trace_of({kNan, 2, 1 / 0.0}), kFreePage), "set yrange [1:3]"));
  CHECK(has(trace_script(trace_of({1, 2}), kFreePage), "'neuron 7'"));
}

TEST_CASE("confusion writes counts into few classes only, label 0 at the top") {
  const std::string few = confusion_script(diagonal(12), kFreePage);
  CHECK(count_of(few, "'4321'") == 12);
  CHECK(has(few, "set yrange [11.5:-0.5]"));
  CHECK(has(few, "'Accuracy 100.00 % (51852 of 51852)'"));
  CHECK_FALSE(has(confusion_script(diagonal(13), kFreePage), "'4321'"));
  CHECK(block(few, 0).size() == 144);
  CHECK(block(confusion_script(diagonal(65), kFreePage), 0).size() == 65);  // rows of a matrix
  Confusion lopsided = diagonal(2);
  lopsided.counts = {1, 3, 0, 0};
  CHECK(block(confusion_script(lopsided, kFreePage), 0) ==
        std::vector<std::string>{"0 0 25.0000", "1 0 75.0000", "0 1 0.0000", "1 1 0.0000"});
}

TEST_CASE("training leaves out what was not measured") {
  EpochMetrics first{.epoch = 1, .loss = 2, .training_accuracy = 0.5};
  first.validation_loss = first.validation_accuracy = kNan;
  EpochMetrics second{.epoch = 2, .loss = 1, .training_accuracy = 0.75};
  second.validation_loss = second.validation_accuracy = kNan;
  const std::string plain = training_script({{"net", {first, second}}}, kFreePage);
  CHECK(block(plain, 0) == std::vector<std::string>{"1 2", "2 1"});
  CHECK(block(plain, 1) == std::vector<std::string>{"1 50", "2 75"});
  CHECK_FALSE(has(plain, "validation"));
  second.validation_loss = 1.5;
  second.validation_accuracy = 0.625;
  const std::string both = training_script({{"net", {first, second}}}, kFreePage);
  CHECK(block(both, 1) == std::vector<std::string>{"2 1.5"});
  CHECK(block(both, 3) == std::vector<std::string>{"2 62.5"});
  CHECK(has(both, "'validation'"));
  CHECK(has(training_script({{"a", {first}}, {"b", {first}}}, kFreePage), "'b, training'"));
}

TEST_CASE("series are named after networks, or after files where these are the same") {
  using Names = std::vector<std::string>;
  CHECK(series_names({"src", "lif"}, {"a.h5", "b.h5"}) == Names{"src", "lif"});
  CHECK(series_names({"src", "src"}, {"x/a.h5", "x/b.h5"}) == Names{"a", "b"});
  CHECK(series_names({"src", "src"}, {"x/a.h5", "y/a.h5"}) == Names{"x/a.h5", "y/a.h5"});
}

TEST_CASE("populations of several networks keep their order") {
  std::vector<std::string> all;
  merge_names(all, {"hidden", "last"});
  merge_names(all, {"hidden", "second", "last"});
  merge_names(all, {"input", "hidden"});
  CHECK(all == std::vector<std::string>{"input", "hidden", "second", "last"});
}

TEST_CASE("lists of numbers") {
  using Numbers = std::vector<std::uint64_t>;
  CHECK(number_list("neurons", "5", 10) == Numbers{5});
  CHECK(number_list("neurons", "7,2..4,2", 10) == Numbers{2, 3, 4, 7});
  for (const char* text :
       {"", ",", "1,", "a", "1..", "4..2", "1;2", "0..18446744073709551615", "0..10", "-1", "1 "}) {
    CAPTURE(text);
    CHECK_THROWS_AS(number_list("neurons", text, 10), UsageError);
  }
}

TEST_CASE("a PNG says how many dots an inch it has") {
  std::vector<std::byte> png(40, std::byte{0xAA});
  set_png_density(png, 300);
  REQUIRE(png.size() == 40 + 21);
  const unsigned char expected[] = {0,    0, 0, 9,    'p',  'H', 'Y',  's',  0,    0,   0x2E,
                                    0x23, 0, 0, 0x2E, 0x23, 1,   0x78, 0xA5, 0x3F, 0x76};
  for (std::size_t k = 0; k < std::size(expected); ++k) {
    CHECK(std::to_integer<int>(png[33 + k]) == expected[k]);
  }
}

}  // namespace neurosim
