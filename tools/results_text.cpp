#include "tools/results_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "tools/number_text.hpp"
#include "tools/table.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kMostBars = 60, kLeastBars = 4;
constexpr Tick kJsonBins = 100;
constexpr std::size_t kMostMatrixClasses = 20, kWorstPairs = 5;
constexpr std::size_t kShortName = 5;  ///< characters of a class name that can head a column

struct Rate {
  std::string population;
  std::vector<double> mean;
};

Tick bins_of(Tick ticks, Tick most) { return std::max<Tick>(1, (ticks + most - 1) / most); }

/// Of each population with a raster.
std::vector<Rate> rates_of(const Results& results, Tick bin_ticks) {
  const std::size_t samples = std::min(results.samples(), kInspectedSamples);
  std::vector<Rate> rates;
  for (std::size_t k = 0; samples > 0 && k < results.header().populations.size(); ++k) {
    if (!results.has_raster(k)) continue;
    rates.push_back({results.header().populations[k].name,
                     rate_statistics(results, k, samples, bin_ticks).mean});
  }
  return rates;
}

std::string samples_text(const Results& results) {
  const std::size_t all = results.samples();
  if (all == 1) return "of the only sample";
  if (all <= kInspectedSamples) return fmt::format("mean of {} samples", all);
  return fmt::format("mean of the first {} of {} samples", kInspectedSamples, count_text(all));
}

Table matrix_table(const Confusion& confusion, const Terminal& terminal) {
  const std::size_t count = confusion.classes.size();
  const bool names = std::all_of(confusion.classes.begin(), confusion.classes.end(),
                                 [](const std::string& name) { return name.size() <= kShortName; });
  std::vector<Column> columns = {{"label", names ? Align::kRight : Align::kLeft}};
  for (std::size_t k = 0; k < count; ++k) {
    columns.push_back({names ? confusion.classes[k] : std::to_string(k)});
  }
  columns.push_back({"right %"});
  Table table(std::move(columns));
  for (std::size_t label = 0; label < count; ++label) {
    const std::string& name = confusion.classes[label];
    std::vector<std::string> row = {names ? name : fmt::format("{:>2} {}", label, name)};
    std::uint64_t sum = 0;
    for (std::size_t p = 0; p < count; ++p) {
      const std::uint64_t value = confusion.at(label, p);
      sum += value;
      row.push_back(value > 0 ? std::to_string(value) : terminal.unicode ? "\u00B7" : ".");
    }
    row.push_back(
        percent_text(static_cast<double>(confusion.at(label, label)), static_cast<double>(sum)));
    table.add_row(std::move(row));
  }
  return table;
}

struct Pair {
  std::size_t label, prediction;
  std::uint64_t count;
};

/// The mistakes made most often first.
std::vector<Pair> mistakes(const Confusion& confusion) {
  std::vector<Pair> pairs;
  for (std::size_t label = 0; label < confusion.classes.size(); ++label) {
    for (std::size_t p = 0; p < confusion.classes.size(); ++p) {
      if (label == p || confusion.at(label, p) == 0) continue;
      pairs.push_back({label, p, confusion.at(label, p)});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.count > b.count; });
  return pairs;
}

std::string worst_pairs(const Confusion& confusion) {
  const std::vector<Pair> pairs = mistakes(confusion);
  if (pairs.empty()) return {};
  std::string text = "mixed up most often\n";
  for (std::size_t k = 0; k < std::min(pairs.size(), kWorstPairs); ++k) {
    const Pair& pair = pairs[k];
    std::uint64_t sum = 0;
    for (std::size_t p = 0; p < confusion.classes.size(); ++p) sum += confusion.at(pair.label, p);
    text +=
        fmt::format("  {} taken for {}: {} of {}\n", confusion.classes[pair.label],
                    confusion.classes[pair.prediction], count_text(pair.count), count_text(sum));
  }
  return text;
}

}  // namespace

std::string sparkline(std::span<const double> values, bool unicode) {
  constexpr std::array<std::string_view, 8> kBlocks = {"\u2581", "\u2582", "\u2583", "\u2584",
                                                       "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::array<std::string_view, 8> kAscii = {".", ":", "-", "=", "+", "*", "#", "@"};
  const auto& bars = unicode ? kBlocks : kAscii;
  const double largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  std::string text;
  for (const double value : values) {
    if (value <= 0) {
      text += ' ';
      continue;
    }
    const double level = std::ceil(value / largest * static_cast<double>(bars.size()));
    text += bars[std::clamp<std::size_t>(static_cast<std::size_t>(level), 1, bars.size()) - 1];
  }
  return text;
}

std::string rate_text(const Results& results, const Terminal& terminal) {
  constexpr std::string_view kWidestPeak = "  peak 1.23e+05 Hz";
  std::size_t name_width = 0;
  for (std::size_t k = 0; k < results.header().populations.size(); ++k) {
    if (results.has_raster(k)) {
      name_width = std::max(name_width, results.header().populations[k].name.size());
    }
  }
  if (name_width == 0 || results.samples() == 0) return {};
  const Tick ticks = results.header().ticks_per_sample;
  const auto columns = static_cast<std::size_t>(std::max(terminal.columns, 1));
  const std::size_t others = name_width + 2 + kWidestPeak.size();
  const std::size_t bars =
      std::clamp(columns > others ? columns - others : 0, kLeastBars, kMostBars);
  std::string text =
      fmt::format("rate over {} ms, {}\n", static_cast<double>(ticks) * results.header().step_ms,
                  samples_text(results));
  for (const Rate& rate : rates_of(results, bins_of(ticks, static_cast<Tick>(bars)))) {
    text += fmt::format("{:<{}}  {}  peak {} Hz\n", rate.population, name_width,
                        sparkline(rate.mean, terminal.unicode),
                        real_text(*std::max_element(rate.mean.begin(), rate.mean.end())));
  }
  return text;
}

nlohmann::ordered_json rate_json(const Results& results) {
  const Tick bin = bins_of(results.header().ticks_per_sample, kJsonBins);
  const std::vector<Rate> rates = rates_of(results, bin);
  if (rates.empty()) return nullptr;
  nlohmann::ordered_json object = {{"samples", std::min(results.samples(), kInspectedSamples)},
                                   {"bin_ms", static_cast<double>(bin) * results.header().step_ms},
                                   {"populations", nlohmann::ordered_json::object()}};
  for (const Rate& rate : rates) object["populations"][rate.population] = rate.mean;
  return object;
}

std::string confusion_text(const Confusion& confusion, const Terminal& terminal) {
  if (confusion.classes.empty()) return {};
  if (confusion.classes.size() <= kMostMatrixClasses) {
    const Table table = matrix_table(confusion, terminal);
    if (table.width() <= static_cast<std::size_t>(std::max(terminal.columns, 1))) {
      return "labels (rows) and predictions (columns)\n" + table.text(palette_of(terminal));
    }
  }
  return worst_pairs(confusion);
}

nlohmann::ordered_json confusion_json(const Confusion& confusion) {
  if (confusion.classes.empty()) return nullptr;
  auto counts = nlohmann::ordered_json::array();
  const std::size_t count = confusion.classes.size();
  for (std::size_t label = 0; label < count; ++label) {
    auto row = nlohmann::ordered_json::array();
    for (std::size_t p = 0; p < count; ++p) row.push_back(confusion.at(label, p));
    counts.push_back(std::move(row));
  }
  return {{"classes", confusion.classes}, {"counts", std::move(counts)}};
}

}  // namespace neurosim
