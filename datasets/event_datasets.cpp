#include "datasets/event_datasets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "datasets/search_path.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNmnist = "nmnist";
constexpr SensorSize kNmnistSize = {34, 34};
constexpr std::size_t kDigits = 10;

struct Item {
  std::string path;
  int label = 0;
};

/// Files that are read when asked for; nothing changes after construction.
class FileDataset final : public EventDataset {
 public:
  using Read = std::function<EventRecording(const std::string& path, SensorSize sensor)>;

  FileDataset(std::vector<Item> items, std::vector<std::string> classes, SensorSize sensor,
              Read read)
      : items_(std::move(items)),
        classes_(std::move(classes)),
        sensor_(sensor),
        read_(std::move(read)) {}

  std::size_t size() const override { return items_.size(); }
  std::size_t class_count() const override { return classes_.size(); }
  std::string class_name(std::size_t label) const override { return classes_[label]; }
  int label(std::size_t index) const override { return items_[index].label; }
  std::size_t width() const override { return sensor_.width; }
  std::size_t height() const override { return sensor_.height; }
  void recording(std::size_t index, EventRecording& recording) const override {
    NS_ASSERT(index < size());
    recording = read_(items_[index].path, sensor_);
    if (recording.width != sensor_.width || recording.height != sensor_.height) {
      throw DataError(
          items_[index].path,
          fmt::format(
              "expected a recording of {} x {} pixels, found {} x {} (data.width, data.height)",
              sensor_.width, sensor_.height, recording.width, recording.height));
    }
  }

 private:
  std::vector<Item> items_;
  std::vector<std::string> classes_;
  SensorSize sensor_;
  Read read_;
};

/// What a folder holds in alphabetical order, but for hidden files.
std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (!it->path().filename().string().starts_with(".")) paths.push_back(it->path());
  }
  if (error) throw DataError(folder.string(), "cannot read the folder: " + error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// `2` of `00002.bin`.
std::uint64_t file_number(const fs::path& file) {
  const std::string stem = file.stem().string();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  if (error != std::errc() || end != stem.data() + stem.size()) {
    throw DataError(file.string(), "expected a number for a name, e.g. 00002.bin");
  }
  return number;
}

void add_digit(const fs::path& folder, std::map<std::uint64_t, Item>& items) {
  const std::string name = folder.filename().string();
  if (name.size() != 1 || name[0] < '0' || name[0] > '9') {
    throw DataError(folder.string(), "expected the folders 0 to 9 only, named after the digits");
  }
  for (const fs::path& file : entries(folder)) {
    if (file.extension() != ".bin") continue;
    const auto [at, is_new] =
        items.try_emplace(file_number(file), Item{file.string(), name[0] - '0'});
    if (!is_new) {
      throw DataError(file.string(), fmt::format("expected one file of each number, found also {}",
                                                 at->second.path));
    }
  }
}

}  // namespace

std::unique_ptr<EventDataset> open_nmnist(const std::string& split, const std::string& data_dir) {
  if (split != "train" && split != "test") {
    throw UsageError(fmt::format("unknown split \"{}\"; known: train test", split));
  }
  const std::string folder = split == "train" ? "Train" : "Test";
  const std::vector<fs::path> places = search_places(data_dir, kNmnist, {});
  const auto place = std::find_if(places.begin(), places.end(),
                                  [&](const fs::path& path) { return is_folder(path / folder); });
  if (place == places.end()) {
    fail_not_found(std::string(kNmnist),
                   fmt::format("the {} split needs a folder {} with folders 0 to 9", split, folder),
                   places);
  }
  std::map<std::uint64_t, Item> by_number;
  for (const fs::path& entry : entries(*place / folder)) {
    if (is_folder(entry)) add_digit(entry, by_number);
  }
  if (by_number.empty()) {
    throw DataError((*place / folder).string(),
                    "expected .bin files in folders 0 to 9, found none");
  }
  std::vector<Item> items;
  for (auto& [number, item] : by_number) items.push_back(std::move(item));
  std::vector<std::string> classes;
  for (std::size_t digit = 0; digit < kDigits; ++digit) classes.push_back(std::to_string(digit));
  return std::make_unique<FileDataset>(std::move(items), std::move(classes), kNmnistSize,
                                       &read_events);
}

std::unique_ptr<EventDataset> open_event_folder(const EventFolder& folder) {
  if (!is_folder(folder.folder)) throw DataError(folder.folder, "expected a folder, found none");
  std::vector<Item> items;
  std::vector<std::string> classes;
  for (const fs::path& entry : entries(folder.folder)) {
    if (!is_folder(entry)) continue;
    for (const fs::path& file : entries(entry)) {
      if (!is_folder(file)) items.push_back({file.string(), static_cast<int>(classes.size())});
    }
    classes.push_back(entry.filename().string());
  }
  if (items.empty()) {
    throw DataError(folder.folder,
                    "expected recordings in folders named after their classes, "
                    "found none");
  }
  SensorSize sensor = folder.sensor;
  if (sensor.width == 0 || sensor.height == 0) {
    const EventRecording first = folder.read(items.front().path, sensor);
    sensor = {first.width, first.height};
  }
  return std::make_unique<FileDataset>(std::move(items), std::move(classes), sensor, folder.read);
}

}  // namespace neurosim
