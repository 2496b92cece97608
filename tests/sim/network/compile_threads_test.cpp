// Networks compiled by several threads at once.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "sim/network/network.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"

namespace neurosim {
namespace {

TEST_CASE("any number of threads compiles the same network") {
  const char* projections[] = {
      "connect: all_to_all, weights: { init: normal }",
      "connect: all_to_all, storage: sparse, weights: { init: xavier_uniform }",
      "connect: { type: fixed_probability, p: 0.1 }, weights: { init: uniform }, bits: 4",
      "connect: { type: fixed_probability, p: 0.6 }, weights: 0.5",
      "connect: { type: fixed_indegree, indegree: 40 }, weights: { init: normal }",
      "connect: { type: fixed_indegree, indegree: 3 }, weights: 1, delay: { init: uniform, low: 1, "
      "high: 9 }",
      "connect: all_to_all, weights: { init: uniform }, delay: { init: normal, mean: 5 }"};
  // More sources, and more targets, than are drawn as one piece of work.
  std::string yaml =
      "format: neurosim/1\nname: threads\nseed: 5\npopulations:\n"
      "  a: { model: spike_list, size: 700, spikes: [] }\n"
      "  b: { model: cuba_lif, size: 900, parameters: { initial_v: { init: uniform } } }\n"
      "projections:\n";
  for (const char* p : projections) yaml += fmt::format("  - {{ from: a, to: b, {} }}\n", p);
  const Description description = parse_description(yaml, "net.yaml");
  const auto one = compile<float>(description, &test::no_files, 1);
  for (const unsigned threads : {2u, 3u}) {
    CAPTURE(threads);
    const auto many = compile<float>(description, &test::no_files, threads);
    CHECK(many.neurons[1]->values() == one.neurons[1]->values());
    REQUIRE(many.projections.size() == one.projections.size());
    for (std::size_t k = 0; k < one.projections.size(); ++k) {
      CAPTURE(k);
      const auto &a = one.projections[k], &b = many.projections[k];
      CHECK(a.synapses > 0);
      CHECK(a.delays == b.delays);
      CHECK(a.row_begin == b.row_begin);
      CHECK(a.target == b.target);
      CHECK(a.weight == b.weight);
      CHECK(std::ranges::equal(a.slabs, b.slabs));
      CHECK(a.out_degree == b.out_degree);
      CHECK(a.nonzero_out_degree == b.nonzero_out_degree);
    }
  }
}

}  // namespace
}  // namespace neurosim
