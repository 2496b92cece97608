#include "sim/network/graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sim/network/read_description.hpp"
#include "tests/support/random_tests.hpp"

namespace neurosim::test {
namespace {

using Matrix = std::vector<std::vector<bool>>;

/// Populations 0 .. count - 1, and for each (from, to, delay) a projection.
struct Arc {
  std::size_t from;
  std::size_t to;
  Tick delay = 0;
};
Description make_network(std::size_t count, const std::vector<Arc>& arcs) {
  Description description;
  description.file = "net.yaml";
  for (std::size_t k = 0; k < count; ++k) {
    PopulationSpec population;
    population.name = std::string("p") + std::to_string(k);
    population.model = "src";
    population.info = find_model("src");
    population.size = 1;
    population.shape = {1};
    population.parameters.resize(population.info->fields.size());
    description.populations.push_back(population);
    description.record.spikes.push_back({.population = k, .neurons = {}});
  }
  for (const Arc& arc : arcs) {
    ProjectionSpec projection;
    projection.from = arc.from;
    projection.to = arc.to;
    projection.delay = arc.delay;
    description.projections.push_back(projection);
  }
  return description;
}

/// reach[a][b]: a path of at least one projection leads from a to b (Warshall).
Matrix reachable(const Description& d, Tick longest_delay) {
  const std::size_t n = d.populations.size();
  Matrix reach(n, std::vector<bool>(n, false));
  for (const auto& p : d.projections) {
    if (p.delay <= longest_delay) reach[p.from][p.to] = true;
  }
  for (std::size_t via = 0; via < n; ++via) {
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (reach[a][via] && reach[via][b]) reach[a][b] = true;
      }
    }
  }
  return reach;
}

Description random_network(std::uint64_t seed) {
  Draw draw(seed);
  const std::size_t count = 1 + draw.below(9);
  std::vector<Arc> arcs;
  const std::size_t arc_count = draw.below(2 * count + 1);
  for (std::size_t k = 0; k < arc_count; ++k) {
    arcs.push_back({draw.below(count), draw.below(count), static_cast<Tick>(draw.below(3))});
  }
  return make_network(count, arcs);
}

bool has_cycle(const Matrix& reach) {
  for (std::size_t k = 0; k < reach.size(); ++k) {
    if (reach[k][k]) return true;
  }
  return false;
}

/// Lets every zero-delay projection lead from a lower to a higher population.
void break_zero_delay_cycles(Description& d) {
  for (auto& p : d.projections) {
    if (p.delay == 0 && p.from >= p.to) p.delay = 1;
  }
}

std::vector<std::string> messages(const Description& d) {
  std::vector<std::string> texts;
  for (const auto& diagnostic : check_graph(d)) texts.push_back(diagnostic.text());
  return texts;
}

}  // namespace

TEST_CASE("stages hold exactly the populations that reach each other") {
  for_each_seed(300, [](std::uint64_t seed) {
    Description d = random_network(seed);
    break_zero_delay_cycles(d);
    const Matrix reach = reachable(d, kMaxTicks);
    std::vector<std::size_t> stage_of(d.populations.size(), d.populations.size());
    const auto result = stages(d);
    for (std::size_t s = 0; s < result.size(); ++s) {
      for (const std::size_t v : result[s].populations) {
        CHECK(stage_of[v] == d.populations.size());  // in one stage only
        stage_of[v] = s;
      }
      const std::size_t first = result[s].populations.front();
      CHECK(result[s].recurrent == reach[first][first]);
    }
    for (std::size_t a = 0; a < d.populations.size(); ++a) {
      REQUIRE(stage_of[a] < result.size());
      for (std::size_t b = 0; b < d.populations.size(); ++b) {
        const bool together = a == b || (reach[a][b] && reach[b][a]);
        CHECK((stage_of[a] == stage_of[b]) == together);
        if (reach[a][b]) CHECK(stage_of[a] <= stage_of[b]);
      }
    }
  });
}

TEST_CASE("within a stage, zero-delay projections lead forwards") {
  for_each_seed(300, [](std::uint64_t seed) {
    Description d = random_network(seed);
    break_zero_delay_cycles(d);
    std::vector<std::size_t> position(d.populations.size());
    std::size_t next = 0;
    for (const Stage& stage : stages(d)) {
      for (const std::size_t v : stage.populations) position[v] = next++;
    }
    for (const auto& p : d.projections) {
      if (p.delay == 0) CHECK(position[p.from] < position[p.to]);
    }
  });
}

TEST_CASE("of several possible stages, the one described first comes first") {
  for_each_seed(300, [](std::uint64_t seed) {
    Description d = random_network(seed);
    break_zero_delay_cycles(d);
    const Matrix reach = reachable(d, kMaxTicks);
    const auto result = stages(d);
    const auto lowest = [](const Stage& stage) {
      return *std::min_element(stage.populations.begin(), stage.populations.end());
    };
    for (std::size_t s = 0; s < result.size(); ++s) {
      for (std::size_t later = s + 1; later < result.size(); ++later) {
        // A later stage that nothing from here on leads to was possible here as well.
        const std::size_t target = lowest(result[later]);
        bool possible = true;
        for (std::size_t k = s; k < later; ++k) {
          if (reach[lowest(result[k])][target]) possible = false;
        }
        if (possible) CHECK(lowest(result[s]) < target);
      }
    }
  });
}

TEST_CASE("a zero-delay cycle is reported exactly where there is one") {
  for_each_seed(300, [](std::uint64_t seed) {
    const Description d = random_network(seed);
    const auto found = check_graph(d);
    CHECK(found.empty() == !has_cycle(reachable(d, 0)));
    for (const auto& diagnostic : found) {
      CHECK(diagnostic.message.starts_with("zero-delay cycle: "));
    }
  });
}

TEST_CASE("the shortest cycle is named, one for each part of the network") {
  const Description d = make_network(
      6, {{0, 1}, {1, 2}, {2, 0}, {1, 0}, {2, 3}, {3, 4, 1}, {4, 3}, {5, 5}, {4, 4, 2}});
  CHECK(messages(d) ==
        std::vector<std::string>{
            "net.yaml: projections.0: zero-delay cycle: p0 -> p1 -> p0; give one of its "
            "projections a delay >= 1",
            "net.yaml: projections.7: zero-delay cycle: p5 -> p5; give one of its projections a "
            "delay >= 1"});
}

TEST_CASE("a feed-forward network has one stage a population") {
  const auto result = stages(make_network(3, {{2, 1}, {1, 0}}));
  REQUIRE(result.size() == 3);
  CHECK(result[0].populations == std::vector<std::size_t>{2});
  CHECK(result[1].populations == std::vector<std::size_t>{1});
  CHECK(result[2].populations == std::vector<std::size_t>{0});
  CHECK(!result[0].recurrent);
}

TEST_CASE("a network without an order is a defect of the caller") {
  CHECK_THROWS_AS(stages(make_network(2, {{0, 1}, {1, 0}})), InternalError);
}

namespace {

using Paths = std::vector<std::string>;
Paths unreached(const Description& d) {
  Paths paths;
  for (const auto& diagnostic : check_graph(d)) {
    CHECK(diagnostic.message.starts_with("no projection leads to this population"));
    paths.push_back(diagnostic.path);
  }
  return paths;
}

}  // namespace

TEST_CASE("a population without input must be recorded") {
  Description d = make_network(3, {{0, 1}, {1, 1, 1}});
  CHECK(messages(d).empty());
  d.record = {};
  CHECK(unreached(d) == Paths{"populations.p0", "populations.p1", "populations.p2"});
  d.record.states.push_back({.population = 0, .variables = {"h"}, .neurons = {0}});
  d.record.spikes = {{.population = 2, .neurons = {}}};
  CHECK(messages(d).empty());
}

TEST_CASE("a cycle does not reach itself") {
  Description d = make_network(4, {{0, 1, 1}, {1, 0, 1}, {2, 0, 3}, {1, 3}});
  d.record = {};
  CHECK(unreached(d) ==
        Paths{"populations.p0", "populations.p1", "populations.p2", "populations.p3"});
  d.record.spikes = {{.population = 1, .neurons = {}}};
  CHECK(unreached(d) == Paths{"populations.p2"});
  d.record = {};
  d.populations[2].info = nullptr;
  d.populations[2].source = PoissonSource{1};
  CHECK(unreached(d).empty());
}

TEST_CASE("the graph in DOT") {
  const Description d = parse_description(R"(
format: neurosim/1
name: the "dot" test
data: { dataset: mnist }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 100 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform }, learn: true }
  - { from: hidden, to: hidden, connect: { type: fixed_indegree, indegree: 5 }, weights: -0.5, delay: 2 }
  - { from: hidden, to: hidden, connect: { type: fixed_probability, p: 0.1 }, weights: { init: normal }, delay: 1 }
  - { from: hidden, to: classes, weights: { file: w.h5, dataset: a/b } }
  - { from: hidden, to: classes, connect: class_groups }
)",
                                          "net.yaml");
  CHECK(to_dot(d) == R"(digraph "the \"dot\" test" {
  rankdir=LR;
  node [fontname="Helvetica"];
  edge [fontname="Helvetica", fontsize=10];
  "pixels" [shape=parallelogram, label="pixels\nsource\n28 x 28"];
  "hidden" [shape=ellipse, label="hidden\nsrc\n100"];
  "classes" [shape=box, label="classes\nleaky_readout\n10"];
  "pixels" -> "hidden" [label="all_to_all\nxavier_uniform\ndelay 0", style=bold];
  "hidden" -> "hidden" [label="fixed_indegree 5\n-0.5\ndelay 2"];
  "hidden" -> "hidden" [label="fixed_probability p = 0.1\nN(0, 1)\ndelay 1"];
  "hidden" -> "classes" [label="all_to_all\nw.h5:a/b\ndelay 0"];
  "hidden" -> "classes" [label="class_groups\n1 / -0.1\ndelay 0"];
}
)");
}

}  // namespace neurosim::test
