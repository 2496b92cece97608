#include "tools/network_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "sim/network/config_node.hpp"
#include "sim/network/keys.hpp"
#include "sim/network/spellings.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kExample =
    "format: neurosim/1\n"
    "data: { dataset: synthetic-digits, samples: 10, encoder: { type: rate, gain: 0.25 } }\n"
    "populations:\n"
    "  pixels: { model: source, shape: [28, 28] }\n"
    "  hidden: { model: src, size: 100, parameters: { bias: -5 } }\n"
    "projections:\n"
    "  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 2 } }\n"
    "record: { spikes: [hidden] }\n";

std::string key_table(std::span<const KeyInfo> keys, std::size_t columns) {
  constexpr std::size_t kIndent = 6;
  std::size_t width = 0;
  for (const KeyInfo& key : keys) width = std::max(width, key.name.size());
  std::string text;
  for (const KeyInfo& key : keys) {
    const std::string only = key.only.empty() ? "" : fmt::format("{}: ", key.only);
    const std::string_view required = key.required ? "; must be given" : "";
    text += fmt::format("  {:<{}}  {}\n", key.name, width, key.values) +
            wrapped(fmt::format("{}{}{}", only, key.sentence, required), columns, kIndent);
  }
  return text;
}

std::string dataset_names() {
  std::vector<std::string_view> names;
  for (const DatasetName& set : kDatasets) names.push_back(set.name);
  return comma_list(names);
}

}  // namespace

std::string network_help(std::size_t columns) {
  const auto section = [columns](std::string_view title, std::span<const KeyInfo> keys) {
    return fmt::format("\n{}\n", title) + key_table(keys, columns);
  };
  const auto names = [columns](std::string_view what, std::string_view list) {
    return wrapped(fmt::format("{}: {}", what, list), columns, 2);
  };
  return wrapped("A network file is YAML. This one runs (neurosim run FILE.yaml):", columns, 0) +
         "\n" + std::string(kExample) + section("Keys at the top", NetworkKeys::kTop) +
         section("time:", NetworkKeys::kTime) + section("data:", NetworkKeys::kData) +
         names("datasets", dataset_names()) +
         section("Each of populations:", NetworkKeys::kPopulation) +
         names("models that are sources", comma_list(kSourceNames)) +
         section("Each of projections:", NetworkKeys::kProjection) +
         section("connect: of a projection", NetworkKeys::kConnect) +
         names("types", comma_list(kConnectNames)) +
         section("weights: of a projection, and values that are drawn", NetworkKeys::kWeights) +
         section("record:", NetworkKeys::kRecord);
}

}  // namespace neurosim
