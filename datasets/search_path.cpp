#include "datasets/search_path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "datasets/dataset.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

bool belongs_to_another(const fs::path& folder, std::string_view name,
                        std::span<const std::string_view> others) {
  const fs::path last = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  return last.string() != name &&
         std::find(others.begin(), others.end(), last.string()) != others.end();
}

}  // namespace

std::vector<fs::path> search_places(const std::string& data_dir, std::string_view name,
                                    std::span<const std::string_view> others) {
  std::vector<fs::path> places;
  for (const fs::path& root : dataset_folders(data_dir)) {
    places.push_back(root / name);
    if (!belongs_to_another(root, name, others)) places.push_back(root);
  }
  return places;
}

void fail_not_found(const std::string& name, const std::string& needs,
                    const std::vector<fs::path>& places) {
  std::string message = fmt::format("not found: {}; searched:", needs);
  for (const fs::path& place : places) message += fmt::format("\n  {}", place.string());
  if (places.empty()) message += "\n  (nowhere: no folder is known)";
  message += fmt::format(
      "\nName their folder with --data-dir or in the environment variable NEUROSIM_DATA, or get "
      "them: "
      "neurosim data fetch {}",
      name);
  throw DataError(name, message);
}

}  // namespace neurosim
