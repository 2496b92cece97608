#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/core/events.hpp"

namespace neurosim {

/// Labelled items of one shape and kind. Safe to read from several threads.
/// REQUIRES of every function: index < size().
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::size_t size() const = 0;
  virtual std::size_t class_count() const = 0;
  /// REQUIRES: label < class_count(). By default the label in digits.
  virtual std::string class_name(std::size_t label) const { return std::to_string(label); }
  /// In [0, class_count()), or -1: none.
  virtual int label(std::size_t index) const = 0;
};

class ImageDataset : public Dataset {
 public:
  virtual std::size_t rows() const = 0;
  virtual std::size_t columns() const = 0;
  /// Writes an image, row-major, one byte a pixel (0 black, 255 white).
  /// REQUIRES: pixels.size() == rows() * columns().
  virtual void image(std::size_t index, std::span<std::uint8_t> pixels) const = 0;
};

/// Recordings of event cameras of one size.
class EventDataset : public Dataset {
 public:
  virtual std::size_t width() const = 0;
  virtual std::size_t height() const = 0;
  /// Overwrites `recording`, whose size is that of the dataset. Throws DataError.
  virtual void recording(std::size_t index, EventRecording& recording) const = 0;
};

/// Analogue signals of one length and number of channels.
class SignalDataset : public Dataset {
 public:
  virtual std::size_t length() const = 0;  ///< points in time
  virtual std::size_t channels() const = 0;
  /// Writes a signal as [time][channel]. REQUIRES: values.size() == length() * channels().
  virtual void signal(std::size_t index, std::span<float> values) const = 0;
};

/// One of the known sets.
struct DatasetRequest {
  std::string name;         ///< mnist, fashion-mnist, synthetic-digits
  std::string split;        ///< train, test
  std::uint64_t seed = 1;   ///< synthetic-digits only
  std::size_t samples = 0;  ///< synthetic-digits only: how many to draw
  std::string data_dir;     ///< searched first; may be empty
};

/// Names that open_images knows.
std::span<const std::string_view> image_dataset_names();

/// Folders in which datasets are looked for, best first: `data_dir`, those of the environment
/// variable NEUROSIM_DATA (separated by `:`), ~/.local/share/neurosim.
std::vector<std::filesystem::path> dataset_folders(const std::string& data_dir);

/// Opens a dataset of images. Files are looked for in dataset_folders(), each with and without a
/// subfolder named after the dataset, as the original IDX files, plain or `.gz`.
/// Throws DataError (missing: names every place searched; malformed: file and offset).
std::unique_ptr<ImageDataset> open_images(const DatasetRequest& request);

}  // namespace neurosim
