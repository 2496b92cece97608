#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"
#include "support/window_networks.hpp"

namespace neurosim {
namespace {

/// Whether a forward pass sent the spikes of an engine's record, values included.
bool same_spikes(const SpikeRows& rows, const SpikeTrain& train, Tick ticks) {
  std::size_t packet = 0;
  for (Tick tick = 0; tick < ticks; ++tick) {
    const SpikeRows::Row row = rows.at(tick);
    SpikePacket expected;
    if (packet < train.packet_count() && train.tick(packet) == tick) {
      expected = train.packet(packet++);
    }
    if (!std::ranges::equal(row.ids, expected.ids)) return false;
    if (!std::ranges::equal(row.values, expected.values)) return false;
  }
  return packet == train.packet_count();
}

/// A plan for a network that need not be trainable: all neurons keep a tape.
template <class T>
Plan tape_all(const Network<T>& network) {
  Plan plan;
  plan.readout = network.population_count();
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    plan.backward.push_back(network.neurons[p] != nullptr);
    if (network.neurons[p] && !network.neurons[p]->model().spikes) plan.readout = p;
  }
  return plan;
}

struct Found {
  std::size_t spikes = 0, readouts = 0;
};

/// Runs samples through the event engine and through the trainer's forward pass, in `segments`
/// pieces of time (one: with the tape).
template <class T>
void check_equal(const Description& description, std::uint64_t seed, std::uint64_t segments,
                 double density, Found& found) {
  const Network<T> network = compile<T>(description, &test::no_files);
  const Plan plan = tape_all(network);
  const GradientMode mode = {.full_recurrence = seed % 2 == 0};
  const Segments cut = test::cut(network.ticks, segments);
  Forward<T> forward(network, plan, mode, cut);
  ShardRecord<T> record = test::make_record(network, plan, mode, cut);
  const TrainingData data = test::random_data(description, seed, 3, density);
  const std::vector<std::uint32_t> numbers = {7, 0, 3};  // what noise is keyed by
  test::load_samples(network, data, 0, record);
  const bool has_readout = plan.readout < network.population_count();
  Observation observation;
  if (has_readout) observation.readout = plan.readout;
  const auto engine = make_event_engine(network, observation);
  SampleRecord expected;
  for (const int round : {1, 2}) {  // the second finds the first one's spikes and states
    CAPTURE(round);
    forward.run(record, numbers, 0, segments == 1 ? Taping::kOn : Taping::kOff);
    for (std::size_t s = 0; s < record.samples; ++s) {
      engine->run(numbers[s], record.inputs[s], expected);
      for (std::size_t p = 0; p < network.population_count(); ++p) {
        CAPTURE(description.populations[p].name);
        REQUIRE(same_spikes(record.spikes[p][s], expected.spikes[p], network.ticks));
        if (network.neurons[p]) found.spikes += expected.spikes[p].spike_count();
      }
      if (!has_readout) continue;
      REQUIRE(record.readout[s] == expected.readout);
      found.readouts += std::ranges::count_if(expected.readout, [](double v) { return v != 0; });
    }
  }
}

TEST_CASE("the forward pass gives the event engine's bits on random networks") {
  Found found;
  test::for_each_seed(200, [&](std::uint64_t seed) {
    const std::string yaml = test::random_network(seed, test::Kinds::kTrainable);
    CAPTURE(yaml);
    const Description description = parse_description(yaml, "random.yaml");
    const double density = std::array{0.002, 0.05, 0.3}[seed % 3];
    const std::uint64_t segments = std::array{1, 1, 3}[seed % 3];
    if (description.precision == Precision::kSingle) {
      check_equal<float>(description, seed, segments, density, found);
    } else {
      check_equal<double>(description, seed, segments, density, found);
    }
  });
  // The property would be empty if nothing ever fired.
  CHECK(found.spikes > 100000);
  CHECK(found.readouts > 1000);
}

TEST_CASE("the forward pass gives the event engine's bits on random convolutions and pools") {
  Found found;
  test::for_each_seed(100, [&](std::uint64_t seed) {
    const std::string yaml = test::random_window_network(seed);
    CAPTURE(yaml);
    const Description description = parse_description(yaml, "random.yaml");
    const double density = std::array{0.002, 0.05, 0.3}[seed % 3];
    const std::uint64_t segments = std::array{1, 1, 3}[seed % 3];
    if (description.precision == Precision::kSingle) {
      check_equal<float>(description, seed, segments, density, found);
    } else {
      check_equal<double>(description, seed, segments, density, found);
    }
  });
  CHECK(found.spikes > 100000);
  CHECK(found.readouts > 400);
}

constexpr const char* kNoisy =
    "format: neurosim/1\nseed: 4\nprecision: single\ntime: { steps: 40 }\npopulations:\n"
    "  in: { model: spike_list, size: 30, spikes: [] }\n"
    "  a: { model: src, size: 90, parameters: { bias: -4.3, noise: 0.3 } }\n"
    "  out: { model: leaky_readout, size: 3 }\n"
    "projections:\n"
    "  - { from: in, to: a, learn: true, weights: { init: normal, standard_deviation: 0.5 } }\n"
    "  - { from: a, to: out, weights: { init: normal, standard_deviation: 0.5 } }\n";

TEST_CASE("noise is keyed by the pass: 0 is what a run draws") {
  const Description description = parse_description(kNoisy, "noise.yaml");
  const Network<float> network = compile<float>(description, &test::no_files);
  const Plan plan = tape_all(network);
  const GradientMode mode;
  const Segments cut = test::cut(network.ticks, 1);
  Forward<float> forward(network, plan, mode, cut);
  ShardRecord<float> record = test::make_record(network, plan, mode, cut);
  const TrainingData data = test::random_data(description, 1, 2, 0.1);
  test::load_samples(network, data, 0, record);
  const std::vector<std::uint32_t> numbers = {0, 1};
  const auto engine = make_event_engine(network, {});
  SampleRecord expected;
  for (const std::uint32_t pass : {0u, 1u, 2u, 0u}) {
    CAPTURE(pass);
    forward.run(record, numbers, pass, Taping::kOff);
    for (std::size_t s = 0; s < record.samples; ++s) {
      engine->run(s, record.inputs[s], expected);
      CHECK(same_spikes(record.spikes[1][s], expected.spikes[1], network.ticks) == (pass == 0));
    }
  }
}

/// The tape of one population's block over all ticks, from a run in one piece or from replays.
template <class T>
void check_replay(const Description& description, std::uint64_t seed, std::uint64_t segments) {
  const Network<T> network = compile<T>(description, &test::no_files);
  const Plan plan = tape_all(network);
  const GradientMode mode = {.bypass_relu = seed % 3 == 0, .full_recurrence = seed % 2 == 0};
  const Segments whole = test::cut(network.ticks, 1), cut = test::cut(network.ticks, segments);
  Forward<T> one(network, plan, mode, whole), many(network, plan, mode, cut);
  ShardRecord<T> record = test::make_record(network, plan, mode, whole);
  ShardRecord<T> pieces = test::make_record(network, plan, mode, cut);
  const TrainingData data = test::random_data(description, seed, 2, 0.1);
  const std::vector<std::uint32_t> numbers = {0, 1};
  test::load_samples(network, data, 1, record);
  test::load_samples(network, data, 1, pieces);
  one.run(record, numbers, 1, Taping::kOn);
  many.run(pieces, numbers, 1, Taping::kOff);
  for (std::size_t k = cut.count(); k-- > 0;) {
    many.replay(pieces, k);
    for (std::size_t p = 0; p < network.population_count(); ++p) {
      const int rows = plan.backward[p] ? network.neurons[p]->tape_rows(mode) : 0;
      for (std::size_t s = 0; rows > 0 && s < 2; ++s) {
        for (int block = 0; block < network.neurons[p]->blocks(); ++block) {
          const auto row = static_cast<std::size_t>(rows) * kBlock;
          const auto first = static_cast<std::size_t>(cut.at(k).first);
          const T* const expected = record.tape[p].at(s, block) + first * row;
          const T* const found = pieces.tape[p].at(s, block);
          const std::size_t count = static_cast<std::size_t>(cut.at(k).ticks) * row;
          CAPTURE(k);
          REQUIRE(std::memcmp(expected, found, count * sizeof(T)) == 0);
        }
      }
    }
  }
}

TEST_CASE("replayed segments write the bits of the whole tape") {
  test::for_each_seed(60, [](std::uint64_t seed) {
    const std::string yaml = test::random_network(seed, test::Kinds::kTrainable);
    CAPTURE(yaml);
    const Description description = parse_description(yaml, "random.yaml");
    const std::uint64_t segments = std::array{2, 3, 7}[seed % 3];
    if (description.precision == Precision::kSingle) {
      check_replay<float>(description, seed, segments);
    } else {
      check_replay<double>(description, seed, segments);
    }
  });
}

}  // namespace
}  // namespace neurosim
