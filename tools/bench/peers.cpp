#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "sim/core/simd.hpp"
#include "sim/engine/engine.hpp"
#include "sim/io/arrays.hpp"
#include "sim/network/read_description.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {
namespace {

constexpr int kRuns = 7;

NumericArray no_files(const std::string& file, const std::string&) {
  throw std::runtime_error("unexpected read of " + file);
}

/// Resident memory in MB.
double resident() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, pages = 0;
  statm >> size >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

struct Measured {
  double build_seconds = 0;
  double seconds = 0;  ///< per biological second, median
  double hertz = 0, events = 0, megabytes = 0;
};

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

/// How much faster all cores are than one where they have nothing to do with one another: each runs
/// the network for itself. Cores that share a cache, a clock or a host reach less than their
/// number.
double independent_speedup(const Description& description) {
  const auto network = compile<float>(description, &no_files, cores());
  std::vector<double> ratios;
  for (int run = 0; run < 5; ++run) {
    const auto one = [&](std::barrier<>& start) {
      SampleRecord record;
      const auto engine = make_event_engine(network, {});
      start.arrive_and_wait();
      return seconds([&] { engine->run(0, {}, record); });
    };
    std::barrier<> start_alone(1), start(static_cast<std::ptrdiff_t>(cores()));
    const double alone = one(start_alone);
    std::vector<double> together(cores());
    {
      std::vector<std::jthread> threads;
      for (double& time : together) threads.emplace_back([&] { time = one(start); });
    }
    ratios.push_back(cores() * alone / *std::max_element(together.begin(), together.end()));
  }
  return median(ratios);
}

/// Builds a network and runs one sample of it on `threads` threads, several times.
Measured measure(const Description& description, unsigned threads, int runs) {
  Measured measured;
  const double before = resident();
  std::unique_ptr<Network<float>> network;
  measured.build_seconds = seconds([&] {
    network = std::make_unique<Network<float>>(compile<float>(description, &no_files, threads));
  });
  const auto engine = make_event_engine(*network, {}, {.threads = threads});
  SampleRecord record;
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    times.push_back(seconds([&] { engine->run(0, {}, record); }));
  }
  measured.megabytes = resident() - before;
  const double biological =
      static_cast<double>(description.time.total()) * description.time.step_ms / 1000;
  measured.seconds = median(times) / biological;
  double spikes = 0, neurons = 0, operations = 0;
  for (std::size_t p = 0; p < record.populations.size(); ++p) {
    spikes += static_cast<double>(record.populations[p].spikes);
    neurons += static_cast<double>(description.populations[p].size);
  }
  for (const ProjectionCounters& projection : record.projections) {
    operations += static_cast<double>(projection.synaptic_operations);
  }
  measured.hertz = spikes / neurons / biological;
  measured.events = operations / biological / measured.seconds;
  return measured;
}

void print_head(const char* first) {
  fmt::print("{:<12} {:>7} {:>8} {:>10} {:>8} {:>11} {:>8}\n", first, "threads", "build s",
             "s / bio s", "rate Hz", "M events/s", "MB");
}

void print(const std::string& name, unsigned threads, const Measured& m) {
  fmt::print("{:<12} {:>7} {:>8.2f} {:>10.3f} {:>8.2f} {:>11.0f} {:>8.0f}\n", name, threads,
             m.build_seconds, m.seconds, m.hertz, m.events / 1e6, m.megabytes);
}

/// 784-512-512-100 LIF with given weights: images a second on one core, one image at a time.
void feed_forward(const std::string& file) {
  if (!std::filesystem::exists(file)) {
    fmt::print("\nFF 784-512-512-100: left out, {} is not there\n", file);
    return;
  }
  std::string yaml =
      "format: neurosim/1\nname: ff\ntime: { steps: 200 }\npopulations:\n"
      "  input: { model: spike_list, size: 784, spikes: [] }\n  l0: { model: lif, size: 512 }\n"
      "  l1: { model: lif, size: 512 }\n  l2: { model: lif, size: 100 }\nprojections:\n";
  for (int k = 0; k < 3; ++k) {
    yaml +=
        fmt::format("  - {{ from: {}, to: l{}, weights: {{ file: {}, dataset: weights/{} }} }}\n",
                    k == 0 ? "input" : fmt::format("l{}", k - 1), k, file, k);
  }
  const auto network = compile<float>(parse_description(yaml, "ff.yaml"), &load_hdf5_array);
  const auto engine = make_event_engine(network, {});
  const NumericArray input = load_hdf5_array(file, "input/image_step_pixel");
  const auto wrong = [&] {
    return std::runtime_error(file +
                              ": input/image_step_pixel: expected rows of image, step 0 to "
                              "199 and pixel 0 to 783");
  };
  if (input.shape.size() != 2 || input.shape[1] != 3) throw wrong();
  std::map<int, std::vector<std::pair<Tick, NeuronId>>> images;
  for (std::size_t k = 0; k < input.shape[0]; ++k) {
    const double step = input.values[3 * k + 1], pixel = input.values[3 * k + 2];
    if (!(step >= 0 && step < 200 && pixel >= 0 && pixel < 784)) throw wrong();
    images[static_cast<int>(input.values[3 * k])].emplace_back(static_cast<Tick>(step),
                                                               static_cast<NeuronId>(pixel));
  }
  std::vector<SampleInput> samples;
  for (auto& [image, spikes] : images) {
    std::sort(spikes.begin(), spikes.end());
    samples.emplace_back().sources.emplace_back();
    for (const auto& [tick, pixel] : spikes) samples.back().sources[0].append(tick, pixel);
  }
  SampleRecord record;
  double operations = 0;
  std::vector<double> times;
  for (int run = 0; run < kRuns; ++run) {
    operations = 0;
    times.push_back(seconds([&] {
      for (const SampleInput& sample : samples) {
        engine->run(0, sample, record);
        for (const auto& projection : record.projections) {
          operations += static_cast<double>(projection.synaptic_operations);
        }
      }
    }));
  }
  const double rate = static_cast<double>(samples.size()) / median(times);
  fmt::print(
      "\nFF 784-512-512-100 LIF, one core, {} recorded images one after the other: {:.0f} "
      "images/s,\n"
      "{:.2f} M synaptic events an image, {:.1f} G events/s\n",
      samples.size(), rate, operations / static_cast<double>(samples.size()) / 1e6,
      rate * operations / static_cast<double>(samples.size()) / 1e9);
}

/// 1,000 synapses a neuron at every size; weights of DELTA for as many.
Description sized_network(std::size_t neurons) {
  const std::size_t excitatory = neurons * 4 / 5;
  const double p = std::min(1.0, 1000.0 / static_cast<double>(neurons));
  std::string yaml = fmt::format(
      "format: neurosim/1\nname: sized\ntime: {{ steps: 1000, step_ms: 0.1 }}\npopulations:\n"
      "  e: {{ model: cuba_lif, size: {}, parameters: &p {{ tau_syn_ms: none, drive: 30, "
      "v_threshold: 20, v_reset: 10, refractory_ms: 2, initial_v: {{ init: uniform, low: 0, high: "
      "20 }} }} }}\n"
      "  i: {{ model: cuba_lif, size: {}, parameters: *p }}\nprojections:\n",
      excitatory, neurons - excitatory);
  const std::string record = "record: { spikes: [e, i] }\n";
  for (const auto& [from, weight] : {std::pair{"e", 0.1}, std::pair{"i", -0.5}}) {
    for (const char* to : {"e", "i"}) {
      yaml += fmt::format(
          "  - {{ from: {}, to: {}, connect: {{ type: fixed_probability, p: {} }}, weights: {}, "
          "delay: 15 }}\n",
          from, to, p, weight);
    }
  }
  return parse_description(yaml + record, "sized.yaml");
}

}  // namespace

void peers(const std::string& reference) {
  fmt::print(
      "\nNetworks by which simulators are compared ({} kernels): wall time per biological second,\n"
      "nothing recorded, median of {} runs; limits in this run: memory {:.1f} GB/s, multiply-adds "
      "{:.0f} G/s a core\n",
      simd_name(simd_target()), kRuns, memory_limit() / 1e9, multiply_limit().value_or(0) / 1e9);
  print_head("network");
  for (const char* name : {"cuba-4000", "cuba-10000", "delta-4000", "delta-10000"}) {
    const Description description =
        read_description(fmt::format("{}/experiments/peers/{}.yaml", NEUROSIM_SOURCE_DIR, name));
    const Measured one = measure(description, 1, kRuns);
    print(name, 1, one);
    if (cores() == 1) continue;
    const Measured all = measure(description, cores(), kRuns);
    print(name, cores(), all);
    fmt::print(
        "{:<12} {:.2f} times faster than one thread; {} such networks side by side: {:.2f}\n", "",
        one.seconds / all.seconds, cores(), independent_speedup(description));
  }
  feed_forward(reference + "/ff_lif.h5");
}

void sizes() {
  fmt::print(
      "\nDELTA with 1,000 synapses a neuron ({} kernels), 0.1 biological seconds, median of 3\n",
      simd_name(simd_target()));
  print_head("neurons");
  for (const std::size_t neurons : {1000, 3000, 10000, 30000, 100000}) {
    const Description description = sized_network(neurons);
    print(fmt::format("{}", neurons), 1, measure(description, 1, 3));
    if (cores() > 1) print(fmt::format("{}", neurons), cores(), measure(description, cores(), 3));
  }
}

}  // namespace neurosim::bench
