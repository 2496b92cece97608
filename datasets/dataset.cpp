#include "datasets/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>

#include "datasets/idx.hpp"
#include "datasets/search_path.hpp"
#include "datasets/synthetic_digits.hpp"
#include "sim/core/error.hpp"

namespace neurosim {

std::vector<std::filesystem::path> dataset_folders(const std::string& data_dir) {
  std::vector<std::filesystem::path> roots;
  if (!data_dir.empty()) roots.emplace_back(data_dir);
  if (const char* const variable = std::getenv("NEUROSIM_DATA")) {
    std::istringstream list(variable);
    for (std::string folder; std::getline(list, folder, ':');) {
      if (!folder.empty()) roots.emplace_back(folder);
    }
  }
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    roots.emplace_back(std::filesystem::path(home) / ".local/share/neurosim");
  }
  return roots;
}
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSyntheticDigits = "synthetic-digits";
constexpr std::array<std::string_view, 3> kNames = {"mnist", "fashion-mnist", kSyntheticDigits};
constexpr std::array<std::string_view, 2> kSplits = {"train", "test"};
constexpr std::size_t kClasses = 10;

/// Images and labels of one split, held in memory.
class IdxDataset final : public ImageDataset {
 public:
  IdxDataset(const std::string& image_file, const std::string& label_file)
      : images_(read_idx(image_file, {IdxType::kU8, 3, "images"})),
        labels_(read_idx(label_file, {IdxType::kU8, 1, "labels"})) {
    if (labels_.shape[0] != images_.shape[0]) {
      throw DataError(label_file, fmt::format("at byte 4: expected {} labels, one for each image "
                                              "of {}, found {}",
                                              images_.shape[0], image_file, labels_.shape[0]));
    }
    const auto bad = std::find_if(labels_.bytes.begin(), labels_.bytes.end(),
                                  [](std::uint8_t label) { return label >= kClasses; });
    if (bad != labels_.bytes.end()) {
      const auto index = static_cast<std::size_t>(bad - labels_.bytes.begin());
      throw DataError(label_file, fmt::format("at byte {}: expected a label of 0 to {}, found {}",
                                              idx_header_size(1) + index, kClasses - 1, *bad));
    }
  }

  std::size_t size() const override { return images_.shape[0]; }
  std::size_t rows() const override { return images_.shape[1]; }
  std::size_t columns() const override { return images_.shape[2]; }
  std::size_t class_count() const override { return kClasses; }
  int label(std::size_t index) const override { return labels_.bytes[index]; }
  void image(std::size_t index, std::span<std::uint8_t> pixels) const override {
    NS_ASSERT(index < size() && pixels.size() == rows() * columns());
    const auto begin = images_.bytes.begin() + static_cast<std::ptrdiff_t>(index * pixels.size());
    std::copy_n(begin, pixels.size(), pixels.begin());
  }

 private:
  IdxArray images_;
  IdxArray labels_;
};

/// `stem` or `stem`.gz in `folder`; empty when neither is there.
fs::path find_file(const fs::path& folder, const std::string& stem) {
  for (const char* const ending : {"", ".gz"}) {
    fs::path candidate = folder / (stem + ending);
    std::error_code ignored;  // a place that cannot be looked into holds no file for us
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return {};
}

std::unique_ptr<ImageDataset> open_idx(const DatasetRequest& request) {
  const std::string prefix = request.split == "train" ? "train" : "t10k";
  const std::string images = prefix + "-images-idx3-ubyte";
  const std::string labels = prefix + "-labels-idx1-ubyte";
  const std::vector<fs::path> places = search_places(request.data_dir, request.name, kNames);
  for (const fs::path& place : places) {
    const fs::path image_file = find_file(place, images);
    if (image_file.empty()) continue;
    const fs::path label_file = find_file(place, labels);
    if (label_file.empty()) {
      throw DataError(image_file.string(),
                      fmt::format("expected {}[.gz] beside it, found none", labels));
    }
    return std::make_unique<IdxDataset>(image_file.string(), label_file.string());
  }
  fail_not_found(
      request.name,
      fmt::format("the {} split needs {}[.gz] and {}[.gz]", request.split, images, labels), places);
}

std::unique_ptr<ImageDataset> open_synthetic(const DatasetRequest& request) {
  if (request.samples < 1 || request.samples > kMaxSyntheticDigits) {
    throw UsageError(fmt::format("{}: expected a number of samples in [1, {}], got {}",
                                 request.name, kMaxSyntheticDigits, request.samples));
  }
  return make_synthetic_digits(
      {.seed = request.seed,
       .split = request.split == "train" ? DigitSplit::kTrain : DigitSplit::kTest,
       .samples = request.samples});
}

template <std::size_t N>
void require_known(std::string_view what, const std::string& given,
                   const std::array<std::string_view, N>& known) {
  if (std::find(known.begin(), known.end(), given) != known.end()) return;
  std::string message = fmt::format("unknown {} \"{}\"; known:", what, given);
  for (const std::string_view name : known) message += fmt::format(" {}", name);
  throw UsageError(message);
}

}  // namespace

std::span<const std::string_view> image_dataset_names() { return kNames; }

std::unique_ptr<ImageDataset> open_images(const DatasetRequest& request) {
  require_known("dataset", request.name, kNames);
  require_known("split", request.split, kSplits);
  return request.name == kSyntheticDigits ? open_synthetic(request) : open_idx(request);
}

}  // namespace neurosim
