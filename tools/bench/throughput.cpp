#include <fmt/format.h>

#include <thread>

#include "experiments/run.hpp"
#include "sim/core/simd.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/kernels.hpp"
#include "sim/network/read_description.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {
namespace {

/// Delivery alone: the rows of the hidden layer's weights, for the spikes of real-looking input.
double delivery_rate(double probability) {
  const Description description = paper_network("src");
  const auto network =
      compile<float>(description, [](const auto&, const auto&) { return NumericArray(); });
  const Projection<float>& projection = network.projections[0];
  const SampleInput input = random_input(description, probability, 0);
  const SpikeTrain& train = input.sources[0];
  Lanes<float> sums = {};
  std::vector<double> runs;
  for (int run = 0; run < 9; ++run) {
    runs.push_back(seconds([&] {
      for (int block = 0; block < 8; ++block) {
        for (std::size_t k = 0; k < train.packet_count(); ++k) {
          const SpikePacket packet = train.packet(k);
          kernels<float>().deliver_dense(projection.slab(block), kBlock, packet.ids, packet.values,
                                         sums.at, sums.at);
        }
      }
    }));
  }
  return static_cast<double>(train.spike_count()) * 512 / median(runs);
}

void images(const std::string& model, unsigned threads) {
  const Description description = parse_description(
      fmt::format("format: neurosim/1\nname: images\ntime: {{ steps: 200 }}\n"
                  "data: {{ dataset: synthetic-digits, samples: 1000, encoder: {{ type: rate, "
                  "gain: 0.25 }} }}\npopulations:\n"
                  "  pixels: {{ model: source, shape: [28, 28] }}\n"
                  "  hidden: {{ model: {0}, size: 512 }}\n  last: {{ model: {0}, size: 100 }}\n"
                  "  classes: {{ model: leaky_readout, size: 10 }}\nprojections:\n"
                  "  - {{ from: pixels, to: hidden, weights: {{ init: xavier_uniform }} }}\n"
                  "  - {{ from: hidden, to: last, weights: {{ init: xavier_uniform }} }}\n"
                  "  - {{ from: last, to: classes, connect: class_groups }}\n",
                  model),
      "images.yaml");
  std::vector<double> rates;
  RunSummary summary;
  for (int run = 0; run < 5; ++run) {
    summary = run_network(description, {.threads = threads});
    rates.push_back(static_cast<double>(summary.samples) / summary.seconds);
  }
  fmt::print("{:<6} {:>8} {:>12.0f} {:>12.2f} {:>12.2f} {:>12.2f}\n", model, threads, median(rates),
             100 * summary.populations[0].activity, 100 * summary.populations[1].activity,
             100 * summary.populations[2].activity);
}

}  // namespace

void throughput() {
  fmt::print("\nSynaptic events a second and core, 784-512-100 ({} kernels), median of 9\n",
             simd_name(simd_target()));
  const double limit = weight_limit();
  fmt::print("limit: weights of a 200 KB slab in address order: {:.1f} G/s\n", limit / 1e9);
  for (const double probability : {0.03, 0.1}) {
    const double rate = delivery_rate(probability);
    fmt::print("delivery at {:.0f} % input activity: {:.1f} G/s, {:.0f} % of the limit\n",
               100 * probability, rate / 1e9, 100 * rate / limit);
  }
  fmt::print(
      "\nImages a second, 784-512-100, 200 steps, rate code with gain 0.25, drawing and\n"
      "encoding included, nothing recorded, median of 5 runs of 1,000 synthetic digits\n");
  fmt::print("{:<6} {:>8} {:>12} {:>12} {:>12} {:>12}\n", "model", "threads", "images/s",
             "T(s) input %", "T(s) hidden %", "T(s) last %");
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  for (const char* model : {"src", "lif"}) {
    images(model, 1);
    if (cores > 1) images(model, cores);
  }
}

}  // namespace neurosim::bench
