#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "datasets/dataset.hpp"
#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"
#include "sim/core/simd.hpp"
#include "sim/network/kernels.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/trainer.hpp"
#include "tools/bench/bench.hpp"
#include "tools/bench/training_limits.hpp"

namespace neurosim::bench {
namespace {

NumericArray no_files(const std::string&, const std::string&) { return {}; }

/// 784-100, 784-512-100, ...: `layers` that learn.
Description layers(const std::string& model, int layers, const std::string& training) {
  const char* const learn = model == "src" ? "[bias]" : "[leak, threshold]";
  std::string populations, projections, before = "pixels";
  for (int k = 1; k < layers; ++k) {
    populations += fmt::format("  h{}: {{ model: {}, size: 512, learn: {} }}\n", k, model, learn);
    projections += fmt::format(
        "  - {{ from: {}, to: h{}, weights: {{ init: xavier_uniform }}, learn: true }}\n", before,
        k);
    before = fmt::format("h{}", k);
  }
  return parse_description(
      fmt::format(
          "format: neurosim/1\ntime: {{ steps: 200 }}\npopulations:\n"
          "  pixels: {{ model: spike_list, size: 784, spikes: [] }}\n{0}"
          "  last: {{ model: {1}, size: 100, learn: {2} }}\n"
          "  classes: {{ model: leaky_readout, size: 10 }}\nprojections:\n{3}"
          "  - {{ from: {4}, to: last, weights: {{ init: xavier_uniform }}, learn: true }}\n"
          "  - {{ from: last, to: classes, connect: class_groups }}\n"
          "training: {{ {5} }}\n",
          populations, model, learn, projections, before, training),
      "bench.yaml");
}

/// MNIST where it is found, else digits that the program draws.
std::shared_ptr<ImageDataset> digits(std::string& name) {
  try {
    name = "mnist";
    return open_images({.name = name, .split = "train"});
  } catch (const DataError&) {
    name = "synthetic-digits";
    return open_images({.name = name, .split = "train", .samples = 20000});
  }
}

TrainingData rate_coded(const std::shared_ptr<ImageDataset>& set, std::size_t samples) {
  const std::shared_ptr<ImageEncoder> encoder = make_rate_encoder({.gain = 0.25});
  return {samples, [set, encoder](std::size_t sample, std::uint32_t pass, SampleInput& input) {
            std::vector<std::uint8_t> pixels(set->rows() * set->columns());
            set->image(sample, pixels);
            input.sources.resize(1);
            encoder->encode(pixels, 0, 200,
                            {.sample = static_cast<std::uint32_t>(sample), .epoch = pass},
                            input.sources[0]);
            input.label = set->label(sample);
          }};
}

struct Stretch {
  double samples_per_second;
  TrainingTimes times;
  EpochMetrics metrics;
};

/// Seconds a sample that one core would need if it did nothing but steps, synaptic events and
/// products, each at the rate measured for it alone: the limit. `exact`: adjoints of all errors are
/// counted too; else only some samples have any, and none is counted.
double ideal_seconds(const EpochMetrics& metrics, int depth, bool exact,
                     const TrainingLimits& limits) {
  constexpr double kTicks = 200;
  const auto size = [&](int p) { return p == 0 ? 784.0 : p < depth ? 512.0 : 100.0; };
  double seconds = 0;
  for (int p = 1; p <= depth; ++p) {
    const auto at = static_cast<std::size_t>(p);
    const double spikes = metrics.activity[at - 1] * size(p - 1) * kTicks;
    const double errors = metrics.error_density[at] * size(p) * kTicks;
    const double by_spikes = spikes * size(p), by_errors = errors * size(p - 1);
    seconds += by_spikes / limits.weights + size(p) * kTicks / limits.taped_step;
    seconds += std::min(by_spikes, by_errors) / limits.weights;
    if (exact) seconds += size(p) * kTicks / limits.adjoint;
    if (p > 1) {
      seconds +=
          std::min(by_errors / limits.weights, kTicks * size(p) * size(p - 1) / limits.product);
    }
  }
  return seconds;
}

TrainingTimes minus(const TrainingTimes& a, const TrainingTimes& b) {
  return {a.fill - b.fill,       a.forward - b.forward, a.propagate - b.propagate,
          a.adjoint - b.adjoint, a.select - b.select,   a.weights - b.weights,
          a.update - b.update,   a.wall - b.wall};
}

/// `limit`: share of what the limits allow.
void print(const std::string& name, const Stretch& s, unsigned threads, double samples,
           double limit) {
  // Milliseconds a sample and core.
  const auto ms = [&](double seconds) { return 1e3 * seconds / samples; };
  const TrainingTimes& t = s.times;
  const double busy = t.fill + t.forward + t.propagate + t.adjoint + t.select + t.weights;
  fmt::print(
      "{:<26} {:>8.0f} {:>7.0f} {:>6.3f} {:>7.3f} {:>8.3f} {:>7.3f} {:>6.3f} {:>7.3f} {:>7.3f} "
      "{:>6.3f}",
      name, s.samples_per_second, 100 * limit, ms(t.fill), ms(t.forward), ms(t.propagate),
      ms(t.adjoint), ms(t.select), ms(t.weights), ms(t.update * threads),
      ms((t.wall - t.update) * threads - busy));
  for (const double density : s.metrics.error_density) {
    if (density == density) fmt::print(" {:.2f}", 100 * density);
  }
  fmt::print("\n");
}

void run(const std::string& model, int depth, const std::string& budget, std::size_t samples,
         unsigned threads, const std::shared_ptr<ImageDataset>& set, const TrainingLimits& limits) {
  const std::string training =
      fmt::format("validation: 0, epochs: 3, error_budget: {}, schedule: none", budget);
  const Description description = layers(model, depth, training);
  const auto trainer = make_trainer<float>(description, compile<float>(description, &no_files),
                                           rate_coded(set, samples), {.threads = threads});
  TrainingTimes last;
  const Trainer::Hooks hooks = {.epoch = [&](const EpochMetrics& metrics) {
    const TrainingTimes now = trainer->times();
    const double ideal = ideal_seconds(metrics, depth, budget == "0", limits);
    print(fmt::format("{} {} budget {} epoch {}", model, depth, budget, metrics.epoch),
          {metrics.samples_per_second, minus(now, last), metrics}, threads,
          static_cast<double>(samples), ideal * metrics.samples_per_second / threads);
    last = now;
  }};
  trainer->run(hooks);
}

}  // namespace

void training() {
  std::string name;
  const auto set = digits(name);
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  fmt::print(
      "\nTraining, {}, rate code, 200 steps, batch 64, {} threads, {} kernels; ms a sample "
      "and core\n",
      name, threads, simd_name(simd_target()));
  const TrainingLimits limits = training_limits("src");
  bench::print(limits);
  fmt::print("{:<26} {:>9} {:>6} {:>6} {:>7} {:>8} {:>7} {:>6} {:>7} {:>7} {:>6} {}\n", "network",
             "samples/s", "limit%", "fill", "forward", "products", "adjoint", "select", "weights",
             "update", "idle", "errors kept %");
  for (const int depth : {1, 2, 3, 5}) {
    const std::size_t samples = depth == 1 ? 20000 : depth == 2 ? 8000 : depth == 3 ? 4000 : 2000;
    for (const char* budget : {"0", "1e-5"})
      run("src", depth, budget, samples, threads, set, limits);
  }
}

}  // namespace neurosim::bench
