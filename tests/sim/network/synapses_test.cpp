// Who connects to whom and how strongly, for every kind of connection and of weights.

#include "sim/network/synapses.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"
#include "sim/network/rounding.hpp"

namespace neurosim {
namespace {

/// Arrays by the name of their dataset; any file.
using Arrays = std::map<std::string, NumericArray>;

ArrayLoader loader(Arrays arrays) {
  return [arrays = std::move(arrays)](const std::string& file, const std::string& dataset) {
    const auto found = arrays.find(dataset);
    if (found == arrays.end()) throw DataError(file, dataset + ": missing");
    return found->second;
  };
}

/// `sources` inputs, `targets` neurons and one projection between them.
struct Net {
  std::size_t sources = 4, targets = 4;
  std::string connect = "all_to_all";
  std::string weights = "1";
  std::string storage = "automatic";
  std::uint64_t seed = 1;
  std::size_t index = 0;  ///< projections before it
  Arrays arrays = {};

  Description description() const {
    std::string yaml =
        "format: neurosim/1\nname: synapses\nseed: " + std::to_string(seed) + "\npopulations:\n" +
        "  a: { model: spike_list, size: " + std::to_string(sources) + ", spikes: [] }\n" +
        "  b: { model: lif, size: " + std::to_string(targets) + " }\nprojections:\n";
    for (std::size_t k = 0; k < index; ++k) {
      yaml += "  - { from: a, to: b, connect: all_to_all, weights: 1 }\n";
    }
    yaml += "  - { from: a, to: b, connect: " + connect + ", storage: " + storage;
    if (!weights.empty()) yaml += ", weights: " + weights;
    return parse_description(yaml + " }\n", "net.yaml");
  }
  template <class T>
  Synapses<T> build_as() const {
    ThreadTeam team(2);
    return build_synapses<T>(description(), index, loader(arrays), team);
  }
  Synapses<double> build() const { return build_as<double>(); }
  std::string refusal() const {
    try {
      build();
    } catch (const DataError& error) {
      return error.what();
    }
    return "no DataError was thrown";
  }
};

struct Synapse {
  std::size_t source;
  NeuronId target;
  double weight;
  friend auto operator<=>(const Synapse&, const Synapse&) = default;
};

/// All synapses in their order; also checks that the counts agree with one another.
template <class T>
std::vector<Synapse> listed(const Synapses<T>& synapses) {
  std::vector<Synapse> list;
  REQUIRE(synapses.out_degree.size() == synapses.sources);
  if (synapses.dense) {
    REQUIRE(synapses.weight.size() == synapses.sources * synapses.targets);
    CHECK(synapses.row_begin.empty());
    CHECK(synapses.target.empty());
    for (std::size_t k = 0; k < synapses.weight.size(); ++k) {
      list.push_back({k / synapses.targets, static_cast<NeuronId>(k % synapses.targets),
                      static_cast<double>(synapses.weight[k])});
    }
    return list;
  }
  REQUIRE(synapses.row_begin.size() == synapses.sources + 1);
  REQUIRE(synapses.row_begin.front() == 0);
  REQUIRE(synapses.row_begin.back() == synapses.target.size());
  REQUIRE((synapses.one_weight() || synapses.weight.size() == synapses.target.size()));
  REQUIRE(synapses.count == synapses.target.size());
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    CHECK(synapses.out_degree[s] == synapses.row_begin[s + 1] - synapses.row_begin[s]);
    for (std::uint64_t k = synapses.row_begin[s]; k < synapses.row_begin[s + 1]; ++k) {
      REQUIRE(synapses.target[k] < synapses.targets);
      if (k > synapses.row_begin[s]) REQUIRE(synapses.target[k] >= synapses.target[k - 1]);
      list.push_back({s, synapses.target[k], static_cast<double>(synapses.weight_at(k))});
    }
  }
  return list;
}

/// Six standard deviations about the mean of a binomial count.
void check_binomial(double count, double trials, double p) {
  CHECK(std::fabs(count - trials * p) <= 6 * std::sqrt(trials * p * (1 - p)));
}

TEST_CASE("all_to_all is the whole matrix") {
  const auto synapses = Net{.sources = 3, .targets = 2, .weights = "0.5"}.build();
  CHECK(synapses.dense);
  CHECK(synapses.count == 6);
  CHECK(synapses.out_degree == std::vector<std::uint32_t>{2, 2, 2});
  CHECK(
      listed(synapses) ==
      std::vector<Synapse>{{0, 0, .5}, {0, 1, .5}, {1, 0, .5}, {1, 1, .5}, {2, 0, .5}, {2, 1, .5}});
}

TEST_CASE("one_to_one is the diagonal") {
  const auto synapses = Net{.sources = 3, .targets = 3, .connect = "one_to_one"}.build();
  CHECK(!synapses.dense);
  CHECK(synapses.count == 3);
  CHECK(listed(synapses) == std::vector<Synapse>{{0, 0, 1}, {1, 1, 1}, {2, 2, 1}});
}

TEST_CASE("class_groups excite their own class and inhibit the others") {
  const Net net = {.sources = 6,
                   .targets = 3,
                   .connect = "class_groups",
                   .weights = "{ excitatory: 2, inhibitory: -0.5 }"};
  const auto list = listed(net.build());
  REQUIRE(list.size() == 18);
  for (const Synapse& s : list) CHECK(s.weight == (s.source / 2 == s.target ? 2 : -0.5));
  // The paper's, as defaults.
  for (const Synapse& s :
       listed(Net{.sources = 20, .targets = 2, .connect = "class_groups", .weights = ""}.build())) {
    CHECK(s.weight == (s.source / 10 == s.target ? 1 : -0.1));
  }
}

TEST_CASE("fixed_probability connects each pair with probability p") {
  for (const double p : {0.001, 0.1, 0.5, 0.97}) {
    CAPTURE(p);
    const Net net = {.sources = 200,
                     .targets = 300,
                     .connect = "{ type: fixed_probability, p: " + std::to_string(p) + " }"};
    const auto list = listed(net.build());
    check_binomial(static_cast<double>(list.size()), 200 * 300, p);
    std::vector<std::vector<bool>> matrix(200, std::vector<bool>(300, false));
    for (const Synapse& s : list) {
      CHECK(!matrix[s.source][s.target]);  // at most once
      matrix[s.source][s.target] = true;
    }
    // Every target alike: 300 squared deviations, in units of their variance.
    double chi = 0;
    for (std::size_t t = 0; t < 300; ++t) {
      double degree = 0;
      for (std::size_t s = 0; s < 200; ++s) degree += matrix[s][t];
      chi += (degree - 200 * p) * (degree - 200 * p) / (200 * p * (1 - p));
    }
    // Their sum varies by 2 n, and by 1 / variance for rare synapses.
    CHECK(std::fabs(chi - 300) < 6 * std::sqrt(300 * (2 + 1 / (200 * p * (1 - p)))));
    // Rows are independent, and so are neighbours in a row.
    double rows = 0, neighbours = 0;
    for (std::size_t s = 0; s < 200; s += 2) {
      for (std::size_t t = 0; t < 300; ++t) rows += matrix[s][t] && matrix[s + 1][t];
    }
    for (std::size_t s = 0; s < 200; ++s) {
      for (std::size_t t = 0; t < 300; t += 2) neighbours += matrix[s][t] && matrix[s][t + 1];
    }
    check_binomial(rows, 100 * 300, p * p);
    check_binomial(neighbours, 200 * 150, p * p);
  }
}

TEST_CASE("fixed_probability 0 connects nobody, 1 everybody") {
  const auto none = Net{.connect = "{ type: fixed_probability, p: 0 }"}.build();
  CHECK(none.count == 0);
  CHECK(listed(none).empty());
  CHECK(none.out_degree == std::vector<std::uint32_t>{0, 0, 0, 0});
  const auto all = Net{.connect = "{ type: fixed_probability, p: 1 }"}.build();
  CHECK(all.count == 16);
  CHECK(listed(all) == listed(Net{}.build()));
}

TEST_CASE("the pairs of fixed_probability do not depend on the sizes") {
  const std::string connect = "{ type: fixed_probability, p: 0.2 }";
  const auto small = listed(Net{.sources = 30, .targets = 40, .connect = connect}.build());
  auto large = listed(Net{.sources = 50, .targets = 90, .connect = connect}.build());
  CHECK(large.size() > small.size());
  std::erase_if(large, [](const Synapse& s) { return s.source >= 30 || s.target >= 40; });
  CHECK(large == small);
}

TEST_CASE("fixed_indegree gives each target that many different sources") {
  for (const std::size_t indegree :
       {std::size_t{1}, std::size_t{7}, std::size_t{49}, std::size_t{50}}) {
    CAPTURE(indegree);
    const auto synapses =
        Net{.sources = 50,
            .targets = 70,
            .connect = "{ type: fixed_indegree, indegree: " + std::to_string(indegree) + " }"}
            .build();
    CHECK(synapses.count == 70 * indegree);
    std::vector<std::set<std::size_t>> sources(70);
    for (const Synapse& s : listed(synapses)) CHECK(sources[s.target].insert(s.source).second);
    for (const auto& of_target : sources) CHECK(of_target.size() == indegree);
  }
}

TEST_CASE("fixed_indegree draws every source, and every set of them, equally often") {
  constexpr double kTargets = 20000, kSources = 50, kP = 5 / kSources;
  std::vector<double> degree(50, 0);
  for (const Synapse& s : listed(
           Net{.sources = 50, .targets = 20000, .connect = "{ type: fixed_indegree, indegree: 5 }"}
               .build())) {
    ++degree[s.source];
  }
  double chi = 0;
  for (const double d : degree) {
    chi += (d - kTargets * kP) * (d - kTargets * kP) / (kTargets * kP * (1 - kP));
  }
  // Without replacement, chi (n - 1) / n is chi-square with n - 1 degrees of freedom.
  CHECK(std::fabs(chi * 49 / 50 - 49) < 5 * std::sqrt(2 * 49.0));

  std::vector<std::set<std::size_t>> chosen(20000);
  for (const Synapse& s : listed(
           Net{.sources = 5, .targets = 20000, .connect = "{ type: fixed_indegree, indegree: 2 }"}
               .build())) {
    chosen[s.target].insert(s.source);
  }
  std::map<std::set<std::size_t>, double> sets;
  for (const auto& set : chosen) ++sets[set];
  REQUIRE(sets.size() == 10);
  double chi_sets = 0;
  for (const auto& [set, count] : sets) chi_sets += (count - 2000) * (count - 2000) / 2000;
  CHECK(std::fabs(chi_sets - 9) < 5 * std::sqrt(2 * 9.0));
}

TEST_CASE("pairs come in order of source, then target, with the weights of their rows") {
  Net net = {
      .sources = 3,
      .targets = 4,
      .connect = "{ type: pairs, file: /d/p.h5, dataset: pairs }",
      .weights = "{ file: /d/w.h5, dataset: w }",
      .arrays = {{"pairs", {{4, 2}, {2, 1, 0, 0, 2, 0, 0, 3}}}, {"w", {{4}, {10, 20, 30, 40}}}}};
  const std::vector<Synapse> expected = {{0, 0, 20}, {0, 3, 40}, {2, 0, 30}, {2, 1, 10}};
  const auto synapses = net.build();
  CHECK(!synapses.dense);
  CHECK(synapses.out_degree == std::vector<std::uint32_t>{2, 0, 2});
  CHECK(listed(synapses) == expected);

  net.storage = "dense";
  const auto dense = net.build();
  CHECK(dense.dense);
  CHECK(dense.count == 4);
  CHECK(dense.out_degree == std::vector<std::uint32_t>{2, 0, 2});
  auto list = listed(dense);
  std::erase_if(list, [](const Synapse& s) { return s.weight == 0; });
  CHECK(list == expected);

  net.arrays["pairs"] = {{0, 2}, {}};
  net.arrays["w"] = {{0}, {}};
  CHECK(net.build().count == 0);
}

TEST_CASE("a pair listed twice is two synapses, which dense storage cannot hold") {
  Net net = {.connect = "{ type: pairs, file: /d/p.h5, dataset: pairs }",
             .weights = "{ file: /d/w.h5, dataset: w }",
             .arrays = {{"pairs", {{3, 2}, {3, 2, 1, 1, 3, 2}}}, {"w", {{3}, {1, 2, 3}}}}};
  CHECK(listed(net.build()) == std::vector<Synapse>{{1, 1, 2}, {3, 2, 1}, {3, 2, 3}});
  net.storage = "dense";
  CHECK(net.refusal() ==
        "/d/p.h5: pairs: neuron 3 is connected twice to 2, which dense storage cannot hold; use "
        "storage: sparse");
}

TEST_CASE("pairs of neurons that do not exist are refused") {
  const auto refused = [](std::vector<double> pairs) {
    return Net{.sources = 3,
               .targets = 4,
               .connect = "{ type: pairs, file: /d/p.h5, dataset: pairs }",
               .arrays = {{"pairs", {{pairs.size() / 2, 2}, std::move(pairs)}}}}
        .refusal();
  };
  const auto row = [](int k) {
    return "/d/p.h5: pairs: row " + std::to_string(k) +
           " names a neuron that does not exist (sources 0..2, targets 0..3)";
  };
  CHECK(refused({0, 0, 3, 0}) == row(1));
  CHECK(refused({0, 0, 1, 1, 2, 4}) == row(2));
  CHECK(refused({-1, 0, 1, 1}) == row(0));
  CHECK(refused({0, -1}) == row(0));
  CHECK(refused({0.5, 0}) == row(0));
  CHECK(refused({0, 1e300}) == row(0));
  CHECK(refused({NAN, 0}) == row(0));
  CHECK(refused({0, NAN}) == row(0));
  CHECK(refused({2, 3}) == "no DataError was thrown");
}

TEST_CASE("pairs need two columns") {
  for (const NumericArray& array :
       {NumericArray{{4}, {0, 0, 1, 1}}, NumericArray{{1, 3}, {0, 0, 1}},
        NumericArray{{1, 1, 2}, {0, 0}}, NumericArray{{}, {0}}}) {
    CHECK(Net{.connect = "{ type: pairs, file: /d/p.h5, dataset: x/y }", .arrays = {{"x/y", array}}}
              .refusal() == "/d/p.h5: x/y: expected an array [synapses, 2] of source and target");
  }
}

TEST_CASE_TEMPLATE("bits round the weights of a projection, whatever gave them", T, float, double) {
  struct Case {
    const char *connect, *weights;
  };
  const Case cases[] = {
      {"all_to_all", "{ init: normal }"},
      {"one_to_one", "{ init: uniform }"},
      {"class_groups", "{ excitatory: 1, inhibitory: -0.1 }"},
      {"{ type: fixed_probability, p: 0.4 }", "{ init: xavier_uniform }"},
      {"{ type: fixed_indegree, indegree: 3 }", "{ init: normal, mean: 2 }"},
      {"all_to_all", "{ file: /d/w.h5, dataset: matrix }"},
      {"{ type: pairs, file: /d/p.h5, dataset: pairs }", "{ file: /d/w.h5, dataset: list }"}};
  for (const Case& c : cases) {
    for (const char* storage : {"automatic", "dense", "sparse"}) {
      CAPTURE(std::string(c.connect));
      CAPTURE(std::string(storage));
      Net net = {.sources = 4,
                 .targets = 4,
                 .connect = c.connect,
                 .weights = c.weights,
                 .storage = storage,
                 .arrays = {{"matrix", {{4, 4}, {1, 2, 3, 4, 5, 6, 7, -8, 9, 1, 2, 3, 4, 5, 6, 7}}},
                            {"pairs", {{3, 2}, {0, 1, 2, 3, 3, 0}}},
                            {"list", {{3}, {1, -0.6, 0.2}}}}};
      auto full = net.build_as<T>();
      net.weights += ", bits: 3";
      const auto rounded = net.build_as<T>();
      CHECK(rounded.weight != full.weight);
      round_weights<T>(full.weight, 3);
      CHECK(rounded.weight == full.weight);
      CHECK(rounded.target == full.target);
      CHECK(rounded.count == full.count);
    }
  }
}

TEST_CASE("storage changes the layout, not the synapses") {
  for (const char* connect :
       {"all_to_all", "one_to_one", "class_groups", "{ type: fixed_probability, p: 0.4 }",
        "{ type: fixed_indegree, indegree: 3 }"}) {
    CAPTURE(std::string(connect));
    Net net = {.sources = 12,
               .targets = 12,
               .connect = connect,
               .weights = std::string(connect) == "class_groups" ? "" : "{ init: normal }"};
    const auto automatic = net.build();
    net.storage = "dense";
    const auto dense = net.build();
    net.storage = "sparse";
    const auto sparse = net.build();
    CHECK(dense.dense);
    CHECK(!sparse.dense);
    CHECK(dense.count == sparse.count);
    CHECK(dense.out_degree == sparse.out_degree);
    CHECK(automatic.count == sparse.count);
    // Drawn weights are never 0: what is 0 in the matrix is no synapse.
    auto list = listed(dense);
    std::erase_if(list, [](const Synapse& s) { return s.weight == 0; });
    CHECK(list == listed(sparse));
  }
}

}  // namespace
}  // namespace neurosim
