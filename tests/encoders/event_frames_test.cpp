#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "datasets/event_file.hpp"
#include "encoders/encoder.hpp"
#include "support/random_tests.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

using Bins = EventFrameCode::Bins;
using Values = EventFrameCode::Values;

SpikeTrain encoded(const EventFrameCode& code, const EventRecording& recording, Tick steps,
                   Tick first = 0) {
  SpikeTrain train;
  make_event_frame_encoder(code)->encode(recording, first, steps, train);
  return train;
}

/// Counts by (tick, neuron); checks the order that trains promise.
std::map<std::pair<Tick, NeuronId>, double> counts(const SpikeTrain& train) {
  std::map<std::pair<Tick, NeuronId>, double> all;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    if (k > 0) CHECK(packet.tick > train.tick(k - 1));
    for (std::size_t j = 0; j < packet.ids.size(); ++j) {
      if (j > 0) CHECK(packet.ids[j] > packet.ids[j - 1]);
      all[{packet.tick, packet.ids[j]}] = packet.values.empty() ? 1 : packet.values[j];
    }
  }
  return all;
}

EventRecording events_at(const std::vector<std::int64_t>& times) {
  EventRecording recording = {.width = 2, .height = 1, .events = {}};
  for (const std::int64_t t : times) recording.events.push_back({.t = t, .x = 1, .p = 1});
  return recording;
}

/// What sha256sum says of the counts as int16 [step][p][y][x].
std::string fingerprint(const SpikeTrain& train, std::size_t steps, std::size_t neurons) {
  std::vector<std::int16_t> frames(steps * neurons, 0);
  for (const auto& [place, count] : counts(train)) {
    frames[static_cast<std::size_t>(place.first) * neurons + place.second] =
        static_cast<std::int16_t>(count);
  }
  const std::string file =
      (std::filesystem::temp_directory_path() / ("neurosim-frames-" + std::to_string(getpid())))
          .string();
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(frames.data()),
             static_cast<std::streamsize>(frames.size() * sizeof(std::int16_t)));
  std::FILE* const pipe = popen(("sha256sum " + file).c_str(), "r");
  char text[65] = {};
  const std::size_t got = std::fread(text, 1, 64, pipe);
  pclose(pipe);
  std::remove(file.c_str());
  return std::string(text, got);
}

TEST_CASE("event frames: Tonic's of genuine recordings, to the last count") {
  struct Reference {
    const char *file, *sha256;
    std::size_t events, nonzero;
  };
  // From reference/encoders.json.
  const Reference references[] = {
      {"Train/0/00002.bin", "120bbaef1ba1b0396647d6a04023b1eebc00a4e6aa4b4695a178ec3c69c6f577",
       5028, 5015},
      {"Train/5/00001.bin", "80904778af7983d41aee5c63edb521ba552a01f9b71ec26d0717aa193b8c15eb",
       4681, 4672},
      {"Test/7/00001.bin", "e4aa1cd94c6da274e1dbf775b751dc05f2a5acd82931a8e1c4fc8abc1213f4d5", 3330,
       3323}};
  for (const Reference& reference : references) {
    const std::string name = std::string("data/nmnist/") + reference.file;
    if (!test::have_shared(name)) return;
    CAPTURE(name);
    const EventRecording recording = read_events(test::shared_path(name), {34, 34});
    CHECK(recording.events.size() == reference.events);
    const SpikeTrain train = encoded({.bins = Bins::kTonic}, recording, 200);
    double total = 0, most = 0;
    for (const double value : train.values()) {
      total += value;
      most = std::max(most, value);
    }
    CHECK(train.spike_count() == reference.nonzero);
    CHECK(total == static_cast<double>(reference.events - 1));  // the last event is left out
    CHECK(most == 2);
    CHECK(fingerprint(train, 200, event_neurons(34, 34)) == reference.sha256);
  }
}

TEST_CASE("event frames: the same as a dense count, for every way of binning") {
  test::for_each_seed(300, [](std::uint64_t seed) {
    test::Draw draw(seed);
    EventRecording recording = {
        .width = 1 + draw.below(5), .height = 1 + draw.below(5), .events = {}};
    std::int64_t t = static_cast<std::int64_t>(draw.below(1000));
    for (std::size_t k = draw.below(200); k > 0; --k) {
      t += static_cast<std::int64_t>(draw.below(draw.chance(0.5) ? 1 : 400));
      recording.events.push_back({.t = t,
                                  .x = static_cast<std::uint16_t>(draw.below(recording.width)),
                                  .y = static_cast<std::uint16_t>(draw.below(recording.height)),
                                  .p = static_cast<std::uint8_t>(draw.below(2))});
    }
    const Tick steps = static_cast<Tick>(1 + draw.below(30));
    for (const Bins bins : {Bins::kTonic, Bins::kSpikingJelly, Bins::kClock}) {
      std::map<std::pair<Tick, NeuronId>, double> expected;
      for (const Event& event : recording.events) {
        const std::int64_t begin = recording.events.front().t;
        const std::int64_t width =
            bins == Bins::kClock ? 250 : (recording.events.back().t - begin) / steps;
        Tick bin = -1;
        for (Tick k = 0; k < steps; ++k) {
          const bool rest = bins == Bins::kSpikingJelly && k == steps - 1;
          if (event.t >= begin + k * width && (rest || event.t < begin + (k + 1) * width)) bin = k;
        }
        if (bin < 0) continue;
        const std::size_t id = (event.p * recording.height + event.y) * recording.width + event.x;
        ++expected[{bin + 5, static_cast<NeuronId>(id)}];
      }
      const EventFrameCode code = {.bins = bins, .step_ms = 0.25};
      CHECK(counts(encoded(code, recording, steps, 5)) == expected);
      for (auto& [place, count] : expected) count = 1;
      const SpikeTrain binary =
          encoded({.bins = bins, .values = Values::kBinary, .step_ms = 0.25}, recording, steps, 5);
      CHECK(counts(binary) == expected);
      CHECK(!binary.graded());
    }
  });
}

TEST_CASE("event frames: recordings that are empty, short or a single moment") {
  for (const Bins bins : {Bins::kTonic, Bins::kSpikingJelly, Bins::kClock}) {
    CHECK(encoded({.bins = bins}, {.width = 2, .height = 1, .events = {}}, 10).spike_count() == 0);
  }
  // Of 11 events in 0 .. 10 us Tonic keeps 10 in 5 bins, SpikingJelly all.
  const EventRecording ten = events_at({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const auto total = [](const SpikeTrain& train) {
    double sum = 0;
    for (const double value : train.values()) sum += value;
    return sum;
  };
  CHECK(total(encoded({.bins = Bins::kTonic}, ten, 5)) == 10);
  CHECK(total(encoded({.bins = Bins::kSpikingJelly}, ten, 5)) == 11);
  for (const auto& times : {std::vector<std::int64_t>{7}, {7, 7, 7}, {7, 9}}) {
    CHECK(total(encoded({.bins = Bins::kTonic}, events_at(times), 5)) == 0);
    const SpikeTrain last = encoded({.bins = Bins::kSpikingJelly}, events_at(times), 5);
    CHECK(total(last) == static_cast<double>(times.size()));
    CHECK(last.tick(0) == 4);
    CHECK(total(encoded({.bins = Bins::kClock}, events_at(times), 5)) ==
          static_cast<double>(times.size()));
  }
}

}  // namespace
}  // namespace neurosim
