#include "sim/train/trainer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "sim/train/toy.hpp"

namespace neurosim {
namespace {

Description toy(const std::string& training, const std::string& hidden = test::kToySrc) {
  return parse_description(test::toy_network(hidden, training), "toy.yaml");
}

/// Some samples of a data set, as a data set of their own.
TrainingData part(const TrainingData& data, std::size_t first, std::size_t count) {
  return {count, [=](std::size_t sample, std::uint32_t pass, SampleInput& input) {
            data.fill(first + sample, pass, input);
          }};
}

TEST_CASE("a batch takes the mean gradient of its samples, also where shards are not full") {
  // Plain descent with step 1: the weights move by the gradient itself.
  const Description description =
      toy("epochs: 1, batch: 64, validation: 0, optimiser: sgd, learning_rate: 1, clip_norm: none, "
          "schedule: none, error_budget: 0");
  for (const std::size_t samples : {1, 7, 8, 9, 20}) {
    CAPTURE(samples);
    const TrainingData data = test::toy_data(description, samples);
    const auto trainer = test::make_toy<double>(description, data);
    const Checkpoint before = trainer->checkpoint();
    std::vector<EpochMetrics> metrics;
    trainer->run({.epoch = [&](const EpochMetrics& epoch) { metrics.push_back(epoch); }});
    std::map<std::string, std::vector<double>> mean;
    double loss = 0, squares = 0;
    for (std::size_t first = 0; first < samples; first += 8) {
      const std::size_t count = std::min<std::size_t>(8, samples - first);
      const double share = static_cast<double>(count) / static_cast<double>(samples);
      const auto found = test::gradients<double>(description, part(data, first, count));
      loss += share * found.loss;
      for (const auto& [name, by] : found.by) {
        mean[name].resize(by.size(), 0);
        for (std::size_t k = 0; k < by.size(); ++k) mean[name][k] += share * by[k];
      }
    }
    for (auto& [name, by] : mean) {
      CAPTURE(name);
      std::vector<double> moved = test::learned(before, name);
      const std::vector<double> after = test::learned(trainer->checkpoint(), name);
      bool clamped = false;
      for (std::size_t k = 0; k < by.size(); ++k) {
        squares += by[k] * by[k];
        moved[k] -= by[k];
        clamped = clamped || (name == "hidden/bias" && moved[k] > -4.1);
        if (clamped) moved[k] = std::min(moved[k], -4.1);
      }
      CHECK(test::largest_difference(after, moved) < 1e-12);
    }
    REQUIRE(metrics.size() == 1);
    CHECK(metrics[0].loss == doctest::Approx(loss).epsilon(1e-12));
    CHECK(metrics[0].gradient_norm == doctest::Approx(std::sqrt(squares)).epsilon(1e-10));
    CHECK(metrics[0].gradient_norm > 0);
  }
}

TEST_CASE("metrics are those of the network as it is") {
  // Steps too small to change anything.
  const Description description =
      toy("epochs: 1, batch: 4, validation: 0.5, learning_rate: 1e-30, schedule: none");
  const TrainingData data = test::toy_data(description, 16);
  const auto trainer = test::make_toy<float>(description, data);
  EpochMetrics metrics;
  trainer->run({.epoch = [&](const EpochMetrics& epoch) { metrics = epoch; }});
  const Checkpoint checkpoint = trainer->checkpoint();
  const std::set<std::uint64_t> kept(checkpoint.validation_samples.begin(),
                                     checkpoint.validation_samples.end());
  CHECK(kept.size() == 8);
  for (const bool validation : {false, true}) {
    std::vector<SampleInput> samples;
    for (std::size_t s = 0; s < 16; ++s) {
      if (kept.contains(s) == validation) {
        data.fill(s, validation ? 0 : 1, samples.emplace_back());
      }
    }
    test::TestNetwork<float> network(description, test::fixed_data(samples));
    const ShardRecord<float>& record = network.forward();
    double correct = 0, spikes = 0, source_spikes = 0;
    for (std::size_t s = 0; s < 8; ++s) {
      const std::vector<double>& out = record.readout[s];
      correct += (out[1] > out[0]) == (samples[s].label == 1) ? 1 : 0;
      source_spikes += static_cast<double>(record.spikes[0][s].count());
      spikes += static_cast<double>(record.spikes[1][s].count());
    }
    const double loss = validation ? metrics.validation_loss : metrics.loss;
    CHECK(loss == doctest::Approx(network.loss()).epsilon(1e-12));
    CHECK((validation ? metrics.validation_accuracy : metrics.training_accuracy) == correct / 8);
    if (validation) continue;
    REQUIRE(spikes > 0);
    CHECK(metrics.activity[0] == doctest::Approx(source_spikes / (20 * 30 * 8)));
    CHECK(metrics.activity[1] == doctest::Approx(spikes / (12 * 30 * 8)));
    CHECK(std::isnan(metrics.activity[2]));
  }
}

TEST_CASE("an epoch ends with a partial batch, and progress counts samples") {
  const Description description = toy("epochs: 2, batch: 8, validation: 0.125");
  const auto trainer = test::make_toy(description, 24);
  std::vector<std::size_t> done, epochs;
  std::vector<double> rates;
  trainer->run({.batch =
                    [&](const BatchProgress& progress) {
                      CHECK(progress.total == 21);
                      CHECK(progress.epochs == 2);
                      done.push_back(progress.done);
                      epochs.push_back(progress.epoch);
                    },
                .epoch = [&](const EpochMetrics& epoch) { rates.push_back(epoch.learning_rate); }});
  CHECK(done == std::vector<std::size_t>{8, 16, 21, 8, 16, 21});
  CHECK(epochs == std::vector<std::size_t>{1, 1, 1, 2, 2, 2});
  REQUIRE(rates.size() == 2);
  CHECK(rates[0] == 0.005);  // the cosine's start and middle
  CHECK(rates[1] == doctest::Approx(0.0025).epsilon(1e-14));
  const Checkpoint checkpoint = trainer->checkpoint();
  CHECK(checkpoint.finished);
  CHECK(checkpoint.epochs.size() == 2);
  CHECK(trainer->run({}));  // nothing is left to do
  CHECK(test::first_difference(trainer->checkpoint(), checkpoint) == "");
}

/// Which samples a run asked for, by pass.
std::map<std::uint32_t, std::multiset<std::size_t>> passes(const std::string& training,
                                                           std::uint64_t seed) {
  Description description = toy(training);
  description.seed = seed;
  const TrainingData data = test::toy_data(description, 20);
  std::map<std::uint32_t, std::multiset<std::size_t>> seen;
  std::mutex mutex;
  const TrainingData logged = {20, [&](std::size_t sample, std::uint32_t pass, SampleInput& input) {
                                 {
                                   const std::lock_guard lock(mutex);
                                   seen[pass].insert(sample);
                                 }
                                 data.fill(sample, pass, input);
                               }};
  test::make_toy<float>(description, logged, {.threads = 2})->run({});
  return seen;
}

TEST_CASE("spikes are drawn each epoch or once, for validation always the same") {
  std::multiset<std::size_t> all;
  for (std::size_t s = 0; s < 20; ++s) all.insert(s);
  std::set<std::multiset<std::size_t>> splits;
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    auto fresh = passes("epochs: 3, batch: 4, validation: 0.25, spikes: each_epoch", seed);
    CHECK(fresh.size() == 4);
    CHECK(fresh[0].size() == 3 * 5);  // once an epoch
    for (const std::uint32_t epoch : {1u, 2u, 3u}) {
      CHECK(fresh[epoch].size() == 15);
      std::multiset<std::size_t> both = fresh[epoch];
      for (const std::size_t sample : std::set(fresh[0].begin(), fresh[0].end())) {
        both.insert(sample);
      }
      CHECK(both == all);  // none is in both
    }
    auto once = passes("epochs: 3, batch: 4, validation: 0.25, spikes: once", seed);
    CHECK(once.size() == 1);  // the spikes that validation, and a run, see
    CHECK(once[0].size() == 3 * (15 + 5));
    splits.insert(fresh[0]);
  }
  CHECK(splits.size() == 3);
}

TEST_CASE("weight decay shrinks weights and nothing else") {
  const std::string recipe =
      "epochs: 1, batch: 64, validation: 0, optimiser: sgd, learning_rate: 0.1, clip_norm: none, "
      "schedule: none, weight_decay: ";
  const Description without = toy(recipe + "0"), with = toy(recipe + "0.5");
  const auto a = test::make_toy<double>(without, test::toy_data(without, 8));
  const auto b = test::make_toy<double>(with, test::toy_data(with, 8));
  const Checkpoint before = a->checkpoint();
  a->run({});
  b->run({});
  const Checkpoint plain = a->checkpoint(), decayed = b->checkpoint();
  CHECK(test::learned(plain, "hidden/bias") == test::learned(decayed, "hidden/bias"));
  for (const char* name : {"in_to_hidden", "hidden_to_out"}) {
    std::vector<double> expected = test::learned(plain, name);
    const std::vector<double> start = test::learned(before, name);
    for (std::size_t k = 0; k < start.size(); ++k) expected[k] -= 0.1 * 0.5 * start[k];
    CHECK(test::largest_difference(test::learned(decayed, name), expected) < 1e-14);
  }
}

TEST_CASE("learned parameters stay within their ranges") {
  // Steps long enough to leave them at once. -4.1 and 0.7 have no exact single precision.
  const char* training = "epochs: 3, batch: 4, learning_rate: 2, schedule: none";
  const auto bounds = [&](const std::string& hidden, const std::string& name) {
    const Description description = toy(training, hidden);
    const auto trainer = test::make_toy(description, 24);
    double low = 1e9, high = -1e9;
    trainer->run({.batch = [&](const BatchProgress&) {
      const std::vector<double> values = test::learned(trainer->checkpoint(), name);
      const auto [least, most] = std::ranges::minmax(values);
      low = std::min(low, least);
      high = std::max(high, most);
    }});
    return std::pair(low, high);
  };
  const auto bias = bounds(test::kToySrc, "hidden/bias");
  CHECK(bias.second <= -4.1);
  CHECK(bias.second > -4.1 - 1e-6);
  CHECK(bias.first < -6);
  const auto state = bounds("model: src, size: 12, learn: [initial_h]", "hidden/initial_h");
  CHECK(state == std::pair(-1.0, 1.0));
  const auto leak =
      bounds("model: lif, size: 12, learn: [leak], parameters: { threshold: 0.5 }", "hidden/leak");
  CHECK(leak.first >= 0);
  CHECK(leak.second <= 1);
  CHECK((leak.first == 0 || leak.second == 1));
}

TEST_CASE("a learned threshold stays above the rest of every neuron that it is for") {
  const std::string rests = "rest: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.7, 0]";
  const Description shared =
      toy("", "model: lif, size: 12, learn: [threshold], parameters: { threshold: 0.9, " + rests +
                  " }");
  test::TestNetwork<float> one(shared, test::toy_data(shared, 1));
  one.set("hidden/threshold", {0.1});
  CHECK(one.values("hidden/threshold")[0] >= 0.7);
  CHECK(one.values("hidden/threshold")[0] < 0.7 + 1e-6);
  const std::string nines = "[0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]";
  const Description own = toy("",
                              "model: lif, size: 12, learn: [threshold], parameters: { "
                              "threshold: " +
                                  nines + ", " + rests + " }");
  test::TestNetwork<double> each(own, test::toy_data(own, 1));
  each.set("hidden/threshold", std::vector<double>(12, 0.1));
  std::vector<double> expected(12, 0.1);
  expected[10] = 0.7;
  CHECK(each.values("hidden/threshold") == expected);
}

TEST_CASE("early stopping keeps the best epoch's weights, also when epochs run out") {
  for (const int patience : {1, 2, 4, 100}) {
    CAPTURE(patience);
    // Labels that nothing can tell: validation gets worse while the network learns by heart.
    const Description description =
        toy(fmt::format("epochs: 12, batch: 8, validation: 0.4, spikes: once, learning_rate: 0.05, "
                        "early_stopping: {}",
                        patience));
    TrainingData data = test::toy_data(description, 40);
    const auto fill = data.fill;
    data.fill = [fill](std::size_t sample, std::uint32_t pass, SampleInput& input) {
      fill(sample, pass, input);
      input.label = (sample / 2 + sample / 5) % 2;
    };
    const auto trainer = test::make_toy<float>(description, data);
    std::vector<double> losses;
    std::vector<std::vector<double>> weights;
    // In the hook of the last epoch the trainer has gone back to the best one already.
    trainer->run({.batch =
                      [&](const BatchProgress& progress) {
                        if (progress.done == progress.total) {
                          weights.push_back(test::learned(trainer->checkpoint()));
                        }
                      },
                  .epoch = [&](const EpochMetrics& m) { losses.push_back(m.validation_loss); }});
    const auto best = std::ranges::min_element(losses) - losses.begin();
    const auto epochs = static_cast<std::ptrdiff_t>(losses.size());
    CHECK(epochs == std::min<std::ptrdiff_t>(12, best + 1 + patience));
    CHECK(best + 1 < epochs);  // otherwise the last weights would do
    const Checkpoint end = trainer->checkpoint();
    CHECK(end.finished);
    CHECK(test::learned(end) == weights[static_cast<std::size_t>(best)]);
    // And there is nothing left to resume.
    const auto again = test::make_toy<float>(description, data);
    again->restore(end);
    CHECK(again->run({.batch = [](const BatchProgress&) { FAIL("a batch too much"); }}));
    CHECK(test::first_difference(again->checkpoint(), end) == "");
  }
}

/// The message of a training that cannot go on.
std::string failure(const Description& description, const TrainingData& data) {
  for (const unsigned threads : {1u, 3u}) {
    try {
      test::make_toy<float>(description, data, {.threads = threads})->run({});
    } catch (const TrainingError& error) {
      if (threads == 3) return error.what();
    } catch (const DataError& error) {
      if (threads == 3) return error.what();
    }
  }
  return "";
}

std::string far_network(double first, double second) {
  return fmt::format(
      "format: neurosim/1\ntime: {{ steps: 20 }}\npopulations:\n"
      "  in: {{ model: spike_list, size: 20, spikes: [] }}\n"
      "  a: {{ model: lif, size: 2, learn: [threshold] }}\n"
      "  b: {{ model: lif, size: 2, parameters: {{ threshold: 0.5 }} }}\n"
      "  out: {{ model: leaky_readout, size: 2 }}\nprojections:\n"
      "  - {{ from: in, to: a, weights: 1, learn: true }}\n"
      "  - {{ from: a, to: b, weights: {} }}\n"
      "  - {{ from: b, to: out, connect: class_groups, weights: {{ excitatory: {}, inhibitory: "
      "-1 }} }}\n"
      "training: {{ batch: 4, epochs: 2, validation: 0, surrogate: straight_through }}\n",
      first, second);
}

TEST_CASE("a loss or gradient that is not finite names epoch, batch and population") {
  const Description loss = parse_description(far_network(1, 3e38), "far.yaml");
  CHECK(failure(loss, test::toy_data(loss, 8)) ==
        "epoch 1, batch 1: the loss (population out) is not finite");
  const Description gradient = parse_description(far_network(1e20, 1e30), "far.yaml");
  CHECK(failure(gradient, test::toy_data(gradient, 8)) ==
        "epoch 1, batch 1: the gradient of in_to_a (population a) is not finite");
}

TEST_CASE("a sample without a label, or with one beyond the classes, is named") {
  const Description description = toy("batch: 4, epochs: 1, validation: 0");
  const auto labelled = [&](std::int64_t label) {
    TrainingData data = test::toy_data(description, 8);
    const auto fill = data.fill;
    data.fill = [=](std::size_t sample, std::uint32_t pass, SampleInput& input) {
      fill(sample, pass, input);
      if (sample == 5) input.label = label;
    };
    return failure(description, data);
  };
  CHECK(labelled(-1) == "training data: sample 5 has no label, the readout 2 classes");
  CHECK(labelled(2) == "training data: sample 5 has label 2, the readout 2 classes");
  CHECK(labelled(1) == "");
}

}  // namespace
}  // namespace neurosim
