#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace neurosim {

/// Labelled images of one shape. Safe to read from several threads.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::size_t size() const = 0;
  virtual std::size_t rows() const = 0;
  virtual std::size_t columns() const = 0;
  virtual std::size_t class_count() const = 0;
  virtual int label(std::size_t index) const = 0;
  /// Writes the image of `index`, row-major, one byte a pixel (0 black, 255 white).
  /// REQUIRES: index < size(), pixels.size() == rows() * columns().
  virtual void image(std::size_t index, std::span<std::uint8_t> pixels) const = 0;
};

struct DatasetRequest {
  std::string name;         ///< mnist, fashion-mnist, synthetic-digits
  std::string split;        ///< train, test
  std::uint64_t seed = 1;   ///< synthetic-digits only
  std::size_t samples = 0;  ///< synthetic-digits only: how many to draw
  std::string data_dir;     ///< searched first; may be empty
};

/// Names that open_dataset knows.
std::span<const std::string_view> dataset_names();

/// Folders in which open_dataset looks, best first.
std::vector<std::filesystem::path> dataset_folders(const std::string& data_dir);

/// Opens a dataset. Files are looked for in `data_dir`, in the folders of the environment variable
/// NEUROSIM_DATA (separated by `:`), and in ~/.local/share/neurosim, each with and without a
/// subfolder named after the dataset, as the original IDX files, plain or `.gz`.
/// Throws DataError (missing: names every place searched; malformed: file and offset).
std::unique_ptr<Dataset> open_dataset(const DatasetRequest& request);

}  // namespace neurosim
