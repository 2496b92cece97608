#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "datasets/dataset.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

// The two layers do not know each other; descriptions offer exactly what can be opened.
TEST_CASE("a description may name the datasets that exist, no others") {
  std::vector<std::string_view> images;
  for (const DatasetName& set : kDatasets) {
    if (set.kind == DataKind::kImages && set.items_key.empty()) images.push_back(set.name);
  }
  CHECK(std::ranges::equal(images, image_dataset_names()));
}

TEST_CASE("the splits of a description are those that datasets have") {
  for (const std::string_view split : kSplitNames) {
    CHECK(open_images({.name = "synthetic-digits", .split = std::string(split), .samples = 1})
              ->size() == 1);
  }
}

}  // namespace
}  // namespace neurosim
