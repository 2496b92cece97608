#include "tools/raster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <sstream>
#include <vector>

#include "sim/core/error.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

SpikeTrain spikes(std::initializer_list<std::pair<Tick, NeuronId>> list) {
  SpikeTrain train;
  for (const auto& [tick, neuron] : list) train.append(tick, neuron);
  return train;
}

/// Dots set in all braille patterns of a text.
int dots(const std::string& text) {
  int count = 0;
  for (std::size_t k = 0; k + 2 < text.size(); ++k) {
    const auto byte = [&](std::size_t offset) {
      return static_cast<unsigned char>(text[k + offset]);
    };
    // U+2800..U+28FF; box-drawing characters begin with E2 94.
    if (byte(0) == 0xE2 && byte(1) >= 0xA0 && byte(1) <= 0xA3) {
      count += std::popcount((byte(1) & 3u) << 6 | (byte(2) & 0x3Fu));
    }
  }
  return count;
}

}  // namespace

TEST_CASE("ASCII: time runs right, neuron 0 is at the bottom, silent neurons keep their line") {
  const std::string text =
      draw_raster(spikes({{0, 0}, {1, 3}, {4, 0}, {4, 1}}),
                  {.neurons = 4, .ticks = 5, .columns = 9, .glyphs = Glyphs::kAscii});
  CHECK(text ==
        " 3 | |\n"
        " 2 |\n"
        " 1 |    |\n"
        " 0 ||   |\n"
        "   ++----\n"
        "ms  0\n");
}

TEST_CASE("braille: up to 16 neurons have a line each, four dots high") {
  const std::string text =
      draw_raster(spikes({{0, 0}, {1, 1}}), {.neurons = 2, .ticks = 4, .columns = 6});
  const auto rows = lines(text);
  REQUIRE(rows.size() == 4);
  CHECK(rows[0] == " 1 │⢸");
  CHECK(rows[1] == " 0 │⡇");
}

TEST_CASE("braille: many neurons share a line of four") {
  const std::string text = draw_raster(spikes({{0, 0}, {1, 1}, {2, 2}, {3, 3}}),
                                       {.neurons = 40, .ticks = 4, .columns = 6});
  const auto rows = lines(text);
  REQUIRE(rows.size() == 12);
  CHECK(rows[9] == " 0 │⡠⠊");
  CHECK(rows[8].substr(0, 6) == "   │" + std::string());
  CHECK(dots(text) == 4);
}

TEST_CASE("no spike vanishes, however many neurons and ticks share a dot") {
  for (const Glyphs glyphs : {Glyphs::kAscii, Glyphs::kBraille}) {
    for (const NeuronId neuron : {0u, 1u, 4999u, 7777u, 9999u}) {
      for (const Tick tick : {Tick{0}, Tick{1}, Tick{123456}, Tick{999999}}) {
        const std::string text = draw_raster(
            spikes({{tick, neuron}}), {.neurons = 10000, .ticks = 1000000, .glyphs = glyphs});
        if (glyphs == Glyphs::kBraille) {
          CHECK(dots(text) == 1);
        } else {
          const auto rows = lines(text);
          const auto marks = std::count(text.begin(), text.end(), '|');
          CHECK(marks == static_cast<std::ptrdiff_t>(rows.size()) - 2 + 1);
        }
      }
    }
  }
}

TEST_CASE("every neuron of a large population has a dot, and the highest is on top") {
  SpikeTrain train;
  for (NeuronId neuron = 0; neuron < 1000; ++neuron) train.append(0, neuron);
  const std::string text = draw_raster(train, {.neurons = 1000, .ticks = 100});
  CHECK(dots(text) == 24 * 4);
  CHECK(lines(text).size() == 26);
}

TEST_CASE("no line is wider than the terminal, at any size") {
  for (const int columns : {20, 33, 80, 200}) {
    for (const std::size_t neurons : {1u, 3u, 17u, 512u, 100000u}) {
      for (const Tick ticks : {Tick{1}, Tick{7}, Tick{200}, Tick{1000000}}) {
        SpikeTrain train;
        train.append(ticks - 1, static_cast<NeuronId>(neurons - 1));
        for (const Glyphs glyphs : {Glyphs::kAscii, Glyphs::kBraille}) {
          const std::string text = draw_raster(train, {.neurons = neurons,
                                                       .ticks = ticks,
                                                       .step_ms = 0.1,
                                                       .columns = columns,
                                                       .glyphs = glyphs});
          CAPTURE(columns);
          CAPTURE(neurons);
          CAPTURE(ticks);
          for (const std::string& line : lines(text)) {
            CHECK(display_width(line) <= static_cast<std::size_t>(columns));
          }
        }
      }
    }
  }
}

TEST_CASE("the axis is labelled in milliseconds at round numbers") {
  const auto rows = lines(draw_raster(
      {}, {.neurons = 1, .ticks = 100, .step_ms = 0.5, .columns = 54, .glyphs = Glyphs::kAscii}));
  REQUIRE(rows.size() == 3);
  CHECK(rows[1] == "   ++---------+---------+---------+---------+---------");
  CHECK(rows[2] == "ms  0         10        20        30        40");
}

TEST_CASE("a train without spikes gives an empty raster") {
  CHECK(dots(draw_raster({}, {.neurons = 100, .ticks = 100})) == 0);
}

TEST_CASE("spikes outside the frame are a defect") {
  CHECK_THROWS_AS(draw_raster(spikes({{0, 5}}), {.neurons = 5, .ticks = 1}), InternalError);
  CHECK_THROWS_AS(draw_raster(spikes({{1, 0}}), {.neurons = 5, .ticks = 1}), InternalError);
}

}  // namespace neurosim
