#include "tools/data_show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "datasets/event_datasets.hpp"
#include "datasets/saccade_camera.hpp"
#include "experiments/encoded_data.hpp"
#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "tools/sample_picture.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kEventSet = "nmnist";
constexpr std::size_t kSyntheticSamples = 10000;

struct Request {
  std::string name, split, camera, data_dir;
  std::size_t sample = 0;
};

Request request_of(const CommandLine& line) {
  if (line.operands().size() != 2) {
    throw UsageError("neurosim data show: expected one data set or file");
  }
  Request request{.name = line.operands()[1],
                  .split = line.value_or("split", "test"),
                  .camera = line.value_or("camera", ""),
                  .data_dir = line.value_or("data-dir", "")};
  request.sample = static_cast<std::size_t>(line.whole_number("sample", 0).value_or(0));
  if (request.split != "train" && request.split != "test") {
    throw UsageError(fmt::format("--split: expected train or test, got \"{}\"", request.split));
  }
  if (line.has("camera") && request.camera != "saccades") {
    throw UsageError(fmt::format("--camera: expected saccades, got \"{}\"", request.camera));
  }
  return request;
}

void check_sample(const Request& request, const Dataset& data) {
  if (request.sample < data.size()) return;
  throw UsageError(fmt::format("--sample: expected 0 to {} ({} {}), got {}", data.size() - 1,
                               request.name, request.split, request.sample));
}

std::string set_title(const Request& request) {
  return fmt::format("{} ({})", request.name, request.split);
}

SamplePicture image_picture(const Request& request) {
  auto images = open_images({.name = request.name,
                             .split = request.split,
                             .samples = kSyntheticSamples,
                             .data_dir = request.data_dir});
  check_sample(request, *images);
  if (request.camera.empty()) return picture_of(*images, request.sample, set_title(request));
  SaccadeCamera camera;
  // Room for the way that the image is moved, as 34 is for 28.
  camera.width = std::clamp<std::size_t>(images->columns() + 6, camera.width, 1024);
  camera.height = std::clamp<std::size_t>(images->rows() + 6, camera.height, 1024);
  const auto events = make_saccade_dataset(std::move(images), camera);
  return picture_of(*events, request.sample, set_title(request) + ", simulated camera");
}

SamplePicture nmnist_picture(const Request& request) {
  const auto data = open_nmnist(request.split, request.data_dir);
  check_sample(request, *data);
  return picture_of(*data, request.sample, set_title(request));
}

SamplePicture picture_for(const CommandLine& line) {
  const Request request = request_of(line);
  const auto names = image_dataset_names();
  if (std::find(names.begin(), names.end(), request.name) != names.end()) {
    return image_picture(request);
  }
  if (line.has("camera")) {
    throw UsageError(fmt::format("--camera: {} is no set of images", request.name));
  }
  if (request.name == kEventSet) return nmnist_picture(request);
  for (const std::string_view option : {"split", "sample"}) {
    if (line.has(option)) {
      throw UsageError(fmt::format("--{}: {} is no data set ({}, {})", option, request.name,
                                   fmt::join(names, ", "), kEventSet));
    }
  }
  std::error_code ignored;
  if (!std::filesystem::exists(request.name, ignored)) {
    throw DataError(request.name, fmt::format("is neither a file nor a data set ({}, {})",
                                              fmt::join(names, ", "), kEventSet));
  }
  return picture_of(read_any_events(request.name, {}),
                    std::filesystem::path(request.name).filename().string());
}

void write_file(const CommandLine& line, const std::string& path,
                std::span<const std::byte> contents) {
  PartialFile file(path, line.has("force") ? Overwrite::kAllow : Overwrite::kRefuse);
  file.keep(contents);
}

}  // namespace

ExitCode data_show(const CommandLine& line) {
  const std::string output = line.value_or("output", "");
  const std::string ending = std::filesystem::path(output).extension().string();
  if (line.has("output") && ending != ".png" && ending != ".svg") {
    throw UsageError(
        fmt::format("--output: expected a name that ends in .png or .svg, got \"{}\"", output));
  }
  std::error_code ignored;
  if (!output.empty() && line.operands().size() > 1 &&
      std::filesystem::equivalent(output, line.operands()[1], ignored)) {
    throw UsageError(fmt::format("--output: {} is the recording", output));
  }
  const SamplePicture picture = picture_for(line);
  if (output.empty()) {
    fmt::print("{}", sample_text(picture, terminal_of(stdout)));
  } else if (ending == ".png") {
    write_file(line, output, sample_png(picture));
  } else {
    const std::string svg = sample_svg(picture);
    write_file(line, output, std::as_bytes(std::span(svg.data(), svg.size())));
  }
  return ExitCode::kSuccess;
}

}  // namespace neurosim
