#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/command_line.hpp"
#include "tools/plot/script.hpp"

namespace neurosim {

enum class PlotKind { kRaster, kRate, kActivity, kTrace, kConfusion, kTraining };

std::string_view kind_name(PlotKind kind);

/// What `neurosim plot` was asked for, checked as far as that goes without reading the files.
struct PlotRequest {
  PlotKind kind = PlotKind::kRaster;
  std::vector<std::string> files;
  std::string output;
  bool replace = false;  ///< an output that exists
  Page page;             ///< height_mm 0: whatever the figure needs
  std::optional<std::uint64_t> sample, samples;
  std::optional<double> bin_ms;
  std::vector<std::string> populations;  ///< empty: all
  std::vector<std::uint64_t> neurons;    ///< ascending; empty: the first ones
};

inline constexpr std::size_t kMostTraceLines = 10;

/// The options of the command.
std::span<const OptionInfo> plot_options();

/// Throws UsageError, and DataError for an output that exists and is to be kept.
PlotRequest plot_request(const CommandLine& line);

/// The numbers of `0,2,5..9`, ascending. Throws UsageError that names `option`.
std::vector<std::uint64_t> number_list(std::string_view option, std::string_view text,
                                       std::size_t most);

}  // namespace neurosim
