#include "tools/plot/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "sim/network/config_node.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kKindNames = {"raster", "rate",      "activity",
                                                        "trace",  "confusion", "training"};
constexpr double kLeastWidth = 50, kMostWidth = 500, kLeastHeight = 20, kMostHeight = 1000;

constexpr std::array kOptions = {
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "the picture: .svg, .pdf, or .png with 300 dots an inch"},
    OptionInfo{.name = "force", .sentence = "replace a picture that exists"},
    OptionInfo{.name = "population",
               .kind = OptionKind::kRepeatedValue,
               .value = "NAMES",
               .sentence = "raster, rate, activity, trace: show these, separated by commas; may be "
                           "repeated (default: all that were recorded; activity: all neurons)"},
    OptionInfo{.name = "sample",
               .kind = OptionKind::kValue,
               .value = "K",
               .sentence = "raster, trace: the sample to show, counted from 0 (default 0); rate: "
                           "add a thin line for it"},
    OptionInfo{.name = "samples",
               .kind = OptionKind::kValue,
               .value = "N",
               .sentence = "rate: the mean over the first N samples (default: at most 1000)"},
    OptionInfo{.name = "bin-ms",
               .kind = OptionKind::kValue,
               .value = "MS",
               .sentence = "rate: width of a bin, whole steps (default: about 100 bins)"},
    OptionInfo{.name = "neurons",
               .kind = OptionKind::kValue,
               .value = "LIST",
               .sentence = "trace: these neurons, e.g. 0,2,5..9, at most 10 (default: the first "
                           "that were recorded)"},
    OptionInfo{.name = "width-mm",
               .kind = OptionKind::kValue,
               .value = "MM",
               .sentence = "width of the picture (default 85, one column of a journal)"},
    OptionInfo{.name = "height-mm",
               .kind = OptionKind::kValue,
               .value = "MM",
               .sentence = "height of the picture (default: what it needs)"},
};

/// Options that some kinds know, as bits of PlotKind.
constexpr unsigned bit(PlotKind kind) { return 1u << static_cast<unsigned>(kind); }
struct Applies {
  std::string_view option;
  unsigned kinds;
};
constexpr std::array kApplies = {
    Applies{"population", bit(PlotKind::kRaster) | bit(PlotKind::kRate) | bit(PlotKind::kActivity) |
                              bit(PlotKind::kTrace)},
    Applies{"sample", bit(PlotKind::kRaster) | bit(PlotKind::kRate) | bit(PlotKind::kTrace)},
    Applies{"samples", bit(PlotKind::kRate)},
    Applies{"bin-ms", bit(PlotKind::kRate)},
    Applies{"neurons", bit(PlotKind::kTrace)},
};

bool takes_several_files(PlotKind kind) {
  return kind == PlotKind::kActivity || kind == PlotKind::kTraining;
}

/// Takes the kind out of the operands; what is left are the files.
PlotKind take_kind(std::vector<std::string>& operands) {
  std::optional<std::size_t> found;
  const auto kind_of = [](const std::string& word) {
    return std::find(kKindNames.begin(), kKindNames.end(), word);
  };
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (kind_of(operands[k]) == kKindNames.end()) continue;
    if (found) {
      throw UsageError(fmt::format("two kinds of figure: {} and {}; a file of that name is ./{}",
                                   operands[*found], operands[k], operands[k]));
    }
    found = k;
  }
  if (!found) {
    // The word that is no file is the one that was meant.
    std::error_code ignored;
    for (const std::string& word : operands) {
      if (fs::exists(word, ignored)) continue;
      if (fs::path(word).has_extension() && !nearest_name(word, kKindNames)) continue;
      throw UsageError("unknown kind of figure " + unknown_name(word, kKindNames));
    }
    throw UsageError("the kind of figure is missing: " + comma_list(kKindNames));
  }
  const auto kind = static_cast<PlotKind>(kind_of(operands[*found]) - kKindNames.begin());
  operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(*found));
  return kind;
}

double real_number(std::string_view option, const std::string& text, double low, double high) {
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status == std::errc() && end == text.data() + text.size() && number >= low &&
      number <= high) {
    return number;
  }
  throw UsageError(fmt::format("--{}: expected a number from {} to {}, got {}", option, low, high,
                               neurosim::quoted(text)));
}

Page page_of(const CommandLine& line, const std::string& output) {
  const std::string ending = fs::path(output).extension().string();
  Page page{.height_mm = 0};
  if (ending == ".svg") {
    page.format = PictureFormat::kSvg;
  } else if (ending == ".png") {
    page.format = PictureFormat::kPng;
  } else if (ending == ".pdf") {
    page.format = PictureFormat::kPdf;
  } else {
    throw UsageError(
        fmt::format("--output: expected a name that ends in .svg, .png or .pdf, got {}",
                    neurosim::quoted(output)));
  }
  if (const auto width = line.value("width-mm")) {
    page.width_mm = real_number("width-mm", *width, kLeastWidth, kMostWidth);
  }
  if (const auto height = line.value("height-mm")) {
    page.height_mm = real_number("height-mm", *height, kLeastHeight, kMostHeight);
  }
  return page;
}

void check_output(const PlotRequest& request) {
  std::error_code ignored;
  if (!fs::exists(request.output, ignored)) return;
  for (const std::string& file : request.files) {
    if (!fs::equivalent(request.output, file, ignored)) continue;
    throw UsageError(fmt::format("--output: {} is a file to draw", request.output));
  }
  expect_file(request.output);
  if (request.replace) return;
  throw DataError(request.output,
                  "exists already; add --force to replace it, or choose another name");
}

void check_options(const CommandLine& line, PlotKind kind) {
  for (const Applies& entry : kApplies) {
    if (!line.has(entry.option) || (entry.kinds & bit(kind)) != 0) continue;
    std::vector<std::string_view> kinds;
    for (std::size_t k = 0; k < kKindNames.size(); ++k) {
      if ((entry.kinds & bit(static_cast<PlotKind>(k))) != 0) kinds.push_back(kKindNames[k]);
    }
    throw UsageError(fmt::format("--{}: has no meaning for {} (for: {})", entry.option,
                                 kind_name(kind), comma_list(kinds)));
  }
}

std::vector<std::string> population_names(const CommandLine& line) {
  std::vector<std::string> names;
  for (const std::string& list : line.values("population")) {
    for (std::size_t first = 0; first <= list.size();) {
      const std::size_t comma = std::min(list.find(',', first), list.size());
      const std::string name = list.substr(first, comma - first);
      if (name.empty()) {
        throw UsageError("--population: expected names separated by commas, got " +
                         neurosim::quoted(list));
      }
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      first = comma + 1;
    }
  }
  return names;
}

}  // namespace

std::string_view kind_name(PlotKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::span<const OptionInfo> plot_options() { return kOptions; }

std::vector<std::uint64_t> number_list(std::string_view option, std::string_view text,
                                       std::size_t most) {
  const auto fail = [&] {
    throw UsageError(fmt::format("--{}: expected at most {} numbers such as 0,2,5..9, got {}",
                                 option, most, neurosim::quoted(text)));
  };
  std::vector<std::uint64_t> numbers;
  const char *at = text.data(), *const end = text.data() + text.size();
  const auto take = [&] {
    std::uint64_t number = 0;
    const auto [next, status] = std::from_chars(at, end, number);
    if (status != std::errc()) fail();
    at = next;
    return number;
  };
  while (true) {
    const std::uint64_t low = take();
    std::uint64_t high = low;
    if (std::string_view(at, end).starts_with("..")) {
      at += 2;
      high = take();
    }
    if (high < low || high - low >= most) fail();
    for (std::uint64_t number = low; number <= high; ++number) numbers.push_back(number);
    if (at == end) break;
    if (*at++ != ',') fail();
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.size() > most) fail();
  return numbers;
}

PlotRequest plot_request(const CommandLine& line) {
  PlotRequest request;
  request.files = line.operands();
  request.kind = take_kind(request.files);
  if (request.files.empty()) throw UsageError("the file to draw is missing");
  if (request.files.size() > 1 && !takes_several_files(request.kind)) {
    throw UsageError(fmt::format("{} draws one file, got {}: {}", kind_name(request.kind),
                                 request.files.size(), fmt::join(request.files, ", ")));
  }
  check_options(line, request.kind);
  request.output = line.value_or("output", "");
  if (!line.has("output")) {
    throw UsageError(fmt::format("--output is missing, e.g. -o {}.svg", kind_name(request.kind)));
  }
  request.page = page_of(line, request.output);
  request.sample = line.whole_number("sample", 0);
  request.samples = line.whole_number("samples", 1);
  if (const auto bin = line.value("bin-ms")) {
    request.bin_ms = real_number("bin-ms", *bin, 1e-6, 1e9);
  }
  request.populations = population_names(line);
  if (const auto neurons = line.value("neurons")) {
    request.neurons = number_list("neurons", *neurons, kMostTraceLines);
  }
  request.replace = line.has("force");
  check_output(request);
  return request;
}

}  // namespace neurosim
