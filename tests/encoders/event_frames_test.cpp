#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "encoders/encoder.hpp"
#include "tests/encoders/statistics.hpp"
#include "tests/support/random_tests.hpp"
#include "tests/support/shared_data.hpp"

namespace neurosim {
namespace {

using Bins = EventFrameCode::Bins;
using Values = EventFrameCode::Values;

SpikeTrain encode(const EventFrameCode& code, const EventRecording& recording, Tick steps,
                  Tick first = 0) {
  SpikeTrain train;
  train.append(0, 3);  // to be overwritten
  make_event_frame_encoder(code)->encode(recording, first, steps, train);
  test::check_invariants(train, first, first + steps,
                         event_neurons(recording.width, recording.height),
                         code.values == Values::kCounts);
  return train;
}

/// A camera of one pixel; events of polarity 1.
EventRecording one_pixel(const std::vector<std::int64_t>& times) {
  EventRecording recording = {1, 1, {}};
  for (const std::int64_t t : times) recording.events.push_back({t, 0, 0, 1});
  return recording;
}

/// How many events of such a camera come at each step.
std::vector<double> counts(const EventFrameCode& code, const std::vector<std::int64_t>& times,
                           Tick steps) {
  std::vector<double> result(static_cast<std::size_t>(steps));
  const SpikeTrain train = encode(code, one_pixel(times), steps);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    REQUIRE(train.packet(k).ids.size() == 1);
    CHECK(train.packet(k).ids[0] == 1);
    result[static_cast<std::size_t>(train.tick(k))] =
        train.graded() ? train.packet(k).values[0] : 1;
  }
  return result;
}

using Counts = std::vector<double>;

TEST_CASE("event frames: Tonic leaves out the last event, SpikingJelly keeps all") {
  const std::vector<std::int64_t> eleven = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  CHECK(counts({}, eleven, 5) == Counts{2, 2, 2, 2, 2});
  CHECK(counts({.bins = Bins::kSpikingJelly}, eleven, 5) == Counts{2, 2, 2, 2, 3});
  CHECK(counts({.values = Values::kBinary}, eleven, 5) == Counts{1, 1, 1, 1, 1});
  // The width is whole us: up to n - 1 of them are left over.
  CHECK(counts({}, {100, 101, 104, 105, 106, 107, 108, 109}, 4) == Counts{2, 0, 2, 2});
  CHECK(counts({}, {100, 101, 104, 105, 107, 108, 111}, 4) == Counts{2, 0, 2, 1});
  CHECK(counts({.bins = Bins::kSpikingJelly}, {100, 101, 104, 105, 107, 108, 111}, 4) ==
        Counts{2, 0, 2, 3});
  CHECK(counts({}, {0, 5, 10, 10}, 1) == Counts{2});
}

TEST_CASE("event frames: one event, equal times and less than a us a bin") {
  for (const std::vector<std::int64_t>& times :
       {std::vector<std::int64_t>{7}, {7, 7, 7}, {0, 1, 2, 3}}) {
    const auto all = static_cast<double>(times.size());
    CHECK(counts({}, times, 4) == Counts{0, 0, 0, 0});
    CHECK(counts({.bins = Bins::kSpikingJelly}, times, 4) == Counts{0, 0, 0, all});
  }
  CHECK(counts({}, {0, 1, 2, 3, 4}, 4) == Counts{1, 1, 1, 1});
}

TEST_CASE("event frames: an empty recording gives an empty train") {
  for (const Bins bins : {Bins::kTonic, Bins::kSpikingJelly, Bins::kClock}) {
    CHECK(encode({.bins = bins}, {34, 34, {}}, 100) == SpikeTrain());
    CHECK(encode({.bins = bins}, {}, 100) == SpikeTrain());
    CHECK(encode({.bins = bins}, one_pixel({1, 2}), 0) == SpikeTrain());
  }
}

TEST_CASE("event frames: steps of the clock begin at the first event") {
  const EventFrameCode ms = {.bins = Bins::kClock};
  CHECK(counts(ms, {5000, 5999, 6000, 7999, 8000, 9000}, 4) == Counts{2, 1, 1, 1});
  CHECK(counts(ms, {5000, 9000000}, 2) == Counts{1, 0});
  CHECK(counts({.bins = Bins::kClock, .step_ms = 0.0025}, {0, 2, 3, 4, 5, 7, 8}, 4) ==
        Counts{2, 2, 2, 1});
  // Borders are exact where step_ms is not: 1000 x 0.001 x k is not k in doubles.
  for (const double step_us : {1.0, 3.0, 7.0, 11.0, 13.0}) {
    std::vector<std::int64_t> times;
    for (int k = 0; k < 2000; ++k) times.push_back(k * static_cast<std::int64_t>(step_us));
    CHECK(counts({.bins = Bins::kClock, .step_ms = step_us * 0.001}, times, 2000) ==
          Counts(2000, 1));
  }
  CHECK(counts({.bins = Bins::kClock, .step_ms = 1e300}, {0, 8000000}, 2) == Counts{2, 0});
  CHECK(counts({.bins = Bins::kClock, .step_ms = 1e-300}, {0, 1}, 2000) == [] {
    Counts c(2000);
    c[0] = c[1000] = 1;
    return c;
  }());
}

TEST_CASE("event frames: times may be anything") {
  constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();
  CHECK(counts({}, {kLow, 0, kHigh}, 2) == Counts{1, 1});
  CHECK(counts({.bins = Bins::kSpikingJelly}, {kLow, 0, kHigh}, 2) == Counts{1, 2});
  CHECK(counts({.bins = Bins::kClock}, {kLow, 0, kHigh}, 2) == Counts{1, 0});
  CHECK(counts({.bins = Bins::kClock, .step_ms = 1e-6}, {kLow, kHigh}, 2) == Counts{1, 0});
  CHECK(encode({.bins = Bins::kClock}, one_pixel({kLow, kHigh}), kMaxTicks).spike_count() == 1);
}

/// The table [bin][neuron], event by event.
std::vector<std::vector<double>> dense(const EventFrameCode& code, const EventRecording& recording,
                                       std::size_t steps) {
  std::vector<std::vector<double>> table(
      steps, std::vector<double>(event_neurons(recording.width, recording.height)));
  if (recording.events.empty()) return table;
  const std::int64_t start = recording.events.front().t;
  const auto n = static_cast<std::int64_t>(steps);
  const std::int64_t width = code.bins == Bins::kClock
                                 ? static_cast<std::int64_t>(1000 * code.step_ms)
                                 : (recording.events.back().t - start) / n;
  for (const Event& event : recording.events) {
    for (std::int64_t bin = 0; bin < n; ++bin) {
      const bool open = code.bins == Bins::kSpikingJelly && bin == n - 1;
      const std::int64_t begin = start + bin * width;
      if (event.t < begin || (event.t >= begin + width && !open)) continue;
      double& count = table[static_cast<std::size_t>(bin)]
                           [(event.p * recording.height + event.y) * recording.width + event.x];
      count = code.values == Values::kCounts ? count + 1 : 1;
    }
  }
  return table;
}

EventRecording random_recording(test::Draw& draw) {
  EventRecording recording = {1 + draw.below(40), 1 + draw.below(40), {}};
  const std::size_t events = draw.below(600), gap = 1 + draw.below(40);
  auto t = static_cast<std::int64_t>(draw.below(100000));
  for (std::size_t k = 0; k < events; ++k) {
    t += static_cast<std::int64_t>(draw.below(gap));
    recording.events.push_back({t, static_cast<std::uint16_t>(draw.below(recording.width)),
                                static_cast<std::uint16_t>(draw.below(recording.height)),
                                static_cast<std::uint8_t>(draw.below(2))});
  }
  return recording;
}

TEST_CASE("event frames: every option against a dense count") {
  test::for_each_seed(150, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const EventFrameCode code = {
        .bins = std::array{Bins::kTonic, Bins::kSpikingJelly, Bins::kClock}[draw.below(3)],
        .values = draw.chance(0.5) ? Values::kCounts : Values::kBinary,
        .step_ms = 0.125 * static_cast<double>(1 + draw.below(8)),
    };
    const EventRecording recording = random_recording(draw);
    const std::size_t steps = 1 + draw.below(60);
    const auto table = dense(code, recording, steps);
    SpikeTrain expected;
    for (std::size_t bin = 0; bin < steps; ++bin) {
      const Tick tick = 21 + static_cast<Tick>(bin);
      for (NeuronId id = 0; id < table[bin].size(); ++id) {
        if (table[bin][id] == 0) continue;
        if (code.values == Values::kBinary) expected.append(tick, id);
        if (code.values == Values::kCounts) expected.append(tick, id, table[bin][id]);
      }
    }
    CHECK(encode(code, recording, static_cast<Tick>(steps), 21) == expected);
  });
}

TEST_CASE("event frames: the largest sensor") {
  const EventRecording recording = {65536, 32768, {{0, 0, 0, 0}, {5, 65535, 32767, 1}}};
  const SpikeTrain train = encode({.bins = Bins::kSpikingJelly}, recording, kMaxTicks);
  CHECK(train.ids().front() == 0);
  CHECK(train.ids().back() == std::numeric_limits<NeuronId>::max());
}

TEST_CASE("event frames: threads and earlier calls change nothing") {
  const auto encoder = make_event_frame_encoder({});
  std::vector<SpikeTrain> here(40), there(40);
  const auto recording = [](std::size_t sample) {
    test::Draw draw(sample + 1);
    return random_recording(draw);
  };
  std::thread other([&] {
    for (std::size_t k = 40; k-- > 0;) encoder->encode(recording(k), 0, 100, there[k]);
  });
  for (std::size_t k = 0; k < 40; ++k) encoder->encode(recording(k), 0, 100, here[k]);
  other.join();
  CHECK(here == there);
}

/// N-MNIST's 40-bit records, without any check: the reader of users is in datasets/.
EventRecording read_records(const std::string& bytes) {
  EventRecording recording = {34, 34, {}};
  std::int64_t overflow = 0;
  for (std::size_t at = 0; at + 5 <= bytes.size(); at += 5) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(bytes[at + k]); };
    if (byte(1) == 240) {
      overflow += 8192;
      continue;
    }
    const std::int64_t t = (byte(2) & 0x7F) << 16 | byte(3) << 8 | byte(4);
    recording.events.push_back(
        {t + overflow, byte(0), byte(1), static_cast<std::uint8_t>(byte(2) >> 7)});
  }
  return recording;
}

std::string sha256(const std::string& bytes) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("neurosim-frames-" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << bytes;
  std::FILE* pipe = popen(("sha256sum '" + path + "'").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char digest[65] = "";
  const bool read = std::fgets(digest, sizeof digest, pipe) != nullptr;
  pclose(pipe);
  std::filesystem::remove(path);
  CHECK(read);
  return digest;
}

/// int16 counts, little-endian, indexed [t][p][y][x].
std::string int16_counts(const SpikeTrain& train, std::size_t steps, std::size_t neurons) {
  std::string bytes(2 * steps * neurons, '\0');
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t i = 0; i < packet.ids.size(); ++i) {
      const auto count = static_cast<unsigned>(packet.values[i]);
      const std::size_t at = 2 * (static_cast<std::size_t>(packet.tick) * neurons + packet.ids[i]);
      bytes[at] = static_cast<char>(count & 0xFF);
      bytes[at + 1] = static_cast<char>(count >> 8);
    }
  }
  return bytes;
}

TEST_CASE("event frames: the frames that Tonic 1.6 made of N-MNIST") {
  if (!test::have_shared("reference/encoders.json")) return;
  std::ifstream json(test::shared_path("reference/encoders.json"));
  const auto cases = nlohmann::json::parse(json).at("nmnist").at("frames");
  REQUIRE(cases.size() == 3);
  for (const auto& given : cases) {
    const std::string name = "data/nmnist/" + given.at("file").get<std::string>();
    if (!test::have_shared(name)) continue;
    CAPTURE(name);
    std::ifstream file(test::shared_path(name), std::ios::binary);
    const EventRecording recording =
        read_records({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
    CHECK(recording.events.size() == given.at("events"));
    const std::size_t steps = given.at("n_time_bins");
    const SpikeTrain train = encode({}, recording, static_cast<Tick>(steps));
    double total = 0, most = 0;
    std::vector<double> per_bin(steps);
    for (std::size_t k = 0; k < train.packet_count(); ++k) {
      for (const double count : train.packet(k).values) {
        total += count;
        most = std::max(most, count);
        per_bin[static_cast<std::size_t>(train.tick(k))] += count;
      }
    }
    per_bin.resize(20);
    CHECK(total == given.at("total"));
    CHECK(train.spike_count() == given.at("nonzero"));
    CHECK(most == given.at("max"));
    CHECK(per_bin == given.at("per_bin_first_20"));
    CHECK(sha256(int16_counts(train, steps, event_neurons(34, 34))) ==
          given.at("sha256_of_int16_counts_t_p_y_x"));
  }
}

}  // namespace
}  // namespace neurosim
