#include "sim/train/toy.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/core/random.hpp"
#include "support/networks.hpp"

namespace neurosim::test {
namespace {

constexpr std::uint32_t kHalf = 10;

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string differing(const std::string& what, const std::vector<NamedArray>& a,
                      const std::vector<NamedArray>& b) {
  if (a.size() != b.size()) return what;
  for (std::size_t k = 0; k < a.size(); ++k) {
    NamedArray x = a[k], y = b[k];
    if (x.name != y.name || x.shape != y.shape) return what + " " + x.name;
    if (x.name == "sums") {  // seconds are the sixth of EpochSums::numbers
      std::get<std::vector<double>>(x.values).at(5) = 0;
      std::get<std::vector<double>>(y.values).at(5) = 0;
    }
    if (x.values.index() != y.values.index()) return what + " " + x.name;
    const bool same = std::visit(
        [&](const auto& values) {
          using Values = std::decay_t<decltype(values)>;
          return std::ranges::equal(values, std::get<Values>(y.values), [](auto p, auto q) {
            return same_bits(static_cast<double>(p), static_cast<double>(q));
          });
        },
        x.values);
    if (!same) return what + " " + x.name;
  }
  return "";
}

std::vector<double> numbers(const EpochMetrics& metrics) {
  std::vector<double> list = {static_cast<double>(metrics.epoch),
                              metrics.loss,
                              metrics.training_accuracy,
                              metrics.validation_loss,
                              metrics.validation_accuracy,
                              metrics.learning_rate,
                              metrics.gradient_norm};
  for (const auto* part : {&metrics.activity, &metrics.error_density, &metrics.error_dropped}) {
    list.insert(list.end(), part->begin(), part->end());
  }
  return list;
}

void append(const NamedArray& array, std::vector<double>& list) {
  std::visit(
      [&](const auto& values) {
        for (const auto value : values) list.push_back(static_cast<double>(value));
      },
      array.values);
}

}  // namespace

TrainingData toy_data(const Description& description, std::size_t samples) {
  const Tick ticks = description.time.total();
  return {samples, [ticks](std::size_t sample, std::uint32_t pass, SampleInput& input) {
            input.label = static_cast<std::int64_t>(sample % 2);
            input.sources.resize(1);
            SpikeTrain& train = input.sources[0];
            train.clear();
            for (Tick t = 0; t < ticks; ++t) {
              for (std::uint32_t n = 0; n < 2 * kHalf; ++n) {
                const double rate = n / kHalf == sample % 2 ? 0.3 : 0.1;
                const Place place = {static_cast<std::uint32_t>(sample),
                                     static_cast<std::uint32_t>(t) * 64 + n, pass};
                if (open_unit(random_bits(5, Stream::kTest, place)[0]) < rate) train.append(t, n);
              }
            }
          }};
}

std::string toy_network(const std::string& hidden, const std::string& training,
                        const std::string& more) {
  return fmt::format(
      "format: neurosim/1\nname: toy\nseed: 3\ntime: {{ steps: 30 }}\npopulations:\n"
      "  in: {{ model: spike_list, shape: [2, {}], spikes: [] }}\n"
      "  hidden: {{ {} }}\n  out: {{ model: leaky_readout, size: 2 }}\nprojections:\n"
      "  - {{ from: in, to: hidden, learn: true, weights: {{ init: xavier_uniform, gain: 2 }} }}\n"
      "  - {{ from: hidden, to: out, learn: true, weights: {{ init: xavier_uniform }} }}\n{}"
      "training: {{ {} }}\n",
      kHalf, hidden, more, training);
}

template <class T>
std::unique_ptr<Trainer> make_toy(const Description& description, TrainingData data,
                                  const TrainerOptions& options) {
  return make_trainer<T>(description, compile<T>(description, &no_files), std::move(data), options);
}

template std::unique_ptr<Trainer> make_toy<float>(const Description&, TrainingData,
                                                  const TrainerOptions&);
template std::unique_ptr<Trainer> make_toy<double>(const Description&, TrainingData,
                                                   const TrainerOptions&);

std::unique_ptr<Trainer> make_toy(const Description& description, std::size_t samples,
                                  unsigned threads) {
  return make_toy<float>(description, toy_data(description, samples), {.threads = threads});
}

bool run_batches(Trainer& trainer, std::size_t batches) {
  std::size_t done = 0;
  return trainer.run({.stop = [&] { return ++done == batches; }});
}

std::string first_difference(const Checkpoint& a, const Checkpoint& b) {
  if (a.seed != b.seed) return "seed";
  if (a.finished != b.finished) return "finished";
  if (a.populations != b.populations) return "populations";
  if (a.validation_samples != b.validation_samples) return "validation samples";
  if (a.epochs.size() != b.epochs.size()) return "epochs";
  for (std::size_t k = 0; k < a.epochs.size(); ++k) {
    if (!std::ranges::equal(numbers(a.epochs[k]), numbers(b.epochs[k]), same_bits)) {
      return fmt::format("metrics of epoch {}", k + 1);
    }
  }
  std::string difference = differing("weights", a.weights, b.weights);
  if (difference.empty()) difference = differing("parameters", a.parameters, b.parameters);
  if (difference.empty()) difference = differing("state", a.state, b.state);
  return difference;
}

std::vector<double> state_of(const Checkpoint& checkpoint, const std::string& name) {
  std::vector<double> list;
  for (const NamedArray& array : checkpoint.state) {
    if (array.name == name) append(array, list);
  }
  return list;
}

std::vector<double> learned(const Checkpoint& checkpoint) {
  std::vector<double> list;
  for (const NamedArray& array : checkpoint.weights) append(array, list);
  for (const NamedArray& array : checkpoint.parameters) append(array, list);
  return list;
}

std::vector<double> learned(const Checkpoint& checkpoint, const std::string& name) {
  std::vector<double> list;
  for (const auto* arrays : {&checkpoint.weights, &checkpoint.parameters}) {
    for (const NamedArray& array : *arrays) {
      if (array.name == name) append(array, list);
    }
  }
  REQUIRE(!list.empty());
  return list;
}

}  // namespace neurosim::test
