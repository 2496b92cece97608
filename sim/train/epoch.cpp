#include "sim/train/epoch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/error.hpp"
#include "sim/core/split.hpp"

namespace neurosim {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

void EpochSums::add(std::size_t population, const ErrorCount& errors, std::uint64_t spike_count) {
  spikes[population] += static_cast<double>(spike_count);
  events[population] += static_cast<double>(errors.events);
  squares[population] += errors.squares;
  dropped[population] += errors.dropped;
  entries[population] += static_cast<double>(errors.entries);
}

std::vector<double> EpochSums::numbers() const {
  std::vector<double> list = {static_cast<double>(samples),
                              static_cast<double>(batches),
                              static_cast<double>(correct),
                              loss,
                              norm,
                              seconds};
  for (const auto* part : {&spikes, &events, &squares, &dropped, &entries}) {
    list.insert(list.end(), part->begin(), part->end());
  }
  return list;
}

void EpochSums::assign(const std::vector<double>& numbers) {
  NS_ASSERT(numbers.size() == this->numbers().size());
  auto next = numbers.begin();
  for (std::uint64_t* count : {&samples, &batches, &correct}) {
    *count = static_cast<std::uint64_t>(*next++);
  }
  for (double* sum : {&loss, &norm, &seconds}) *sum = *next++;
  for (auto* part : {&spikes, &events, &squares, &dropped, &entries}) {
    for (double& value : *part) value = *next++;
  }
}

EpochMetrics EpochSums::metrics(const Plan& plan, const std::vector<std::size_t>& sizes,
                                const std::vector<std::uint8_t>& spiking, Tick ticks) const {
  const auto count = static_cast<double>(samples);
  EpochMetrics metrics = {.loss = share(loss, count),
                          .training_accuracy = share(static_cast<double>(correct), count),
                          .validation_loss = kNone,
                          .validation_accuracy = kNone,
                          .gradient_norm = share(norm, static_cast<double>(batches)),
                          .seconds = seconds,
                          .samples_per_second = share(count, seconds)};
  for (std::size_t p = 0; p < sizes.size(); ++p) {
    const double steps = static_cast<double>(sizes[p]) * static_cast<double>(ticks) * count;
    metrics.activity.push_back(spiking[p] ? share(spikes[p], steps) : kNone);
    metrics.error_density.push_back(plan.backward[p] ? share(events[p], entries[p]) : kNone);
    metrics.error_dropped.push_back(plan.backward[p] ? share(dropped[p], squares[p]) : kNone);
  }
  return metrics;
}

std::vector<std::uint32_t> shuffled(std::vector<std::uint32_t> samples, std::uint64_t seed,
                                    std::uint32_t epoch) {
  shuffle(samples, {seed, Stream::kShuffle, epoch});
  return samples;
}

}  // namespace neurosim
