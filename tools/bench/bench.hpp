#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/network/description.hpp"

namespace neurosim::bench {

/// Seconds of wall time that `work` takes.
template <class Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The paper's network 784-512-100 with its readout; `model` is src or lif.
Description paper_network(const std::string& model);

/// Random binary input: every neuron fires with `probability` at every tick.
SampleInput random_input(const Description& description, double probability, std::uint32_t sample);

/// Synaptic operations a second of one core that adds weights x value over a slab of 784 rows of
/// 64 targets (200 KB) in address order: what the second-level cache and the multipliers allow.
double weight_limit();

/// Bytes a second that one core reads and writes far beyond its caches (STREAM's triad).
double memory_limit();

/// Multiply-adds a second of one core with everything in registers, in single precision; nullopt
/// where it is not known how to ask for them.
std::optional<double> multiply_limit();

void silence();
void activity();
void throughput();
void training();
/// `reference`: the folder of ff_lif.h5.
void peers(const std::string& reference);
void sizes();

}  // namespace neurosim::bench
