#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"

namespace neurosim::test {

/// Images of one shape that a test made up; image k has label k % 10.
class MadeImages final : public ImageDataset {
 public:
  MadeImages(std::size_t rows, std::size_t columns, std::vector<std::vector<std::uint8_t>> images)
      : rows_(rows), columns_(columns), images_(std::move(images)) {}

  std::size_t size() const override { return images_.size(); }
  std::size_t class_count() const override { return 10; }
  int label(std::size_t index) const override { return static_cast<int>(index % 10); }
  std::size_t rows() const override { return rows_; }
  std::size_t columns() const override { return columns_; }
  void image(std::size_t index, std::span<std::uint8_t> pixels) const override {
    std::copy(images_[index].begin(), images_[index].end(), pixels.begin());
  }

 private:
  std::size_t rows_, columns_;
  std::vector<std::vector<std::uint8_t>> images_;
};

inline std::unique_ptr<ImageDataset> made_image(std::size_t rows, std::size_t columns,
                                                std::vector<std::uint8_t> pixels) {
  std::vector<std::vector<std::uint8_t>> images = {std::move(pixels)};
  return std::make_unique<MadeImages>(rows, columns, std::move(images));
}

}  // namespace neurosim::test
