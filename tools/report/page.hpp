#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/checkpoint.hpp"
#include "sim/io/results.hpp"

namespace neurosim::report {

/// What a page is made of. The page's own scripts (*.js) turn `data` into text and pictures;
/// nothing that comes from a file reaches the page as HTML.
struct Page {
  std::string title;
  std::string graph;            ///< the network: an SVG element, or a paragraph that says why not
  nlohmann::ordered_json data;  ///< keys: tools/report/README.md
  std::vector<std::string> blocks;  ///< one a sample, see Block
};

/// How many samples a report holds when it is not told: as many as stay below both limits, and at
/// least one.
inline constexpr std::uint64_t kMostSpikes = 1'000'000;
inline constexpr std::uint64_t kMostTraceValues = 4'000'000;
inline constexpr std::size_t kMostSamples = 1000;

/// The page of a run. `samples`: how many to embed. Throws DataError.
Page run_page(const Results& results, std::optional<std::uint64_t> samples);

/// The page of a training.
Page training_page(const Checkpoint& checkpoint, const std::string& file);

/// The whole HTML file.
std::string page_text(const Page& page);

/// The network's graph for Page::graph.
std::string graph_picture(const std::string& network_yaml, const std::string& file);

/// A table for the page: every cell is a text, the first column names the row.
nlohmann::ordered_json table_json(const std::string& caption, std::vector<std::string> columns,
                                  std::vector<std::vector<std::string>> rows);

/// Tables of what the populations and projections of a run did.
nlohmann::ordered_json activity_tables(const Results& results);

/// Tables of what that would cost in energy, shown below those. No model of energy is known yet,
/// so there are none.
nlohmann::ordered_json energy_tables(const Results& results);

}  // namespace neurosim::report
