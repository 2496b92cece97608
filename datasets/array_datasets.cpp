#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "datasets/array_file.hpp"
#include "datasets/raw_array.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using Kind = ElementType::Kind;

constexpr double kMaxLabel = 65535;

/// `[3, 27, 0]`: where element `index` stands.
std::string place_of(const RawArray& array, std::size_t index) {
  std::string text;
  for (std::size_t axis = array.shape.size(); axis-- > 0;) {
    text = fmt::format("{}{}{}", index % array.shape[axis], text.empty() ? "" : ", ", text);
    index /= array.shape[axis];
  }
  return "[" + text + "]";
}

[[noreturn]] void fail_element(const RawArray& array, std::size_t index,
                               const std::string& wanted) {
  throw DataError(array.name, fmt::format("element {}: expected {}, found {}",
                                          place_of(array, index), wanted, array.value(index)));
}

RawArray read_cube(const std::string& path, const char* axes) {
  RawArray array = read_raw_array(path);
  if (array.shape.size() == 3) return array;
  throw DataError(path, fmt::format("expected 3 axes, {}, found {} ({})", axes, array.shape.size(),
                                    shape_text(array.shape)));
}

class Labels {
 public:
  /// `path` empty: none.
  Labels(const std::string& path, std::size_t samples, const std::string& of) {
    if (path.empty()) return;
    const RawArray array = read_raw_array(path);
    if (array.shape != std::vector<std::size_t>{samples}) {
      throw DataError(path, fmt::format("expected {} labels on one axis, one for each sample of "
                                        "{}, found {}",
                                        samples, of, shape_text(array.shape)));
    }
    labels_.reserve(samples);
    for (std::size_t k = 0; k < samples; ++k) {
      const double value = array.value(k);
      // Written so that NaN fails.
      if (!(value >= 0 && value <= kMaxLabel && value == std::floor(value))) {
        fail_element(array, k, fmt::format("a label, a whole number of 0 to {}", kMaxLabel));
      }
      labels_.push_back(static_cast<std::uint16_t>(value));
    }
    classes_ = std::size_t{*std::ranges::max_element(labels_)} + 1;
  }

  std::size_t classes() const { return classes_; }
  int label(std::size_t index) const { return labels_.empty() ? -1 : labels_[index]; }

 private:
  std::vector<std::uint16_t> labels_;
  std::size_t classes_ = 0;
};

std::uint8_t pixel_of(const RawArray& array, std::size_t index) {
  constexpr double kWhite = 255;
  const double value = array.value(index);
  const bool whole = array.type.kind == Kind::kSigned || array.type.kind == Kind::kUnsigned;
  if (!(value >= 0 && value <= (whole ? kWhite : 1))) {
    fail_element(array, index, whole ? "a pixel of 0 to 255" : "a pixel of 0 to 1");
  }
  return static_cast<std::uint8_t>(whole ? value : std::floor(value * kWhite + 0.5));
}

class ImageFiles final : public ImageDataset {
 public:
  ImageFiles(RawArray array, const std::string& images, const std::string& labels)
      : shape_(array.shape), labels_(labels, array.shape[0], images) {
    if (array.type.kind == Kind::kUnsigned && array.type.size == 1) {
      pixels_ = std::move(array.bytes);
      return;
    }
    pixels_.reserve(array.count());
    for (std::size_t k = 0; k < array.count(); ++k) pixels_.push_back(pixel_of(array, k));
  }

  std::size_t size() const override { return shape_[0]; }
  std::size_t rows() const override { return shape_[1]; }
  std::size_t columns() const override { return shape_[2]; }
  std::size_t class_count() const override { return labels_.classes(); }
  int label(std::size_t index) const override {
    NS_ASSERT(index < size());
    return labels_.label(index);
  }
  void image(std::size_t index, std::span<std::uint8_t> pixels) const override {
    NS_ASSERT(index < size() && pixels.size() == rows() * columns());
    std::copy_n(pixels_.data() + index * pixels.size(), pixels.size(), pixels.begin());
  }

 private:
  std::vector<std::size_t> shape_;
  Labels labels_;
  std::vector<std::uint8_t> pixels_;
};

class SignalFiles final : public SignalDataset {
 public:
  SignalFiles(const RawArray& array, const std::string& signals, const std::string& labels)
      : shape_(array.shape), labels_(labels, array.shape[0], signals) {
    values_.reserve(array.count());
    for (std::size_t k = 0; k < array.count(); ++k) {
      const double value = array.value(k);
      if (!(std::abs(value) <= std::numeric_limits<float>::max())) {
        fail_element(array, k, "a finite number in single precision");
      }
      values_.push_back(static_cast<float>(value));
    }
  }

  std::size_t size() const override { return shape_[0]; }
  std::size_t length() const override { return shape_[1]; }
  std::size_t channels() const override { return shape_[2]; }
  std::size_t class_count() const override { return labels_.classes(); }
  int label(std::size_t index) const override {
    NS_ASSERT(index < size());
    return labels_.label(index);
  }
  void signal(std::size_t index, std::span<float> values) const override {
    NS_ASSERT(index < size() && values.size() == length() * channels());
    std::copy_n(values_.data() + index * values.size(), values.size(), values.begin());
  }

 private:
  std::vector<std::size_t> shape_;
  Labels labels_;
  std::vector<float> values_;
};

}  // namespace

std::unique_ptr<ImageDataset> open_image_files(const std::string& images,
                                               const std::string& labels) {
  return std::make_unique<ImageFiles>(read_cube(images, "[samples, rows, columns]"), images,
                                      labels);
}

std::unique_ptr<SignalDataset> open_signal_files(const std::string& signals,
                                                 const std::string& labels) {
  return std::make_unique<SignalFiles>(read_cube(signals, "[samples, time, channels]"), signals,
                                       labels);
}

}  // namespace neurosim
