#include "experiments/measures.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "run_files.hpp"
#include "sim/core/error.hpp"
#include "sim/core/spike_onsets.hpp"
#include "support/random_tests.hpp"
#include "support/recorded_run.hpp"

namespace neurosim {
namespace {

using test::Draw;
using test::HandRun;
using test::RunFolder;
using test::train_of;

using Spikes = std::vector<std::pair<Tick, NeuronId>>;

/// About `density` of all (tick, neuron), ascending.
Spikes random_spikes(Draw& draw, Tick ticks, std::size_t neurons, double density) {
  Spikes spikes;
  for (Tick tick = 0; tick < ticks; ++tick) {
    for (NeuronId id = 0; id < neurons; ++id) {
      if (draw.chance(density)) spikes.emplace_back(tick, id);
    }
  }
  return spikes;
}

/// A results file of `run`, as long as this object lives.
class Recorded {
 public:
  explicit Recorded(const HandRun& run) {
    test::write_hand_run(folder_.path("run.h5"), run);
    results_ = std::make_unique<Results>(folder_.path("run.h5"));
  }
  const Results& operator*() const { return *results_; }

 private:
  RunFolder folder_;
  std::unique_ptr<Results> results_;
};

}  // namespace

TEST_CASE("confusion counts samples with a label and a prediction") {
  const Recorded recorded({.class_names = {"cat", "dog"},
                           .samples = {{.label = 0, .prediction = 0},
                                       {.label = 0, .prediction = 1},
                                       {.label = 1, .prediction = 1},
                                       {.label = 1, .prediction = 2},
                                       {.label = -1, .prediction = 1},
                                       {.label = 5, .prediction = -1}}});
  const Confusion table = confusion(*recorded);
  CHECK(table.classes == std::vector<std::string>{"cat", "dog", "2"});
  CHECK(table.counts == std::vector<std::uint64_t>{1, 1, 0, 0, 1, 1, 0, 0, 0});
  CHECK(table.at(0, 1) == 1);
  CHECK(table.at(1, 0) == 0);
  CHECK(table.labelled == 4);
  CHECK(table.correct == 2);
}

TEST_CASE("classes that no sample has are part of the matrix when the file names them") {
  const Recorded recorded(
      {.class_names = {"a", "b", "c"}, .samples = {{.label = 0, .prediction = 0}}});
  CHECK(confusion(*recorded).classes.size() == 3);
}

TEST_CASE("without labels or predictions there is no confusion") {
  const Recorded recorded({.class_names = {"a"}, .samples = {{.label = 3}, {.prediction = 2}}});
  CHECK(confusion(*recorded).classes.empty());
  CHECK(confusion(*recorded).labelled == 0);
}

TEST_CASE("labels beyond what can be told apart are refused, not stored") {
  const auto with_label = [](std::int64_t label) {
    const Recorded recorded({.samples = {{.label = label, .prediction = 0}}});
    return confusion(*recorded).classes.size();
  };
  CHECK(with_label(kMostConfusionClasses - 1) == static_cast<std::size_t>(kMostConfusionClasses));
  CHECK_THROWS_AS(with_label(kMostConfusionClasses), DataError);
}

TEST_CASE("rates by hand: 3 spikes of 2 neurons in 2 ms are 750 Hz, the last bin is shorter") {
  const SpikeTrain train = train_of({{0, 0}, {1, 0}, {1, 1}, {4, 1}});
  const std::vector<double> rate = population_rate(train, 2, 5, 2, 1.0);
  REQUIRE(rate.size() == 3);
  CHECK(rate[0] == doctest::Approx(750));
  CHECK(rate[1] == 0);
  CHECK(rate[2] == doctest::Approx(500));  // one spike, 2 neurons, 1 ms
  CHECK(population_rate(train, 2, 5, 2, 0.5)[0] == doctest::Approx(1500));
  CHECK(population_rate(train, 2, 5, 100, 1.0) == std::vector<double>{4 / (0.005 * 2)});
}

TEST_CASE("the rates of all bins give back each spike, whatever the width of a bin") {
  test::for_each_seed(30, [](std::uint64_t seed) {
    Draw draw(seed);
    const auto ticks = static_cast<Tick>(1 + draw.below(50));
    const std::size_t neurons = 1 + draw.below(8);
    const Tick bin = static_cast<Tick>(1 + draw.below(60));
    const Spikes spikes = random_spikes(draw, ticks, neurons, 0.2);
    const std::vector<double> rate = population_rate(train_of(spikes), neurons, ticks, bin, 0.5);
    for (std::size_t k = 0; k < rate.size(); ++k) {
      const Tick first = static_cast<Tick>(k) * bin, end = std::min(first + bin, ticks);
      REQUIRE(first < end);
      const auto count = std::count_if(spikes.begin(), spikes.end(), [&](const auto& spike) {
        return spike.first >= first && spike.first < end;
      });
      const double seconds = static_cast<double>(end - first) * 0.5e-3;
      CHECK(rate[k] * seconds * static_cast<double>(neurons) ==
            doctest::Approx(static_cast<double>(count)));
    }
    CHECK(static_cast<Tick>(rate.size()) * bin >= ticks);
  });
}

TEST_CASE("rate statistics by hand") {
  // Rates of 1 neuron in bins of 1 ms: 1000 and 0, 1000 and 1000, 1000 and 0.
  const Recorded recorded(
      {.neurons = 1,
       .ticks = 2,
       .samples = {{.spikes = {{0, 0}}}, {.spikes = {{0, 0}, {1, 0}}}, {.spikes = {{0, 0}}}}});
  const RateStatistics all = rate_statistics(*recorded, 0, 3, 1);
  REQUIRE(all.mean.size() == 2);
  CHECK(all.mean[0] == doctest::Approx(1000));
  CHECK(all.mean[1] == doctest::Approx(1000.0 / 3));
  CHECK(all.standard_deviation[0] == doctest::Approx(0));
  CHECK(all.standard_deviation[1] == doctest::Approx(1000 / std::sqrt(3)));
  const RateStatistics two = rate_statistics(*recorded, 0, 2, 1);
  CHECK(two.mean[1] == doctest::Approx(500));
  CHECK(rate_statistics(*recorded, 0, 1, 2).standard_deviation == std::vector<double>{0});
  CHECK_THROWS_AS(rate_statistics(*recorded, 0, 4, 1), InternalError);
}

TEST_CASE("spikes that last are counted where they start") {
  const SpikeTrain train = train_of({{0, 0}, {1, 0}, {1, 1}, {2, 1}, {3, 0}, {3, 1}, {5, 1}});
  const SpikeTrain starts = train_of({{0, 0}, {1, 1}, {3, 0}, {5, 1}});
  CHECK(counted_spikes(train, {.model = "src", .size = 2}) == starts);
  CHECK(counted_spikes(train, {.model = "lif", .size = 2}) == train);
  CHECK(counted_spikes(train, {.model = "spike_file", .size = 2}) == train);
  CHECK(count_onsets(train, 2) == 4);
}

TEST_CASE("intervals by hand, added to what is there") {
  std::vector<std::uint64_t> counts;
  add_intervals(train_of({{0, 0}, {1, 0}, {1, 1}, {4, 0}, {4, 1}}), 2, 5, counts);
  CHECK(counts == std::vector<std::uint64_t>{0, 1, 0, 2, 0});
  add_intervals(train_of({{0, 1}, {1, 1}}), 2, 5, counts);
  CHECK(counts == std::vector<std::uint64_t>{0, 2, 0, 2, 0});
}

TEST_CASE("intervals are those that a search forward from each spike finds") {
  test::for_each_seed(30, [](std::uint64_t seed) {
    Draw draw(seed);
    const auto ticks = static_cast<Tick>(1 + draw.below(40));
    const std::size_t neurons = 1 + draw.below(6);
    const Spikes spikes = random_spikes(draw, ticks, neurons, 0.3);
    const std::set<std::pair<Tick, NeuronId>> fired(spikes.begin(), spikes.end());
    std::vector<std::uint64_t> expected(static_cast<std::size_t>(ticks), 0);
    for (const auto& [tick, neuron] : spikes) {
      for (Tick next = tick + 1; next < ticks; ++next) {
        if (!fired.contains({next, neuron})) continue;
        ++expected[static_cast<std::size_t>(next - tick)];
        break;
      }
    }
    std::vector<std::uint64_t> counts;
    add_intervals(train_of(spikes), neurons, ticks, counts);
    CHECK(counts == expected);
  });
}

TEST_CASE("T(s) by hand") {
  // T(s) of the neurons: 1/4 and 0, then 3/4 and 1/2.
  const Recorded recorded(
      {.samples = {{.spikes = {{2, 0}}}, {.spikes = {{0, 0}, {1, 0}, {1, 1}, {2, 0}, {3, 1}}}}});
  const ActivityStatistics statistics = activity_statistics(*recorded, 0, 4);
  REQUIRE(statistics.by_neuron.size() == 2);
  CHECK(statistics.by_neuron[0] == doctest::Approx(0.5));
  CHECK(statistics.by_neuron[1] == doctest::Approx(0.25));
  CHECK(statistics.mean == doctest::Approx(0.375));
  // Of 0.125 and 0.625.
  CHECK(statistics.standard_deviation == doctest::Approx(0.5 / std::sqrt(2)));
  CHECK(statistics.histogram == std::vector<std::uint64_t>{1, 1, 1, 1});
}

TEST_CASE("a T(s) of 1 is in the last bin, and one sample has no deviation") {
  const Recorded recorded({.neurons = 1, .ticks = 2, .samples = {{.spikes = {{0, 0}, {1, 0}}}}});
  const ActivityStatistics statistics = activity_statistics(*recorded, 0, 3);
  CHECK(statistics.histogram == std::vector<std::uint64_t>{0, 0, 1});
  CHECK(statistics.mean == 1);
  CHECK(statistics.standard_deviation == 0);
}

}  // namespace neurosim
