// Networks as compiled: weights and what they depend on, their layout, parameters from files.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "sim/core/error.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/network.hpp"
#include "sim/network/read_description.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using Arrays = std::map<std::string, NumericArray>;

ArrayLoader loader(const Arrays& arrays) {
  return [arrays](const std::string& file, const std::string& dataset) {
    const auto found = arrays.find(dataset);
    if (found == arrays.end()) throw DataError(file, dataset + ": missing");
    return found->second;
  };
}

/// Inputs `a` and neurons `b` with these projections, one a line without the dash.
Description describe(std::size_t sources, std::size_t targets,
                     const std::vector<std::string>& projections, const std::string& top = "",
                     const std::string& model = "model: lif") {
  std::string yaml = fmt::format(
      "format: neurosim/1\nname: compiled\n{}time: {{ steps: 30 }}\npopulations:\n"
      "  a: {{ model: spike_list, size: {}, spikes: [] }}\n"
      "  b: {{ {}, size: {} }}\nprojections:\n",
      top, sources, model, targets);
  for (const std::string& p : projections) yaml += fmt::format("  - {{ from: a, to: b, {} }}\n", p);
  return parse_description(yaml, "net.yaml");
}

std::string refusal(const Description& description, const Arrays& arrays) {
  try {
    compile<float>(description, loader(arrays));
  } catch (const DataError& error) {
    return error.what();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "neither DataError nor ConfigError was thrown";
}

/// The weight from one neuron to another, if they are connected; a dense 0 counts as a weight.
template <class T>
std::optional<double> weight(const Projection<T>& p, std::size_t source, std::size_t target) {
  if (p.dense) {
    const std::size_t block = target / kBlock, first = block * kBlock;
    const std::size_t width = std::min<std::size_t>(
        kBlock, (p.targets - first + kLaneGroup - 1) / kLaneGroup * kLaneGroup);
    return static_cast<double>(p.slab(static_cast<int>(block))[source * width + target - first]);
  }
  for (std::uint64_t k = p.row_begin[source]; k < p.row_begin[source + 1]; ++k) {
    if (p.target[k] == target) return static_cast<double>(p.weight_at(k));
  }
  return std::nullopt;
}

/// All weights of the only projection, by source, then target.
std::vector<double> weights(std::size_t sources, std::size_t targets, const std::string& projection,
                            const std::string& top = "", const Arrays& arrays = {}) {
  const auto network =
      compile<double>(describe(sources, targets, {projection}, top), loader(arrays));
  std::vector<double> values;
  for (std::size_t s = 0; s < sources; ++s) {
    for (std::size_t t = 0; t < targets; ++t) {
      if (const auto w = weight(network.projections[0], s, t)) values.push_back(*w);
    }
  }
  return values;
}

/// Checks mean and variance within six standard deviations of their estimates; `kurtosis` is the
/// fourth central moment in units of the variance squared.
void check_moments(const std::vector<double>& values, double mean, double variance,
                   double kurtosis) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v - mean;
  for (const double v : values) squares += (v - mean) * (v - mean);
  CHECK(std::fabs(sum / n) < 6 * std::sqrt(variance / n));
  CHECK(std::fabs(squares / n - variance) < 6 * variance * std::sqrt((kurtosis - 1) / n));
}

constexpr double kUniformKurtosis = 1.8, kNormalKurtosis = 3;

TEST_CASE("drawn weights have the distribution that was asked for") {
  const auto uniform =
      weights(150, 130, "connect: all_to_all, weights: { init: uniform, low: -0.5, high: 1.5 }");
  CHECK(uniform.size() == 150 * 130);
  check_moments(uniform, 0.5, 4.0 / 12, kUniformKurtosis);
  CHECK(std::ranges::min(uniform) > -0.5);
  CHECK(std::ranges::max(uniform) < 1.5);
  CHECK(std::ranges::max(uniform) - std::ranges::min(uniform) > 1.99);

  const auto normal = weights(
      150, 130, "connect: all_to_all, weights: { init: normal, mean: 2, standard_deviation: 0.5 }");
  check_moments(normal, 2, 0.25, kNormalKurtosis);
  // Of 19500 about 885 lie beyond two standard deviations (4.55 %).
  const auto beyond = std::ranges::count_if(normal, [](double w) { return std::fabs(w - 2) > 1; });
  CHECK(std::fabs(static_cast<double>(beyond) - 887) < 6 * std::sqrt(887.0));

  for (const double w : weights(5, 4, "connect: all_to_all, weights: -0.125")) CHECK(w == -0.125);
}

TEST_CASE("Xavier weights lie within gain sqrt(6 / (fan_in + fan_out))") {
  struct Case {
    const char* connect;
    double fan_in, fan_out;
  };
  for (const Case& c : {Case{"all_to_all", 120, 200},
                        Case{"{ type: fixed_indegree, indegree: 30 }", 30, 30.0 * 200 / 120}}) {
    CAPTURE(std::string(c.connect));
    const auto values = weights(
        120, 200,
        fmt::format("connect: {}, weights: {{ init: xavier_uniform, gain: 2 }}", c.connect));
    const double bound = 2 * std::sqrt(6 / (c.fan_in + c.fan_out));
    CHECK(std::ranges::max(values) < bound);
    CHECK(std::ranges::min(values) > -bound);
    CHECK(std::ranges::max(values) > 0.99 * bound);
    check_moments(values, 0, bound * bound / 3, kUniformKurtosis);
  }
}

TEST_CASE("a weight depends on seed, projection, source and target only") {
  for (const char* init : {"{ init: uniform }", "{ init: normal }"}) {
    CAPTURE(std::string(init));
    const auto drawn = [&](std::size_t sources, std::size_t targets, const char* connect,
                           std::uint64_t seed, std::size_t before) {
      std::vector<std::string> projections(before, "connect: all_to_all, weights: 1");
      projections.push_back(fmt::format("connect: {}, weights: {}", connect, init));
      return std::move(
          compile<double>(describe(sources, targets, projections, fmt::format("seed: {}\n", seed)),
                          loader({}))
              .projections.back());
    };
    const auto small = drawn(20, 30, "all_to_all", 1, 0),
               large = drawn(45, 130, "all_to_all", 1, 0), seed = drawn(20, 30, "all_to_all", 2, 0),
               second = drawn(20, 30, "all_to_all", 1, 1),
               some = drawn(20, 30, "{ type: fixed_indegree, indegree: 4 }", 1, 0),
               few = drawn(20, 30, "{ type: fixed_probability, p: 0.2 }", 1, 0),
               diagonal = drawn(30, 30, "one_to_one", 1, 0);
    std::size_t sparse = 0;
    for (std::size_t s = 0; s < 20; ++s) {
      for (std::size_t t = 0; t < 30; ++t) {
        const double w = *weight(small, s, t);
        REQUIRE(weight(large, s, t) == w);
        REQUIRE(weight(seed, s, t) != w);
        REQUIRE(weight(second, s, t) != w);
        for (const auto* other : {&some, &few, &diagonal}) {
          const auto value = weight(*other, s, t);
          REQUIRE(value.value_or(w) == w);
          sparse += value.has_value();
        }
        if (t > 0) REQUIRE(weight(small, s, t - 1) != w);
        if (s > 0) REQUIRE(weight(small, s - 1, t) != w);
      }
    }
    CHECK(sparse > 20 + 100);
  }
}

TEST_CASE("single-precision weights are the double ones, rounded") {
  const Description description =
      describe(33, 70, {"connect: all_to_all, weights: { init: normal }"});
  const auto single = compile<float>(description, loader({}));
  const auto twice = compile<double>(description, loader({}));
  for (std::size_t s = 0; s < 33; ++s) {
    for (std::size_t t = 0; t < 70; ++t) {
      const auto rounded = static_cast<float>(*weight(twice.projections[0], s, t));
      REQUIRE(*weight(single.projections[0], s, t) == static_cast<double>(rounded));
    }
  }
}

TEST_CASE("weights from a file stand as [targets, sources]") {
  const Arrays arrays = {{"w", {{2, 3}, {1, 2, 3, 4, 5, 6}}}, {"one", {{3}, {7, 8, 9}}}};
  for (const char* storage : {"automatic", "dense", "sparse"}) {
    CHECK(weights(3, 2,
                  fmt::format("connect: all_to_all, storage: {}, weights: {{ file: /d/w.h5, "
                              "dataset: w }}",
                              storage),
                  "", arrays) == std::vector<double>{1, 4, 2, 5, 3, 6});
  }
  CHECK(weights(3, 3, "connect: one_to_one, weights: { file: /d/w.h5, dataset: one }", "",
                arrays) == std::vector<double>{7, 8, 9});
}

TEST_CASE("weights of the wrong shape are refused") {
  const auto refused = [](const char* connect, const NumericArray& array) {
    return refusal(describe(3, 2,
                            {fmt::format("connect: {}, weights: {{ file: /d/w.h5, dataset: "
                                         "g/w }}",
                                         connect)}),
                   {{"g/w", array}});
  };
  const std::string expected = "/d/w.h5: g/w: expected weights [targets, sources] = [2, 3], found ";
  CHECK(refused("all_to_all", {{3, 2}, std::vector<double>(6)}) == expected + "[3, 2]");
  CHECK(refused("all_to_all", {{6}, std::vector<double>(6)}) == expected + "[6]");
  CHECK(refused("all_to_all", {{2, 3, 1}, std::vector<double>(6)}) == expected + "[2, 3, 1]");
  CHECK(refused("{ type: fixed_indegree, indegree: 2 }", {{2, 3}, std::vector<double>(6)}) ==
        "/d/w.h5: g/w: expected one weight a synapse [4], found [2, 3]");
  CHECK(refused("{ type: fixed_indegree, indegree: 2 }", {{3}, std::vector<double>(3)}) ==
        "/d/w.h5: g/w: expected one weight a synapse [4], found [3]");
}

TEST_CASE("weights that are no numbers are refused") {
  for (const double bad : {static_cast<double>(NAN), static_cast<double>(INFINITY), 1e300}) {
    CHECK(refusal(describe(1, 2, {"connect: all_to_all, weights: { file: /d/w.h5, dataset: w }"}),
                  {{"w", {{2, 1}, {1, bad}}}})
              .starts_with("/d/w.h5: w: "));
  }
}

TEST_CASE_TEMPLATE("dense weights lie in slabs of 64 targets, padded with 0", T, float, double) {
  for (const std::size_t targets : {1, 15, 16, 17, 48, 63, 64, 65, 100, 128, 130, 192}) {
    CAPTURE(targets);
    constexpr std::size_t kSources = 5;
    const Description description =
        describe(kSources, targets, {"connect: all_to_all, weights: { init: normal }"});
    const auto network = compile<T>(description, loader({}));
    const Projection<T>& p = network.projections[0];
    ThreadTeam team(1);
    const Synapses<T> plain = build_synapses<T>(description, 0, loader({}), team);
    const NeuronBlocks<T>& neurons = *network.neurons[1];
    REQUIRE(p.dense);
    CHECK(p.synapses == kSources * targets);
    CHECK(p.out_degree ==
          std::vector<std::uint32_t>(kSources, static_cast<std::uint32_t>(targets)));
    std::size_t seen = 0;
    for (int block = 0; block < neurons.blocks(); ++block) {
      const T* slab = p.slab(block);
      CHECK(reinterpret_cast<std::uintptr_t>(slab) % 64 == 0);
      CHECK(neurons.width(block) % kLaneGroup == 0);
      for (std::size_t s = 0; s < kSources; ++s) {
        for (int lane = 0; lane < neurons.width(block); ++lane, ++seen) {
          const std::size_t t =
              static_cast<std::size_t>(block) * kBlock + static_cast<std::size_t>(lane);
          const T expected = t < targets ? plain.weight[s * targets + t] : T(0);
          REQUIRE(slab[s * static_cast<std::size_t>(neurons.width(block)) +
                       static_cast<std::size_t>(lane)] == expected);
        }
      }
    }
    CHECK(seen == p.slabs.size());
  }
}

TEST_CASE_TEMPLATE("storage changes no bit of what the network does", T, float, double) {
  std::size_t spikes = 0;
  test::for_each_seed(12, [&](std::uint64_t seed) {
    const char* connects[] = {"all_to_all", "{ type: fixed_probability, p: 0.3 }",
                              "{ type: fixed_indegree, indegree: 9 }"};
    std::vector<SampleRecord> records;
    for (const char* storage : {"dense", "sparse", "automatic"}) {
      std::string yaml = fmt::format(
          "format: neurosim/1\nname: s\nseed: {}\ntime: {{ steps: 60 }}\npopulations:\n"
          "  a: {{ model: spike_list, size: 40, spikes: [] }}\n"
          "  b: {{ model: src, size: 70 }}\n  c: {{ model: lif, size: 33 }}\nprojections:\n",
          seed);
      for (const char* ends : {"from: a, to: b", "from: b, to: c", "from: c, to: b, delay: 2"}) {
        yaml += fmt::format(
            "  - {{ {}, connect: {}, storage: {}, weights: {{ init: uniform, "
            "low: -0.5, high: 1 }} }}\n",
            ends, connects[seed % 3], storage);
      }
      const auto network = compile<T>(parse_description(yaml, "s.yaml"), loader({}));
      test::Draw draw(seed);
      SampleInput input;
      input.sources.emplace_back();
      for (Tick tick = 0; tick < 60; ++tick) {
        for (NeuronId n = 0; n < 40; ++n) {
          if (draw.chance(0.1)) input.sources[0].append(tick, n);
        }
      }
      for (const auto& engine :
           {make_event_engine(network, {.final_states = FinalStates::kKeep}),
            make_reference_engine(network, {.final_states = FinalStates::kKeep})}) {
        engine->run(0, input, records.emplace_back());
      }
    }
    for (const SampleRecord& record : records) {
      REQUIRE(first_difference(record, records[0], {"a", "b", "c"}) == "");
      for (std::size_t p = 0; p < 3; ++p) {
        REQUIRE(record.projections[p].synaptic_operations ==
                records[0].projections[p].synaptic_operations);
      }
    }
    spikes += records[0].populations[1].spikes + records[0].populations[2].spikes;
  });
  CHECK(spikes > 5000);
}

TEST_CASE("a compiled network keeps the order of its description") {
  const Description description = describe(
      3, 2, {"connect: all_to_all, weights: 1, delay: 4", "connect: all_to_all, weights: 2"},
      "seed: 77\n");
  const auto network = compile<float>(description, loader({}));
  CHECK(network.seed == 77);
  CHECK(network.ticks == 30);
  CHECK(network.sizes == std::vector<std::size_t>{3, 2});
  CHECK(network.neurons[0] == nullptr);
  CHECK(network.neurons[1]->size() == 2);
  CHECK(network.neurons[1]->model().name == "lif");
  CHECK(network.incoming == std::vector<std::vector<std::size_t>>{{}, {0, 1}});
  CHECK(network.projections[0].delay == 4);
  CHECK(weight(network.projections[1], 0, 0) == 2);
  CHECK(network.stages.size() == 2);
}

TEST_CASE("parameters from files reach their neurons, in every block") {
  NumericArray start = {{10, 13}, {}};  // any shape of as many values
  for (int k = 0; k < 130; ++k) start.values.push_back(k / 8.0 - 3);
  const auto network = compile<float>(
      describe(1, 130, {}, "record: { spikes: [b] }\n",
               "model: lif, parameters: { initial_v: { file: /d/p.h5, dataset: v } }"),
      loader({{"v", start}}));
  const NeuronBlocks<float>& neurons = *network.neurons[1];
  for (int block = 0; block < neurons.blocks(); ++block) {
    AlignedVector<std::byte> state(neurons.state_bytes());
    neurons.reset(block, state.data());
    for (int lane = 0; lane < neurons.count(block); ++lane) {
      CHECK(neurons.observe(block, state.data(), 0, lane, -1) ==
            start.values[static_cast<std::size_t>(block * kBlock + lane)]);
    }
  }
}

TEST_CASE("parameters from files are checked as those in the description are") {
  const auto refused = [](const std::string& model, std::vector<double> values) {
    const std::size_t count = values.size();
    return refusal(describe(1, 3, {}, "record: { spikes: [b] }\n", "model: " + model),
                   {{"g/p", {{count}, std::move(values)}}});
  };
  const std::string file = "{ file: /d/p.h5, dataset: g/p }";
  const std::string leak = "lif, parameters: { leak: " + file + " }";
  CHECK(refused(leak, {0, 0.5, 1}) == "neither DataError nor ConfigError was thrown");
  CHECK(refused(leak, {0.5, 0.5}) == "/d/p.h5: g/p: expected 3 values for b.leak, found 2");
  CHECK(refused(leak, {0, 0, 0, 0}) == "/d/p.h5: g/p: expected 3 values for b.leak, found 4");
  CHECK(refused(leak, {0.5, 1.5, 0.5}) ==
        "/d/p.h5: g/p: 1.500000 is not a value for b.leak (a number in [0, 1])");
  CHECK(refused(leak, {0.5, 0.5, NAN}) ==
        "/d/p.h5: g/p: nan is not a value for b.leak (a number in [0, 1])");
  const std::string bias = "src, parameters: { bias: " + file + " }";
  CHECK(refused(bias, {-6, INFINITY, -6}) ==
        "/d/p.h5: g/p: inf is not a value for b.bias (a finite number)");
  // Rules between fields; the mark is that of the population.
  CHECK(refused(bias, {-6, -3, -6}) ==
        "net.yaml:7:3: populations.b.parameters: bias must not exceed bias_max");
  CHECK(refused("lif, parameters: { rest: " + file + ", threshold: 0.5 }", {0, 0.4, 0.6}) ==
        "net.yaml:7:3: populations.b.parameters: rest must not exceed the threshold");
}

TEST_CASE("what the loader says is passed on") {
  CHECK(refusal(describe(1, 1, {"connect: all_to_all, weights: { file: /d/w.h5, dataset: w }"}),
                {}) == "/d/w.h5: w: missing");
}

}  // namespace
}  // namespace neurosim
