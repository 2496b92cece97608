#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "datasets/fetch.hpp"
#include "sim/core/error.hpp"
#include "tools/byte_size.hpp"
#include "tools/data_commands.hpp"
#include "tools/number_text.hpp"
#include "tools/table.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

/// Bytes to download; 0: not known.
std::uint64_t size_of(const KnownDataset& dataset) {
  std::uint64_t total = 0;
  for (const KnownFile& file : dataset.files) {
    if (file.size == 0) return 0;
    total += file.size;
  }
  return total;
}

std::string place_text(const KnownDataset& dataset, const std::filesystem::path& folder) {
  if (folder.empty()) return fmt::format("not here; neurosim data fetch {}", dataset.name);
  return folder.string() + (is_complete(dataset, folder) ? "" : " (incomplete)");
}

std::string table_text(const std::string& data_dir) {
  Table table({{"data set", Align::kLeft},
               {"training"},
               {"test"},
               {"download"},
               {"licence", Align::kLeft},
               {"where", Align::kLeft}});
  for (const KnownDataset& dataset : known_datasets()) {
    const std::uint64_t size = size_of(dataset);
    table.add_row({dataset.name, count_text(dataset.training_samples),
                   count_text(dataset.test_samples), size > 0 ? bytes_text(size) : "?",
                   dataset.licence, place_text(dataset, find_dataset_folder(dataset, data_dir))});
  }
  table.add_row({"synthetic-digits", "any", "any", "-", "-", "drawn by neurosim: no files"});
  return table.text(palette_of(terminal_of(stdout)));
}

nlohmann::ordered_json json_of(const KnownDataset& dataset, const std::string& data_dir) {
  const auto folder = find_dataset_folder(dataset, data_dir);
  nlohmann::ordered_json object = {{"name", dataset.name},
                                   {"title", dataset.title},
                                   {"publisher", dataset.publisher},
                                   {"licence", dataset.licence},
                                   {"citation", dataset.citation},
                                   {"training_samples", dataset.training_samples},
                                   {"test_samples", dataset.test_samples},
                                   {"download_bytes", nullptr},
                                   {"folder", nullptr},
                                   {"complete", !folder.empty() && is_complete(dataset, folder)}};
  if (const std::uint64_t size = size_of(dataset); size > 0) object["download_bytes"] = size;
  if (!folder.empty()) object["folder"] = folder.string();
  return object;
}

}  // namespace

ExitCode data_list(const CommandLine& line) {
  if (line.operands().size() > 1) throw UsageError("neurosim data list takes no names");
  const std::string data_dir = line.value_or("data-dir", "");
  if (!line.has("json")) {
    fmt::print("{}", table_text(data_dir));
    return ExitCode::kSuccess;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const KnownDataset& dataset : known_datasets()) {
    list.push_back(json_of(dataset, data_dir));
  }
  const nlohmann::ordered_json object = {{"datasets", list}};
  // Folder names need not be UTF-8.
  fmt::print("{}\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return ExitCode::kSuccess;
}

}  // namespace neurosim
