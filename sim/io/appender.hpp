#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/io/hdf5.hpp"

namespace neurosim {

/// Buffers what is added to a growing dataset and writes it chunk by chunk, so that one call into
/// HDF5 serves many samples and no chunk is compressed twice.
///
/// Invariant: the dataset holds a whole number of chunks until flush().
template <class T>
class Appender {
 public:
  /// Adds dataset `name` [0, unlimited) to the group: `length` elements a chunk.
  static Appender list(hdf5::Group& group, const std::string& name, std::uint64_t length,
                       hdf5::Filter filter) {
    return Appender(group.create_dataset(name, hdf5::type_of<T>(),
                                         {.shape = {0}, .chunk = {length}, .filter = filter}),
                    length);
  }
  /// Adds dataset `name` [rows, width], to be given whole rows. Chunks are of about 256 KiB, at
  /// most 1024 rows high. REQUIRES: width >= 1.
  static Appender table(hdf5::Group& group, const std::string& name, std::uint64_t width,
                        hdf5::Filter filter) {
    const std::uint64_t rows =
        std::clamp<std::uint64_t>(kChunkBytes / (width * sizeof(T)), 1, kMostRows);
    const std::uint64_t columns = std::min<std::uint64_t>(width, kChunkBytes / sizeof(T));
    return Appender(
        group.create_dataset(name, hdf5::type_of<T>(),
                             {.shape = {0, width}, .chunk = {rows, columns}, .filter = filter}),
        rows * width);
  }

  void append(T value) { append(std::span<const T>(&value, 1)); }
  template <class U>
  void append(std::span<const U> values) {
    while (!values.empty()) {
      const std::size_t count = std::min(values.size(), capacity_ - buffer_.size());
      for (const U value : values.first(count)) buffer_.push_back(static_cast<T>(value));
      values = values.subspan(count);
      if (buffer_.size() == capacity_) flush();
    }
  }
  /// Adds `value`, `count` times.
  void fill(T value, std::size_t count) {
    while (count > 0) {
      const std::size_t now = std::min(count, capacity_ - buffer_.size());
      buffer_.insert(buffer_.end(), now, value);
      count -= now;
      if (buffer_.size() == capacity_) flush();
    }
  }
  /// Writes what is still buffered; for the end of a run.
  void flush() {
    dataset_.template append<T>(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr std::uint64_t kChunkBytes = 256 * 1024;
  static constexpr std::uint64_t kMostRows = 1024;

  Appender(hdf5::Dataset dataset, std::size_t capacity)
      : dataset_(std::move(dataset)), capacity_(capacity) {}

  hdf5::Dataset dataset_;
  std::size_t capacity_;
  std::vector<T> buffer_;
};

}  // namespace neurosim
