#include <doctest/doctest.h>

#include <cstring>

#include "sim/core/aligned.hpp"
#include "sim/core/bernoulli.hpp"
#include "sim/core/random.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/network/kernels.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

TEST_CASE_TEMPLATE("dense delivery sums rows in spike order, for every width", T, float, double) {
  test::for_each_seed(40, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const int width = kLaneGroup * static_cast<int>(1 + draw.below(kBlock / kLaneGroup));
    const auto w = static_cast<std::size_t>(width);
    AlignedVector<T> weights(50 * w);
    for (T& weight : weights) weight = static_cast<T>(draw.real(-1, 1));
    std::vector<NeuronId> ids;
    std::vector<double> values;
    for (NeuronId id = 0; id < 50; ++id) {
      if (!draw.chance(0.4)) continue;
      ids.push_back(id);
      if (seed % 2) values.push_back(draw.real(0, 1));
    }
    Lanes<T> input, expected;
    for (int k = 0; k < kBlock; ++k) {
      input.at[k] = expected.at[k] = static_cast<T>(draw.real(-1, 1));
    }
    for (std::size_t s = 0; s < ids.size(); ++s) {
      const T value = values.empty() ? T(1) : static_cast<T>(values[s]);
      for (std::size_t k = 0; k < w; ++k) {
        expected.at[k] = fma(weights[ids[s] * w + k], value, expected.at[k]);
      }
    }
    kernels<T>().deliver_dense(weights.data(), width, ids, values, input.at, input.at);
    for (int k = 0; k < kBlock; ++k) REQUIRE(input.at[k] == expected.at[k]);
  });
}

TEST_CASE_TEMPLATE("the spike mask marks positive outputs", T, float, double) {
  test::Draw draw(5);
  Lanes<T> output;
  std::uint64_t expected = 0;
  for (int k = 0; k < kBlock; ++k) {
    const double choices[] = {0.0, -0.0, -1.0, 1e-30, 1.0};
    output.at[k] = static_cast<T>(choices[draw.below(5)]);
    if (output.at[k] > 0) expected |= std::uint64_t{1} << k;
  }
  CHECK(kernels<T>().spike_mask(output.at, kBlock) == expected);
  CHECK(kernels<T>().spike_mask(output.at, 16) == (expected & 0xffff));
}

/// Steps a block with the kernel of this machine and with the plain C++ of this file, which is
/// compiled for the oldest processor: any instruction set gives the same bits.
template <class Model, std::size_t kIndex, class T>
void check_step(std::uint64_t seed) {
  test::Draw draw(seed);
  std::vector<FieldValue> values;
  for (const FieldInfo& field : Model::kInfo.fields) values.push_back(default_value(field));
  if constexpr (std::is_same_v<Model, SrcNeuron>) {
    if (seed % 3 == 1) values[SrcNeuron::kSlowGateSlope] = {10};
    values[SrcNeuron::kNoise] = {seed % 5 == 0 ? 0.2 : 0.0};
    values[SrcNeuron::kSlowGate] = {static_cast<double>(seed % 2)};
  }
  if constexpr (std::is_same_v<Model, LifNeuron>) {
    values[LifNeuron::kReset] = {static_cast<double>(seed % 3)};
    values[LifNeuron::kResetTiming] = {static_cast<double>(seed % 2)};
  }
  if constexpr (std::is_same_v<Model, CubaLif>) {
    values[CubaLif::kTauSyn].assign(seed % 5, 4.0);
    values[CubaLif::kRefractory] = {static_cast<double>(seed % 3)};
    values[CubaLif::kRestTolerance] = {seed % 2 == 0 ? 0 : 1e-3};
  }
  const auto parameters = Model::template parameters<T>(values, 1);
  typename Model::template Cells<T> cells;
  for (int lane = 0; lane < kBlock; ++lane) Model::fill(cells, lane, values, 0);
  typename Model::template State<T> a, b;
  Model::reset(parameters, cells, a);
  Model::reset(parameters, cells, b);
  StepContext context = {.seed = seed};
  for (Tick tick = 0; tick < 300; tick += 1 + static_cast<Tick>(draw.below(3))) {
    Lanes<T> input[4] = {}, out_a = {}, out_b = {};  // of up to four receptors
    for (Lanes<T>& lanes : input) {
      for (T& x : lanes.at) x = draw.chance(0.3) ? static_cast<T>(draw.real(-1, 3)) : T(0);
    }
    context.tick = tick;
    const auto awake_a =
        kernels<T>().step[kIndex](&parameters, &cells, &a, input[0].at, context, out_a.at, {});
    const auto awake_b = Model::step(parameters, cells, b, input[0].at, context, out_b.at);
    REQUIRE((awake_a != 0) == (awake_b != 0));
    REQUIRE(std::memcmp(&a, &b, sizeof a) == 0);
    REQUIRE(std::memcmp(&out_a, &out_b, sizeof out_a) == 0);
  }
}

TEST_CASE_TEMPLATE("steps give the same bits on every instruction set", T, float, double) {
  test::for_each_seed(15, [](std::uint64_t seed) {
    check_step<SrcNeuron, 0, T>(seed);
    check_step<LifNeuron, 1, T>(seed);
    check_step<LeakyReadout, 2, T>(seed);
    check_step<CubaLif, 3, T>(seed);
  });
}

TEST_CASE("connections are drawn alike by every instruction set, in one call or several") {
  test::for_each_seed(40, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const double p = draw.chance(0.2) ? 0.99 : draw.real(0.001, 0.5);
    const double scale = failures_per_exponential(p), targets = draw.real(1, 3000);
    std::vector<NeuronId> expected;
    double last = -1;
    for (std::uint32_t k = 0;; ++k) {
      const auto bits = random_bits(seed, Stream::kConnections, {7, 3, k});
      const double u = (static_cast<double>(bits[0]) * 0x1p32 + bits[1] + 0.5) * 0x1p-64;
      last += 1 + std::floor(-log(u) * scale);
      if (!(last < targets)) break;
      expected.push_back(static_cast<NeuronId>(last));
    }
    const std::size_t room = 1 + draw.below(100);
    std::vector<NeuronId> drawn;
    for (std::size_t count = room; count == room;) {
      std::vector<NeuronId> part(room);
      count = kernels<float>().draw_targets(
          seed, 7, 3, static_cast<std::uint32_t>(drawn.size()), scale,
          drawn.empty() ? -1.0 : static_cast<double>(drawn.back()), targets, room, part.data());
      drawn.insert(drawn.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
    }
    REQUIRE(drawn == expected);
  });
}

TEST_CASE("events arrive in order of tick, then projection") {
  const Description description = parse_description(
      "format: neurosim/1\nname: q\ntime: { steps: 20 }\npopulations:\n"
      "  a: { model: spike_list, size: 2, spikes: [] }\n"
      "  b: { model: spike_list, size: 2, spikes: [] }\n"
      "  c: { model: lif, size: 2 }\n"
      "projections:\n"
      "  - { from: a, to: c, connect: all_to_all, weights: 1, delay: 2 }\n"
      "  - { from: b, to: c, connect: all_to_all, weights: 1 }\n",
      "q.yaml");
  const auto network = compile<float>(description, &test::no_files);
  std::vector<SpikeTrain> trains(3);
  trains[0].append(1, 0);
  trains[0].append(4, 1);
  trains[1].append(3, 0);
  trains[1].append(5, 1);
  EventQueue<float> queue(network, 2, trains);
  std::vector<std::pair<Tick, Tick>> seen;  // arrival, delay
  while (queue.next() != kNever) {
    const Tick tick = queue.next();
    queue.take(tick, [&](const Projection<float>& projection, const SpikePacket&) {
      seen.emplace_back(tick, projection.delay);
    });
  }
  CHECK(seen == std::vector<std::pair<Tick, Tick>>{{3, 2}, {3, 0}, {5, 0}, {6, 2}});
  trains[1].append(9, 0);  // a recurrent source keeps sending
  CHECK(queue.next() == 9);
  queue.rewind();
  CHECK(queue.next() == 3);
}

}  // namespace
}  // namespace neurosim
