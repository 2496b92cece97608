#include "datasets/catalogue.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "datasets/download.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

bool is_hex(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

TEST_CASE("every known dataset says where it comes from and how to tell that it is whole") {
  REQUIRE(known_datasets().size() >= 3);
  for (const KnownDataset& set : known_datasets()) {
    CAPTURE(set.name);
    CHECK(find_known_dataset(set.name) == &set);
    CHECK_FALSE(set.title.empty());
    CHECK_FALSE(set.publisher.empty());
    CHECK_FALSE(set.licence.empty());
    CHECK_FALSE(set.citation.empty());
    CHECK(set.training_samples == 60000);
    CHECK(set.test_samples == 10000);
    for (const KnownFile& file : set.files) {
      CAPTURE(file.name);
      CHECK(file.md5.size() == 32);
      CHECK(is_hex(file.md5 + file.sha256 + file.plain_md5));
      REQUIRE_FALSE(file.urls.empty());
      for (const std::string& url : file.urls) CHECK(url.starts_with("http"));
    }
  }
  CHECK(find_known_dataset("cifar") == nullptr);
}

TEST_CASE("the catalogue describes the publishers' files") {
  for (const char* name : {"mnist", "fashion-mnist"}) {
    const std::string folder = std::string("data/") + name;
    if (!test::have_shared(folder)) continue;
    for (const KnownFile& file : find_known_dataset(name)->files) {
      CAPTURE(file.name);
      CHECK(mismatch(file, test::shared_path(folder + "/" + file.name)).value_or("") == "");
    }
  }
}

}  // namespace neurosim
