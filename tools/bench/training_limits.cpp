#include "tools/bench/training_limits.hpp"

#include <fmt/format.h>

#include "sim/network/kernels.hpp"
#include "sim/network/network.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {
namespace {

constexpr int kTicks = 200, kSources = 512;

NumericArray no_files(const std::string&, const std::string&) { return {}; }

template <class Work>
double rate(double amount, Work work) {
  std::vector<double> runs;
  for (int run = 0; run < 9; ++run) {
    runs.push_back(seconds([&] {
      for (int k = 0; k < 20; ++k) work();
    }));
  }
  return 20 * amount / median(runs);
}

/// Multiply-adds a second of the dense product, [200 x 512] times a slab of 512 rows.
double product_rate() {
  const AlignedVector<float> a(kTicks * kSources, 0.5f), slab(kSources * kBlock, 0.25f);
  AlignedVector<float> out(kTicks * kBlock, 0.0f);
  return rate(1.0 * kTicks * kSources * kBlock, [&] {
    kernels<float>().multiply_dense(a.data(), kSources, kTicks, kSources, slab.data(), kBlock,
                                    out.data());
  });
}

/// Neurons stepped a second, with and without a tape.
double step_rate(const NeuronBlocks<float>& neurons, bool taped) {
  const GradientMode mode;
  AlignedVector<std::byte> state(neurons.state_bytes());
  AlignedVector<float> tape(static_cast<std::size_t>(kTicks * neurons.tape_rows(mode) * kBlock));
  const Lanes<float> input = {};
  Lanes<float> output;
  return rate(1.0 * kTicks * kBlock, [&] {
    neurons.reset(0, state.data());
    for (int t = 0; t < kTicks; ++t) {
      const std::ptrdiff_t row = std::ptrdiff_t{t} * neurons.tape_rows(mode) * kBlock;
      neurons.step(0, state.data(), input.at, {.tick = t}, output.at,
                   {taped ? tape.data() + row : nullptr, &mode});
    }
  });
}

/// Errors a second of an adjoint.
double adjoint_rate(const NeuronBlocks<float>& neurons) {
  const GradientMode mode;
  AlignedVector<float> tape(static_cast<std::size_t>(kTicks * neurons.tape_rows(mode) * kBlock),
                            0.5f);
  AlignedVector<float> rows(kTicks * kBlock, 0.5f), fields(4 * kBlock, 0.0f);
  AlignedVector<std::byte> carry(neurons.carry_bytes());
  return rate(1.0 * kTicks * kBlock, [&] {
    neurons.adjoint(0, mode, carry.data(),
                    {.first = 1,
                     .ticks = kTicks,
                     .width = kBlock,
                     .tape = tape.data(),
                     .d_output = rows.data(),
                     .error = rows.data()},
                    fields.data());
  });
}

}  // namespace

TrainingLimits training_limits(const std::string& model) {
  const auto network = compile<float>(paper_network(model), &no_files);
  const NeuronBlocks<float>& neurons = *network.neurons[1];
  return {.weights = weight_limit(),
          .multiply = multiply_limit(),
          .product = product_rate(),
          .step = step_rate(neurons, false),
          .taped_step = step_rate(neurons, true),
          .adjoint = adjoint_rate(neurons)};
}

void print(const TrainingLimits& limits) {
  fmt::print("one core: weights from the second-level cache {:.1f} G/s", limits.weights / 1e9);
  if (limits.multiply)
    fmt::print(", multiply-adds in registers {:.1f} G/s", *limits.multiply / 1e9);
  fmt::print("\ndense product {:.1f} G/s", limits.product / 1e9);
  if (limits.multiply) fmt::print(" ({:.0f} %)", 100 * limits.product / *limits.multiply);
  fmt::print(", steps {:.2f} G/s, with a tape {:.2f} G/s, adjoint {:.1f} G/s\n", limits.step / 1e9,
             limits.taped_step / 1e9, limits.adjoint / 1e9);
}

}  // namespace neurosim::bench
