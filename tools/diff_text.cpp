#include "tools/diff_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "tools/number_text.hpp"
#include "tools/table.hpp"

namespace neurosim {
namespace {

/// More rows of the configuration are counted only; --json has them all.
constexpr std::size_t kMostKeys = 20;
constexpr std::size_t kLongestValue = 40;

std::string name_of(const Compared& compared) {
  switch (compared.quantity) {
    case ComparedQuantity::kLabels:
      return "labels";
    case ComparedQuantity::kPredictions:
      return "predictions";
    case ComparedQuantity::kSpikes:
      return "spikes of " + compared.name;
    case ComparedQuantity::kReadout:
      return "readout";
    case ComparedQuantity::kStates:
      return fmt::format("state {} of {}", compared.detail, compared.name);
    case ComparedQuantity::kActivity:
      return "T(s) of " + compared.name;
    case ComparedQuantity::kWeights:
      return "weights of " + compared.name;
    case ComparedQuantity::kParameters:
      return compared.name;
    case ComparedQuantity::kCounters:
      return fmt::format("{}: {}", compared.name, compared.detail);
    case ComparedQuantity::kEpochs:
      break;
  }
  return compared.name.empty() ? compared.detail
                               : fmt::format("{} of {}", compared.detail, compared.name);
}

std::string_view row_noun(const Compared& compared) {
  if (compared.quantity == ComparedQuantity::kEpochs) return "epoch";
  const bool array = compared.quantity == ComparedQuantity::kWeights ||
                     compared.quantity == ComparedQuantity::kParameters;
  return array ? "number" : "sample";
}

/// A number of a file, whole where a cut one might look the same as the other.
/// Whole numbers with every digit, others with the digits of single precision.
std::string plain_text(double value) {
  const bool whole = std::abs(value) < 0x1p53 && value == std::floor(value);
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.9g}", value);
}

std::string first_text(const Compared& compared) {
  if (!compared.first) return "-";
  const FirstDifference& first = *compared.first;
  std::string text = fmt::format("{} {}", row_noun(compared), first.row);
  if (first.time_ms) text += fmt::format(", {} ms", *first.time_ms);
  if (first.neuron) text += fmt::format(", neuron {}", *first.neuron);
  if (!first.b) return text + ": only in a";
  if (!first.a) return text + ": only in b";
  const bool classes = compared.quantity == ComparedQuantity::kLabels ||
                       compared.quantity == ComparedQuantity::kPredictions;
  const auto value = [&](double number) {
    return classes && number < 0 ? std::string("none") : plain_text(number);
  };
  std::string a = value(*first.a), b = value(*first.b);
  if (a == b) {
    a = fmt::format("{:.17g}", *first.a);
    b = fmt::format("{:.17g}", *first.b);
  }
  return fmt::format("{}: {} in a, {} in b", text, a, b);
}

std::string total_text(const Compared& compared, const std::optional<double>& value) {
  if (!value) return "-";
  const bool share = compared.quantity == ComparedQuantity::kPredictions ||
                     compared.quantity == ComparedQuantity::kActivity;
  if (share) return real_text(100 * *value) + " %";
  return count_text(static_cast<std::uint64_t>(*value));
}

std::string differ_text(const Compared& compared) {
  return fmt::format("{} of {}", count_text(compared.differ),
                     plural(compared.rows, row_noun(compared)));
}

std::string cut(const std::optional<std::string>& value) {
  if (!value) return "-";
  if (display_width(*value) <= kLongestValue) return *value;
  std::size_t end = kLongestValue - 3;
  while (end > 0 && (static_cast<unsigned char>((*value)[end]) & 0xc0) == 0x80) --end;
  return value->substr(0, end) + "...";
}

/// What the files say of themselves, row by row; those in which they differ.
std::vector<std::vector<std::string>> differing_facts(const FileComparison& comparison) {
  const FileFacts &a = comparison.a, &b = comparison.b;
  const bool weights = comparison.kind == FileKind::kWeights;
  const auto state = [](const FileFacts& facts) {
    return facts.complete ? "complete" : "interrupted";
  };
  std::vector<std::vector<std::string>> rows = {
      {"network", a.network, b.network},
      {weights ? "epochs" : "samples", count_text(a.length), count_text(b.length)},
      {"state", state(a), state(b)},
      {"seed", std::to_string(a.seed), std::to_string(b.seed)},
      {"engine", a.engine, b.engine},
      {"precision", a.precision, b.precision},
      {"version", a.version, b.version}};
  std::erase_if(rows, [](const auto& row) { return row[1] == row[2]; });
  return rows;
}

/// `seed, time.steps and 3 more`
std::string key_list(const FileComparison& comparison) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> keys;
  for (const ConfigDifference& difference : comparison.configuration) {
    keys.push_back(difference.path.empty() ? "the whole" : difference.path);
  }
  const FileFacts &a = comparison.a, &b = comparison.b;
  if (a.length != b.length) {
    keys.push_back(comparison.kind == FileKind::kWeights ? "number of epochs"
                                                         : "number of samples");
  }
  if (a.complete != b.complete) keys.push_back("completeness");
  if (keys.empty()) return "header";
  std::string text;
  for (std::size_t k = 0; k < std::min(keys.size(), kMost); ++k) {
    text += (k == 0 ? "" : ", ") + keys[k];
  }
  return keys.size() > kMost ? text + fmt::format(" and {} more", keys.size() - kMost) : text;
}

/// `3 samples with labels, predictions, spikes (120 of 2 populations), ...`
std::string extent_text(const FileComparison& comparison) {
  const auto count = [&](ComparedQuantity quantity) {
    return static_cast<std::uint64_t>(
        std::ranges::count(comparison.quantities, quantity, &Compared::quantity));
  };
  std::uint64_t spikes = 0, weights = 0, parameters = 0;
  for (const Compared& compared : comparison.quantities) {
    const auto total = static_cast<std::uint64_t>(compared.a.value_or(0));
    if (compared.quantity == ComparedQuantity::kSpikes) spikes += total;
    if (compared.quantity == ComparedQuantity::kWeights) weights += compared.rows;
    if (compared.quantity == ComparedQuantity::kParameters) parameters += compared.rows;
  }
  if (comparison.kind == FileKind::kWeights) {
    const std::string text =
        fmt::format("{}, {}", plural(comparison.common, "epoch"), plural(weights, "weight"));
    return parameters == 0 ? text : text + ", " + plural(parameters, "parameter");
  }
  std::string text = plural(comparison.common, "sample") + " with labels, predictions";
  if (count(ComparedQuantity::kReadout) > 0) text += ", readout";
  if (const auto rasters = count(ComparedQuantity::kSpikes)) {
    text += fmt::format(", {} of {}", plural(spikes, "spike"), plural(rasters, "population"));
  }
  if (const auto states = count(ComparedQuantity::kStates))
    text += ", " + plural(states, "state trace");
  return text + ", T(s), counters";
}

std::string headline(const FileComparison& comparison, DiffScope scope) {
  if (!comparison.same_results()) {
    const auto mismatch = std::ranges::find(comparison.unmatched, true, &Unmatched::differs);
    if (mismatch != comparison.unmatched.end()) return "the results differ: " + mismatch->text;
    const auto differs = [](const Compared& compared) { return compared.differ > 0; };
    const auto most = std::ranges::find_if(comparison.quantities, differs);
    const auto others = std::ranges::count_if(comparison.quantities, differs) - 1;
    const std::string text =
        fmt::format("the results differ: {} in {}", name_of(*most), differ_text(*most));
    return others == 0 ? text : text + fmt::format(", and {} more", others);
  }
  if (is_same(comparison, scope)) {
    return fmt::format("the same {}: {}",
                       scope == DiffScope::kResultsOnly ? "results" : "results and configuration",
                       extent_text(comparison));
  }
  return "the same results of another configuration: " + key_list(comparison);
}

std::string facts_table(const FileComparison& comparison, const Palette& palette) {
  Table table({{"", Align::kLeft}, {"a", Align::kLeft}, {"b", Align::kLeft}});
  table.add_row({"file", comparison.a.file, comparison.b.file});
  for (auto& row : differing_facts(comparison)) table.add_row(std::move(row));
  return table.text(palette);
}

std::string configuration_table(const FileComparison& comparison, const Palette& palette) {
  const auto& differences = comparison.configuration;
  Table table({{"configuration", Align::kLeft}, {"a", Align::kLeft}, {"b", Align::kLeft}});
  for (std::size_t k = 0; k < std::min(differences.size(), kMostKeys); ++k) {
    table.add_row({differences[k].path, cut(differences[k].a), cut(differences[k].b)});
  }
  std::string text = table.text(palette);
  if (differences.size() > kMostKeys) {
    text += fmt::format("and {} more (--json lists all)\n", differences.size() - kMostKeys);
  }
  return text;
}

std::string quantity_table(const FileComparison& comparison, const Palette& palette) {
  Table table({{"results", Align::kLeft},
               {"differ", Align::kLeft},
               {"largest"},
               {"a"},
               {"b"},
               {"first difference", Align::kLeft}});
  for (const Compared& compared : comparison.quantities) {
    if (compared.differ == 0) continue;
    table.add_row({name_of(compared), differ_text(compared),
                   compared.largest > 0 ? real_text(compared.largest) : "-",
                   total_text(compared, compared.a), total_text(compared, compared.b),
                   first_text(compared)});
  }
  return table.text(palette);
}

std::string same_list(const FileComparison& comparison) {
  std::vector<std::string> names;
  std::size_t counters = 0;
  for (const Compared& compared : comparison.quantities) {
    if (compared.differ > 0 || compared.rows == 0) continue;
    if (compared.quantity == ComparedQuantity::kCounters) {
      ++counters;
    } else {
      names.push_back(name_of(compared));
    }
  }
  if (counters > 0) names.push_back(plural(counters, "counter"));
  return names.empty() ? "" : fmt::format("the same: {}", fmt::join(names, ", "));
}

/// What differs without making a difference.
std::string harmless_facts(const FileComparison& comparison) {
  std::string text;
  for (const auto& row : differing_facts(comparison)) {
    text += fmt::format("{}: {} in a, {} in b\n", row[0], row[1], row[2]);
  }
  return text;
}

}  // namespace

bool is_same(const FileComparison& comparison, DiffScope scope) {
  return comparison.same_results() &&
         (scope == DiffScope::kResultsOnly || comparison.same_configuration());
}

std::string diff_text(const FileComparison& comparison, DiffScope scope, const Terminal& terminal) {
  const Palette palette = palette_of(terminal);
  std::string text = headline(comparison, scope) + "\n";
  if (is_same(comparison, scope)) return text + harmless_facts(comparison);
  text += "\n" + facts_table(comparison, palette);
  if (scope == DiffScope::kEverything && !comparison.configuration.empty()) {
    text += "\n" + configuration_table(comparison, palette);
  }
  if (!comparison.same_results()) {
    const auto differs = [](const Compared& compared) { return compared.differ > 0; };
    if (std::ranges::any_of(comparison.quantities, differs)) {
      text += "\n" + quantity_table(comparison, palette);
    }
    const std::string same = same_list(comparison);
    if (!same.empty()) {
      text += "\n" + wrapped(same, static_cast<std::size_t>(terminal.columns), 0);
    }
  }
  if (!comparison.unmatched.empty()) text += "\n";
  for (const Unmatched& unmatched : comparison.unmatched) text += unmatched.text + "\n";
  return text;
}

}  // namespace neurosim
