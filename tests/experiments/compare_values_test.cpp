#include "experiments/compare_values.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace neurosim {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

SpikeTrain train(const std::vector<std::pair<Tick, NeuronId>>& spikes) {
  SpikeTrain result;
  for (const auto& [tick, neuron] : spikes) result.append(tick, neuron);
  return result;
}

Compared compared_trains(const SpikeTrain& a, const SpikeTrain& b) {
  Compared compared;
  compare_trains(compared, 7, 0.5, a, b);
  return compared;
}

}  // namespace

TEST_CASE("runs of samples: what is in both, wherever it stands") {
  const auto text = [](const std::vector<SampleRun>& runs) {
    std::string all;
    for (const auto& [rows, count] : runs) {
      all += std::to_string(rows.sample) + "x" + std::to_string(count) + "@" +
             std::to_string(rows.a) + "," + std::to_string(rows.b) + " ";
    }
    return all;
  };
  // Rows 5 to 9 of `a` hold samples 10 to 14, rows 0 to 4 hold 20 to 24.
  const std::vector<SampleRun> a = {{{10, 5, 5}, 5}, {{20, 0, 0}, 5}};
  CHECK(text(common_runs(a, a)) == "10x5@5,5 20x5@0,0 ");
  CHECK(text(common_runs(a, {{{0, 0, 0}, 100}})) == "10x5@5,10 20x5@0,20 ");
  CHECK(text(common_runs({{{0, 0, 0}, 100}}, a)) == "10x5@10,5 20x5@20,0 ");
  CHECK(text(common_runs(a, {{{13, 7, 7}, 9}})) == "13x2@8,7 20x2@0,14 ");
  CHECK(text(common_runs(a, {{{15, 0, 0}, 5}, {{25, 5, 5}, 1}})).empty());
  CHECK(common_runs(a, {}).empty());
}

TEST_CASE("trains: the first spike that one has alone") {
  const SpikeTrain base = train({{1, 4}, {3, 0}, {3, 2}});
  CHECK(compared_trains(base, base).differ == 0);
  CHECK_FALSE(compared_trains(base, base).first);
  struct Case {
    SpikeTrain other;
    double time_ms;
    std::uint64_t neuron;
    bool in_base;
  };
  const Case cases[] = {{train({{1, 4}, {3, 0}}), 1.5, 2, true},
                        {train({{1, 4}, {3, 2}}), 1.5, 0, true},
                        {train({{1, 4}, {2, 9}, {3, 0}, {3, 2}}), 1.0, 9, false},
                        {train({{1, 3}, {1, 4}, {3, 0}, {3, 2}}), 0.5, 3, false},
                        {train({{1, 4}, {3, 0}, {3, 2}, {4, 0}}), 2.0, 0, false},
                        {SpikeTrain(), 0.5, 4, true}};
  for (const Case& example : cases) {
    CAPTURE(example.neuron);
    for (const bool swapped : {false, true}) {
      const Compared compared =
          swapped ? compared_trains(example.other, base) : compared_trains(base, example.other);
      CHECK(compared.differ == 1);
      CHECK(compared.rows == 1);
      CHECK(*compared.a == (swapped ? example.other : base).spike_count());
      REQUIRE(compared.first);
      CHECK(compared.first->row == 7);
      CHECK(*compared.first->time_ms == example.time_ms);
      CHECK(*compared.first->neuron == example.neuron);
      CHECK(compared.first->a.has_value() == (example.in_base != swapped));
      CHECK(compared.first->b.has_value() == (example.in_base == swapped));
    }
  }
}

TEST_CASE("trains: values of graded spikes are compared, and a binary spike is worth 1") {
  SpikeTrain a, b;
  a.append(2, 5, 1.0);
  b.append(2, 5, 0.25);
  const Compared compared = compared_trains(a, b);
  CHECK(compared.differ == 1);
  CHECK(*compared.first->a == 1.0);
  CHECK(*compared.first->b == 0.25);
  CHECK(compared_trains(a, train({{2, 5}})).differ == 0);
}

TEST_CASE("rows: bits count, the first difference stays, the largest is kept") {
  const auto place = [](std::size_t k) { return FirstDifference{.row = 3, .neuron = k}; };
  Compared compared;
  compare_row(compared, std::vector{1.0, 2.0, kNaN}, std::vector{1.0, 2.0, kNaN}, place);
  CHECK(compared.rows == 1);
  CHECK(compared.differ == 0);
  compare_row(compared, std::vector{1.0, 2.0, 3.0}, std::vector{1.0, 2.5, 5.0}, place);
  compare_row(compared, std::vector{1.0}, std::vector{1.0 + 1e-15}, place);
  CHECK(compared.rows == 3);
  CHECK(compared.differ == 2);
  CHECK(compared.largest == 2);
  CHECK(*compared.first->neuron == 1);
  CHECK(*compared.first->b == 2.5);

  Compared zeros;
  compare_row(zeros, std::vector{0.0}, std::vector{-0.0}, place);
  CHECK(zeros.differ == 1);
  CHECK(zeros.largest == 0);

  Compared missing;
  compare_row(missing, std::vector{0.0}, std::vector{kNaN}, place);
  CHECK(missing.differ == 1);
  CHECK(std::isinf(missing.largest));
}

TEST_CASE("states: the neurons and ticks of both are compared") {
  StateTrace a, b;
  a.neurons = {0, 2, 5};
  b.neurons = {5, 0};
  const StateColumns columns = common_columns(a, b);
  CHECK(columns.neurons == std::vector<NeuronId>{0, 5});
  // Two ticks in a, three in b; neuron 2 has no counterpart.
  const std::vector<double> in_a = {1, -9, 2, 3, -9, 4};
  std::vector<double> in_b = {2, 1, 4, 3, 77, 77};
  Compared compared;
  compare_states(compared, 1, 0.5, columns, in_a, in_b);
  CHECK(compared.differ == 0);
  in_b[2] = 4.5;
  compare_states(compared, 8, 0.5, columns, in_a, in_b);
  CHECK(compared.rows == 2);
  CHECK(compared.differ == 1);
  CHECK(compared.largest == 0.5);
  CHECK(compared.first->row == 8);
  CHECK(*compared.first->time_ms == 0.5);
  CHECK(*compared.first->neuron == 5);
}

}  // namespace neurosim
