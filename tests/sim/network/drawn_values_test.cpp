// Parameters and delays that are drawn: their distribution, and what each number depends on.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "models/cuba_lif.hpp"
#include "sim/core/error.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/network.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"

namespace neurosim {
namespace {

/// Inputs `a` and neurons `b`, with the keys of a projection between them.
Description describe(std::size_t sources, std::size_t targets, const std::string& parameters,
                     const std::string& projection, std::uint64_t seed = 1,
                     const std::string& before = "") {
  return parse_description(
      fmt::format("format: neurosim/1\nname: drawn\nseed: {}\ntime: {{ steps: 60 }}\n"
                  "populations:\n  a: {{ model: spike_list, size: {}, spikes: [] }}\n"
                  "  b: {{ model: cuba_lif, size: {}, parameters: {{ {} }} }}\n"
                  "projections:\n{}  - {{ from: a, to: b, weights: 1, {} }}\n",
                  seed, sources, targets, parameters, before, projection),
      "net.yaml");
}

template <class T>
FieldValue drawn(const Description& description, CubaLif::Field field, std::size_t population = 1) {
  return compile<T>(description, &test::no_files).neurons[population]->values()[field];
}

std::string refusal(const std::string& parameters) {
  try {
    compile<float>(describe(1, 500, parameters, "connect: all_to_all"), &test::no_files);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no ConfigError was thrown";
}

TEST_CASE("drawn parameters have the distribution that was asked for") {
  const std::size_t n = 20000;
  const Description description =
      describe(1, n,
               "initial_v: { init: uniform, low: -60, high: -50 }, v_threshold: 0, v_reset: -60, "
               "drive: { init: normal, mean: 3, standard_deviation: 0.5 }",
               "connect: all_to_all");
  const FieldValue uniform = drawn<double>(description, CubaLif::kInitialV);
  const FieldValue normal = drawn<double>(description, CubaLif::kDrive);
  REQUIRE(uniform.size() == n);
  REQUIRE(normal.size() == n);
  std::vector<double> bins(10, 0);
  double sum = 0, squares = 0;
  for (std::size_t k = 0; k < n; ++k) {
    REQUIRE(uniform[k] > -60);
    REQUIRE(uniform[k] < -50);
    ++bins[static_cast<std::size_t>(uniform[k] + 60)];
    sum += normal[k] - 3;
    squares += (normal[k] - 3) * (normal[k] - 3);
  }
  double chi = 0;
  for (const double count : bins) chi += (count - n / 10.0) * (count - n / 10.0) / (n / 10.0);
  CHECK(std::fabs(chi - 9) < 6 * std::sqrt(2 * 9.0));
  CHECK(std::fabs(sum / n) < 6 * 0.5 / std::sqrt(n));
  CHECK(std::fabs(squares / n - 0.25) < 6 * 0.25 * std::sqrt(2.0 / n));
  CHECK(drawn<float>(description, CubaLif::kInitialV) == uniform);
}

TEST_CASE("a drawn parameter depends on seed, population, field and neuron only") {
  const std::string init = "{ init: uniform, low: -1, high: 0.5 }";
  const std::string threshold = "v_reset: -2, initial_v: " + init;
  const auto values = [&](std::size_t size, const std::string& parameters, std::uint64_t seed,
                          CubaLif::Field field = CubaLif::kInitialV) {
    return drawn<double>(describe(3, size, parameters, "connect: all_to_all", seed), field);
  };
  const FieldValue base = values(100, threshold, 1);
  CHECK(std::set(base.begin(), base.end()).size() == 100);
  FieldValue larger = values(300, threshold + ", tau_mem_ms: 7, drive: " + init, 1);
  larger.resize(100);
  CHECK(larger == base);
  const FieldValue seeded = values(100, threshold, 2);
  const FieldValue other_field = values(100, threshold + ", drive: " + init, 1, CubaLif::kDrive);
  const Description second = parse_description(
      "format: neurosim/1\nname: two\npopulations:\n"
      "  a: { model: spike_list, size: 3, spikes: [] }\n"
      "  x: { model: cuba_lif, size: 100, parameters: { v_reset: -2, initial_v: " +
          init +
          " } }\n"
          "  y: { model: cuba_lif, size: 100, parameters: { v_reset: -2, initial_v: " +
          init +
          " } }\n"
          "projections: [{ from: a, to: x, weights: 1 }, { from: a, to: y, weights: 1 }]\n",
      "two.yaml");
  CHECK(drawn<double>(second, CubaLif::kInitialV, 1) == base);
  const FieldValue other_population = drawn<double>(second, CubaLif::kInitialV, 2);
  for (std::size_t k = 0; k < 100; ++k) {
    CHECK(seeded[k] != base[k]);
    CHECK(other_field[k] != base[k]);
    CHECK(other_population[k] != base[k]);
  }
}

TEST_CASE("drawn numbers must be finite in the precision of the network") {
  const Description large = parse_description(
      "format: neurosim/1\nname: n\npopulations:\n  a: { model: cuba_lif, size: 9, parameters: { "
      "drive: { init: normal, mean: 1, standard_deviation: 3e38 }, v_reset: -1 } }\n"
      "record: { spikes: [a] }\nseed: 3\n",
      "net.yaml");
  CHECK_NOTHROW(compile<double>(large, &test::no_files));
  CHECK_THROWS_WITH_AS(compile<float>(large, &test::no_files),
                       doctest::Contains("which is not a finite number"), ConfigError);
}

TEST_CASE("drawn numbers are checked as written ones are") {
  const std::string reset =
      "net.yaml:7:3: populations.b.parameters: v_reset must not exceed v_threshold";
  CHECK(refusal("v_threshold: { init: uniform, low: 0, high: 1 }") == "no ConfigError was thrown");
  CHECK(refusal("v_threshold: { init: uniform, low: -0.01, high: 1 }") == reset);
  CHECK(refusal("v_reset: 0.9, v_threshold: { init: normal, mean: 1 }") == reset);
  try {
    compile<float>(
        parse_description("format: neurosim/1\nname: n\npopulations:\n"
                          "  a: { model: lif, size: 900, parameters: { leak: { init: normal, "
                          "mean: 0.5, standard_deviation: 0.25 } } }\n"
                          "record: { spikes: [a] }\n",
                          "net.yaml"),
        &test::no_files);
    FAIL("no ConfigError was thrown");
  } catch (const ConfigError& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("net.yaml:4:3: populations.a.parameters.leak: drew "));
    CHECK(text.ends_with(", which is not a number in [0, 1]"));
  }
}

/// A synapse with its delay.
struct Delayed {
  std::size_t source;
  NeuronId target;
  Tick delay;
  double weight;
  friend auto operator<=>(const Delayed&, const Delayed&) = default;
};

/// All synapses of a projection, by source, then target; also checks the order of the rows.
std::vector<Delayed> listed(const Description& description, std::size_t index = 0,
                            unsigned threads = 2) {
  const auto network = compile<double>(description, &test::no_files, threads);
  const Projection<double>& p = network.projections[index];
  REQUIRE(!p.dense);
  REQUIRE(p.row_begin.size() == p.sources * p.delays.size() + 1);
  REQUIRE(p.row_begin.back() == p.target.size());
  REQUIRE(p.out_degree.size() == p.sources * p.delays.size());
  for (std::size_t g = 1; g < p.delays.size(); ++g) CHECK(p.delays[g] < p.delays[g - 1]);
  std::vector<Delayed> list;
  std::set<Tick> used;
  for (std::size_t s = 0; s < p.sources; ++s) {
    for (std::size_t g = 0; g < p.delays.size(); ++g) {
      const auto row = p.row(s, g);
      CHECK(p.out_degree[s * p.delays.size() + g] == row.count);
      for (std::size_t k = 0; k < row.count; ++k) {
        if (k > 0) CHECK(row.target[k] > row.target[k - 1]);
        list.push_back({s, row.target[k], p.delays[g], p.weight_at(row.begin + k)});
        used.insert(p.delays[g]);
      }
    }
  }
  CHECK(used.size() == p.delays.size());
  CHECK(list.size() == p.synapses);
  std::sort(list.begin(), list.end());
  return list;
}

constexpr const char* kSome = "connect: { type: fixed_probability, p: 0.3 }";

TEST_CASE("uniform delays are rounded to whole steps, those at the ends half as often") {
  for (const char* connect : {"connect: all_to_all", kSome}) {
    for (const auto& [low, high] : {std::pair(3.0, 8.0), std::pair(2.5, 8.5), std::pair(0.0, 5.0),
                                    std::pair(4.2, 4.3), std::pair(6.0, 6.0)}) {
      CAPTURE(low);
      const auto list = listed(describe(
          100, 150, "",
          fmt::format("{}, delay: {{ init: uniform, low: {}, high: {} }}", connect, low, high)));
      std::map<Tick, double> seen;
      for (const Delayed& synapse : list) ++seen[synapse.delay];
      double chi = 0;
      const auto n = static_cast<double>(list.size());
      for (const auto& [delay, count] : seen) {
        const auto d = static_cast<double>(delay);
        if (high - low < 1) {
          CHECK(d == std::round(low));
          continue;
        }
        const double share = (std::min(high, d + 0.5) - std::max(low, d - 0.5)) / (high - low);
        REQUIRE(share > 0);
        chi += (count - n * share) * (count - n * share) / (n * share);
      }
      const double classes = std::round(high - low) + (low == std::floor(low) ? 1 : 0);
      if (high - low < 1) continue;
      CHECK(seen.size() == static_cast<std::size_t>(classes));
      CHECK(std::fabs(chi - (classes - 1)) < 6 * std::sqrt(2 * (classes - 1)));
    }
  }
}

TEST_CASE("normal delays have their mean, and are at least a step") {
  const auto list = listed(
      describe(100, 150, "",
               "connect: all_to_all, delay: { init: normal, mean: 20, standard_deviation: 4 }"));
  double sum = 0, squares = 0;
  for (const Delayed& synapse : list) {
    const double d = static_cast<double>(synapse.delay) - 20;
    sum += d;
    squares += d * d;
  }
  const auto n = static_cast<double>(list.size());
  const double variance = 16 + 1.0 / 12;  // rounding adds that of a step
  CHECK(std::fabs(sum / n) < 6 * std::sqrt(variance / n));
  CHECK(std::fabs(squares / n - variance) < 6 * variance * std::sqrt(2 / n));
  double shortest = 0;
  const auto near = listed(
      describe(100, 150, "",
               "connect: all_to_all, delay: { init: normal, mean: 1, standard_deviation: 2 }"));
  for (const Delayed& synapse : near) {
    REQUIRE(synapse.delay >= 1);
    shortest += synapse.delay == 1;
  }
  // P(z < 0.25)
  const double share = 0.598706;
  CHECK(std::fabs(shortest - n * share) < 6 * std::sqrt(n * share * (1 - share)));
}

TEST_CASE("a drawn delay depends on seed, projection, source and target only") {
  const std::string delay = ", delay: { init: uniform, low: 0.5, high: 1000 }";
  const auto delays = [](const std::vector<Delayed>& list) {
    std::map<std::pair<std::size_t, NeuronId>, Tick> by_pair;
    for (const Delayed& s : list) by_pair[{s.source, s.target}] = s.delay;
    return by_pair;
  };
  const auto all = delays(listed(describe(40, 50, "", "connect: all_to_all" + delay)));
  const auto large = delays(listed(describe(90, 130, "", "connect: all_to_all" + delay)));
  const auto some = delays(listed(describe(40, 50, "", kSome + delay)));
  const auto sparse =
      delays(listed(describe(40, 50, "", "connect: all_to_all, storage: sparse" + delay)));
  const auto seed = delays(listed(describe(40, 50, "", "connect: all_to_all" + delay, 2)));
  const auto second = delays(listed(describe(40, 50, "", "connect: all_to_all" + delay, 1,
                                             "  - { from: a, to: b, weights: 1 }\n"),
                                    1));
  CHECK(all.size() == 2000);
  CHECK(sparse == all);
  CHECK(some.size() > 500);
  int same = 0;
  for (const auto& [pair, d] : all) {
    REQUIRE(large.at(pair) == d);
    if (some.contains(pair)) REQUIRE(some.at(pair) == d);
    same += (seed.at(pair) == d) + (second.at(pair) == d);
  }
  CHECK(same < 30);  // 4 expected of 4000 by chance
}

TEST_CASE("drawn delays change neither who is connected nor the weights") {
  for (const char* connect : {"all_to_all", "one_to_one", "{ type: fixed_probability, p: 0.3 }",
                              "{ type: fixed_indegree, indegree: 7 }"}) {
    CAPTURE(std::string(connect));
    const std::string keys =
        fmt::format("connect: {}, storage: sparse, name: w, bits: none", connect);
    for (const char* weights : {"1", "{ init: normal }"}) {
      Description fixed = describe(60, 60, "", keys);
      if (std::string(weights) != "1") fixed.projections[0].weights = NormalWeights{};
      Description drawn = fixed;
      drawn.projections[0].drawn_delay = Uniform{.low = 0, .high = 9};
      auto list = listed(drawn);
      std::set<Tick> delays;
      for (Delayed& s : list) delays.insert(std::exchange(s.delay, 0));
      CHECK(delays.size() > 5);
      std::sort(list.begin(), list.end());
      CHECK(list == listed(fixed));
    }
  }
}

TEST_CASE("delays that can only be drawn as one number are that delay") {
  const auto run = [](const std::string& delay, const std::string& connect) {
    const Description description = describe(30, 50, "tau_syn_ms: 3, v_threshold: 0.4",
                                             "connect: " + connect + ", delay: " + delay);
    const auto network = compile<double>(description, &test::no_files);
    SampleRecord record;
    make_event_engine(network, {.final_states = FinalStates::kKeep})
        ->run(0, test::random_input(description, 4, 0.05), record);
    return record;
  };
  for (const char* connect : {"all_to_all", "{ type: fixed_probability, p: 0.3 }"}) {
    const SampleRecord fixed = run("6", connect);
    const SampleRecord drawn = run("{ init: uniform, low: 5.6, high: 6.4 }", connect);
    CHECK(fixed.populations[1].spikes > 100);
    CHECK(first_difference(fixed, drawn, {"a", "b"}) == "");
    CHECK(fixed.projections == drawn.projections);
  }
}

}  // namespace
}  // namespace neurosim
