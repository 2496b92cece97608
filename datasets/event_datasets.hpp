#pragma once

#include <functional>
#include <memory>
#include <string>

#include "datasets/dataset.hpp"
#include "datasets/event_file.hpp"

namespace neurosim {

/// N-MNIST (Orchard et al., 2015): the split `train` or `test` is a folder `Train` or `Test` with
/// folders 0..9 of .bin files, looked for in dataset_folders(data_dir), each with and without a
/// subfolder `nmnist`. Items are in the order of the file numbers, which is that of MNIST,
/// whichever of them are there; files are read when asked for. Throws DataError, and UsageError for
/// another split.
std::unique_ptr<EventDataset> open_nmnist(const std::string& split, const std::string& data_dir);

/// Recordings in `folder`/<class>/<file>, classes and files in alphabetical order, without hidden
/// ones. Every recording is of the size `sensor` (0: that of the first recording; give it where the
/// files do not tell it). `read` is called from several threads.
struct EventFolder {
  std::string folder;
  SensorSize sensor;
  std::function<EventRecording(const std::string& path, SensorSize sensor)> read = &read_events;
};
/// Throws DataError where there is no recording.
std::unique_ptr<EventDataset> open_event_folder(const EventFolder& folder);

}  // namespace neurosim
