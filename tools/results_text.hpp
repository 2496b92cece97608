#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "experiments/measures.hpp"
#include "sim/io/results.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// Rates over time are means over so many samples at most: a large file answers at once.
inline constexpr std::size_t kInspectedSamples = 100;

/// A bar a value, as high as its share of the largest; a blank for 0. Blocks, or on a terminal
/// without them characters of growing weight.
std::string sparkline(std::span<const double> values, bool unicode);

/// A line for each population with recorded spikes, within the width of the terminal, below one
/// that says over how many samples the mean is; empty without any.
std::string rate_text(const Results& results, const Terminal& terminal);
/// The same in about 100 bins; null without any.
nlohmann::ordered_json rate_json(const Results& results);

/// The matrix of counts, or where it has more than 20 classes or does not fit the pairs that were
/// mixed up most often; empty without classes.
std::string confusion_text(const Confusion& confusion, const Terminal& terminal);
nlohmann::ordered_json confusion_json(const Confusion& confusion);

}  // namespace neurosim
