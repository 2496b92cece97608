#include <doctest/doctest.h>

#include <filesystem>

#include "sim/network/spellings.hpp"
#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

DataSpec data_of(const std::string& keys) {
  return *parse_description(with_data(keys), "/nets/net.yaml").data;
}

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"an encoder for other data",
     with_data("dataset: nmnist, encoder: { type: rate }"),
     {},
     "net.yaml:3:43: data.encoder.type: rate does not encode events; what does: event_frames"},
    {"events of images, without a camera",
     with_data("dataset: mnist, encoder: { type: event_frames }"),
     {},
     "net.yaml:3:42: data.encoder.type: event_frames does not encode images; what does: rate, "
     "latency, current, rows"},
    {"a key of another encoder",
     with_data("dataset: mnist, encoder: { type: latency, gain: 1 }"),
     {},
     "net.yaml:3:51: data.encoder.gain: unknown key \"gain\" (known: type, tau, threshold, "
     "first_spike_time, normalize, curve, clip, bypass)"},
    {"rows that show for no time",
     with_data("dataset: mnist, encoder: { type: rows, steps_per_row: 0 }"),
     {},
     "net.yaml:3:63: data.encoder.steps_per_row: expected an integer >= 1, got 0"},
    {"values of latency out of range",
     with_data("dataset: mnist, encoder: { type: latency, tau: 0, threshold: 1, clip: maybe }"),
     {},
     "net.yaml:3:56: data.encoder.tau: expected a number > 0, got 0\n"
     "net.yaml:3:70: data.encoder.threshold: expected a number in (0, 1), got 1\n"
     "net.yaml:3:79: data.encoder.clip: unknown value \"maybe\" (known: false, true)"},
    {"a camera before a camera",
     with_data("dataset: nmnist, camera: { type: saccades }"),
     {},
     "net.yaml:3:34: data.camera: a camera looks at images, and nmnist holds events"},
    {"an unknown camera and a value it has not",
     with_data("dataset: mnist, camera: { type: saccade, saccade_ms: 0 }"),
     {},
     "net.yaml:3:41: data.camera.type: unknown value \"saccade\"; did you mean \"saccades\"? "
     "(known: saccades)\n"
     "net.yaml:3:62: data.camera.saccade_ms: expected a number in [1, 10000], got 0"},
    {"files that are not named",
     with_data("dataset: image-files"),
     {},
     "net.yaml:3:7: data: missing key \"images\""},
    {"files of a set that has its own",
     with_data("dataset: mnist, images: x.npy"),
     {},
     "net.yaml:3:25: data.images: unknown key \"images\" (known: dataset, split, samples, first, "
     "camera, encoder)"},
    {"a split of files that have none",
     with_data("dataset: image-files, images: x.npy, split: train"),
     {},
     "net.yaml:3:53: data.split: image-files has no splits; add hold_out: { share: 0.1 } to draw "
     "one"},
    {"a step that is none",
     with_data("dataset: mnist, encoder: { first_spike_time: soon }"),
     {},
     "net.yaml:3:54: data.encoder.first_spike_time: expected an integer in [0, 2147483647], got "
     "\"soon\""},
    {"a share that leaves nothing",
     with_data("dataset: signal-files, signals: s.npy, hold_out: { share: 1, stratified: 2 }"),
     {},
     "net.yaml:3:67: data.hold_out.share: expected a number in (0, 1), got 1\n"
     "net.yaml:3:82: data.hold_out.stratified: expected true or false, got 2"},
};

}  // namespace

TEST_CASE("malformed data") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

TEST_CASE("each kind of data has an encoder where none is named, with every default") {
  for (const DatasetName& set : kDatasets) {
    CAPTURE(set.name);
    std::string keys = "dataset: " + std::string(set.name) + ", samples: 3";
    if (!set.items_key.empty()) keys += ", " + std::string(set.items_key) + ": x";
    const DataSpec data = data_of(keys);
    CHECK(data.encoder.type == Encoding::usual(set.kind));
    const auto fields = Encoding::kTypes[data.encoder.type].fields;
    REQUIRE(data.encoder.values.size() == fields.size());
    for (std::size_t k = 0; k < fields.size(); ++k) {
      CHECK(data.encoder.values[k] == default_value(fields[k]));
    }
  }
  CHECK(data_of("dataset: mnist, camera: {}").encoder.type == Encoding::kEventFrames);
}

TEST_CASE("the user's own files are found from the folder of the network") {
  const DataSpec images =
      data_of("dataset: image-files, images: a/x.npy, labels: /y.npy, hold_out: { share: 0.2 }");
  CHECK(images.files == DataFiles{.items = "/nets/a/x.npy", .labels = "/y.npy"});
  CHECK(images.hold_out == HoldOut{.share = 0.2, .stratified = false});
  const DataSpec events = data_of("dataset: event-folder, folder: rec, width: 128, height: 96");
  CHECK(events.files == DataFiles{.items = "/nets/rec", .width = 128, .height = 96});
}

TEST_CASE("data written out are read as the same data") {
  for (const char* const keys :
       {"dataset: mnist, split: train, first: 3, encoder: { type: latency, tau: 5, curve: "
        "logarithmic, clip: false, bypass: true }",
        "dataset: nmnist, encoder: { type: event_frames, bins: clock, values: binary }",
        "dataset: fashion-mnist, camera: { type: saccades, noise_hz: 0, amplitude: 2.5 }",
        "dataset: image-files, images: a.npz:x, labels: l, hold_out: { stratified: true }",
        "dataset: signal-files, signals: s.npy, encoder: { type: current, gain: -2 }",
        "dataset: signal-files, signals: s.npy, encoder: { reference: level, directions: rises }",
        "dataset: event-folder, folder: f, width: 3"}) {
    CAPTURE(keys);
    const Description once = parse_description(with_data(keys), "/nets/net.yaml");
    CHECK(parse_description(to_yaml(once), "/nets/net.yaml").data == once.data);
  }
}

}  // namespace neurosim::test
