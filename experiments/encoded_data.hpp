#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "datasets/event_file.hpp"
#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "sim/core/spike_train.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// The items of `data:` together with the encoder that makes spikes of them. Safe to use from
/// several threads. Items bear the numbers that they have in their set, whatever the split.
class EncodedData {
 public:
  virtual ~EncodedData() = default;
  virtual std::size_t size() const = 0;  ///< items of the split
  /// The number of the k-th item of the split. REQUIRES: k < size().
  virtual std::size_t item(std::size_t k) const = 0;
  virtual std::int64_t label(std::size_t item) const = 0;  ///< -1: none
  virtual std::size_t class_count() const = 0;
  virtual std::string class_name(std::size_t label) const = 0;
  virtual std::size_t neurons() const = 0;
  /// What the neurons stand for: `one a pixel of 28 x 28`.
  virtual std::string neurons_text() const = 0;
  /// Overwrites `train` with spikes in ticks [first, first + steps). Throws DataError.
  virtual void encode(std::size_t item, Tick first, Tick steps, EncodingKey key,
                      SpikeTrain& train) const = 0;
};

/// Whether the spikes of an encoder carry values.
bool is_graded(const EncoderSpec& encoder);

/// All items of the split that `description.data` names; `data_dir` is searched first. Throws
/// DataError, and ConfigError for an encoder that the steps do not suit.
/// REQUIRES: description.data.
std::unique_ptr<EncodedData> open_data(const Description& description, const std::string& data_dir);

/// Reads a recording in any format, HDF5 included. Throws DataError.
EventRecording read_any_events(const std::string& path, SensorSize sensor);

/// A mistake in a key of `data:` that only the data can tell.
ConfigError data_error(const Description& description, const std::string& key,
                       const std::string& message);

}  // namespace neurosim
