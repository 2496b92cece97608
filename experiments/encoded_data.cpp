#include "experiments/encoded_data.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "datasets/array_file.hpp"
#include "datasets/event_datasets.hpp"
#include "experiments/make_encoder.hpp"
#include "sim/core/error.hpp"
#include "sim/core/split.hpp"
#include "sim/io/event_file.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

/// Items of a set, all or some, and its encoder; derived classes know what an item is.
template <class Set, class Coder>
class DataOf : public EncodedData {
 public:
  DataOf(std::unique_ptr<Set> set, std::unique_ptr<Coder> encoder, std::vector<std::uint32_t> items)
      : set_(std::move(set)), encoder_(std::move(encoder)), items_(std::move(items)) {}

  std::size_t size() const override { return items_.empty() ? set_->size() : items_.size(); }
  std::size_t item(std::size_t k) const override { return items_.empty() ? k : items_[k]; }
  std::int64_t label(std::size_t item) const override { return set_->label(item); }
  std::size_t class_count() const override { return set_->class_count(); }
  std::string class_name(std::size_t label) const override { return set_->class_name(label); }

 protected:
  std::unique_ptr<Set> set_;
  std::unique_ptr<Coder> encoder_;
  std::vector<std::uint32_t> items_;  ///< empty: all
};

class Images final : public DataOf<ImageDataset, ImageEncoder> {
 public:
  using DataOf::DataOf;
  std::size_t neurons() const override { return encoder_->neurons(pixels()); }
  std::string neurons_text() const override {
    return fmt::format("one a {} of {} x {}", neurons() == pixels() ? "pixel" : "column",
                       set_->rows(), set_->columns());
  }
  void encode(std::size_t item, Tick first, Tick steps, EncodingKey key,
              SpikeTrain& train) const override {
    thread_local std::vector<std::uint8_t> image;
    image.resize(pixels());
    set_->image(item, image);
    encoder_->encode(image, first, steps, key, train);
  }

 private:
  std::size_t pixels() const { return set_->rows() * set_->columns(); }
};

class Events final : public DataOf<EventDataset, EventEncoder> {
 public:
  using DataOf::DataOf;
  std::size_t neurons() const override { return event_neurons(set_->width(), set_->height()); }
  std::string neurons_text() const override {
    return fmt::format("shape [2, {}, {}]: polarity, y and x of the events", set_->height(),
                       set_->width());
  }
  void encode(std::size_t item, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    thread_local EventRecording recording;
    set_->recording(item, recording);
    encoder_->encode(recording, first, steps, train);
  }
};

class Signals final : public DataOf<SignalDataset, SignalEncoder> {
 public:
  using DataOf::DataOf;
  std::size_t neurons() const override { return encoder_->neurons(set_->channels()); }
  std::string neurons_text() const override {
    return fmt::format("for the {} channels of the signals", set_->channels());
  }
  void encode(std::size_t item, Tick first, Tick steps, EncodingKey,
              SpikeTrain& train) const override {
    thread_local std::vector<float> values;
    values.resize(set_->length() * set_->channels());
    set_->signal(item, values);
    encoder_->encode(values, set_->channels(), first, steps, train);
  }
};

/// The items of the split that `hold_out` makes; empty: all.
std::vector<std::uint32_t> chosen_items(const Description& description, const Dataset& set) {
  const DataSpec& data = *description.data;
  if (!data.hold_out) return {};
  const ShuffleKey key = {description.seed, Stream::kSplit};
  Split split;
  if (data.hold_out->stratified) {
    std::vector<std::int64_t> labels(set.size());
    for (std::size_t k = 0; k < labels.size(); ++k) labels[k] = set.label(k);
    split = split_stratified(labels, data.hold_out->share, key);
  } else {
    split = split_samples(set.size(), data.hold_out->share, key);
  }
  std::vector<std::uint32_t>& items = data.split == "train" ? split.kept : split.held_out;
  if (items.empty()) {
    throw data_error(
        description, "hold_out.share",
        fmt::format("holds out none of the {} items; the test split would be empty", set.size()));
  }
  return std::move(items);
}

std::unique_ptr<ImageDataset> open_image_set(const Description& description,
                                             const std::string& data_dir) {
  const DataSpec& data = *description.data;
  if (!data.files.items.empty()) return open_image_files(data.files.items, data.files.labels);
  return open_images({.name = data.dataset,
                      .split = data.split,
                      .seed = description.seed,
                      .samples = static_cast<std::size_t>(data.first + data.samples.value_or(0)),
                      .data_dir = data_dir});
}

std::unique_ptr<EventDataset> open_event_set(const Description& description,
                                             const std::string& data_dir) {
  const DataSpec& data = *description.data;
  if (data.camera) {
    return make_saccade_dataset(open_image_set(description, data_dir), make_camera(description));
  }
  if (data.files.items.empty()) return open_nmnist(data.split, data_dir);
  return open_event_folder({.folder = data.files.items,
                            .sensor = {data.files.width, data.files.height},
                            .read = &read_any_events});
}

template <class Data, class Set, class Coder>
std::unique_ptr<EncodedData> encoded(const Description& description, std::unique_ptr<Set> set,
                                     std::unique_ptr<Coder> encoder) {
  std::vector<std::uint32_t> items = chosen_items(description, *set);
  return std::make_unique<Data>(std::move(set), std::move(encoder), std::move(items));
}

}  // namespace

EventRecording read_any_events(const std::string& path, SensorSize sensor) {
  return is_hdf5(path) ? read_hdf5_events(path, sensor.width, sensor.height)
                       : read_events(path, sensor);
}

bool is_graded(const EncoderSpec& encoder) {
  if (encoder.type == Encoding::kCurrent) return true;
  return encoder.type == Encoding::kEventFrames &&
         Encoding::kValues[static_cast<std::size_t>(encoder.values[Encoding::kFrameValues][0])] ==
             "counts";
}

ConfigError data_error(const Description& description, const std::string& key,
                       const std::string& message) {
  return ConfigError({{description.file, 0, 0, "data." + key, message}});
}

std::unique_ptr<EncodedData> open_data(const Description& description,
                                       const std::string& data_dir) {
  switch (encoded_kind(*description.data)) {
    case DataKind::kImages: {
      auto set = open_image_set(description, data_dir);
      const ImageShape shape = {set->rows(), set->columns()};
      return encoded<Images>(description, std::move(set), make_image_encoder(description, shape));
    }
    case DataKind::kEvents:
      return encoded<Events>(description, open_event_set(description, data_dir),
                             make_event_encoder(description));
    case DataKind::kSignals:
      return encoded<Signals>(
          description,
          open_signal_files(description.data->files.items, description.data->files.labels),
          make_signal_encoder(description));
  }
  NS_ASSERT(false);
}

}  // namespace neurosim
