#pragma once

#include <string>

#include "experiments/compare_results.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// Whether the configuration counts as a difference.
enum class DiffScope { kEverything, kResultsOnly };

/// Whether nothing within the scope differs.
bool is_same(const FileComparison& comparison, DiffScope scope);

/// What differs, the most important difference on the first line; where nothing does, that line
/// says how much was compared, and is the only one unless version, engine or, with kResultsOnly,
/// the likes of the seed differ.
std::string diff_text(const FileComparison& comparison, DiffScope scope, const Terminal& terminal);

/// The same as one JSON object; keys are documented in `neurosim help json`.
std::string diff_json(const FileComparison& comparison, DiffScope scope);

}  // namespace neurosim
