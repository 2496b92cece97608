#include "sim/train/sparse_product.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "sim/network/read_description.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

constexpr const char* kConnects[] = {"{ type: fixed_probability, p: 0.3 }",
                                     "{ type: conv2d, kernel: 3, padding: 1 }",
                                     "{ type: pool2d, kernel: 3, stride: 1, padding: 1 }"};
constexpr Tick kTicks = 37, kRow = 2;  // no whole vector of ticks, from a later row on

template <class T>
Errors<T> random_errors(std::size_t size, double density, std::uint64_t seed) {
  test::Draw draw(seed);
  Errors<T> errors;
  errors.resize({size}, {kTicks, kTicks}, 0);
  errors.begin();
  errors.enter(kTicks);
  for (int block = 0; block < errors.shape().blocks(); ++block) {
    T* row = errors.rows(0, block);
    for (Tick t = 0; t < kTicks; ++t, row += errors.shape().width(block)) {
      std::uint64_t& mask = errors.masks(0, block)[t];
      for (int lane = 0; lane < errors.shape().count(block); ++lane) {
        if (!draw.chance(density)) continue;
        row[lane] = static_cast<T>(draw.real(-1, 1));
        mask |= std::uint64_t{1} << lane;
      }
    }
  }
  errors.finish(0, kTicks);
  return errors;
}

/// Against a sum tick by tick, source by source, with ascending targets.
template <class T>
void check_product(const char* connect, double density, std::uint64_t seed) {
  const Description description = parse_description(
      "format: neurosim/1\nseed: " + std::to_string(seed) +
          "\npopulations:\n  a: { model: spike_list, shape: [2, 7, 10], spikes: [] }\n"
          "  b: { model: src, shape: [2, 7, 10] }\n"
          "projections:\n  - { from: a, to: b, weights: 0.75, learn: " +
          (std::string(connect).find("pool") == std::string::npos ? "true" : "false") +
          ", connect: " + connect + " }\n",
      "net.yaml");
  Network<T> network = compile<T>(description, &test::no_files);
  Projection<T>& projection = network.projections[0];
  test::Draw draw(seed);
  for (T& weight : projection.weight) weight = static_cast<T>(draw.real(-1, 1));
  const Errors<T> errors = random_errors<T>(projection.targets, density, seed);
  SparseProduct<T> product;
  constexpr int kCount = static_cast<int>(kTicks - kRow);
  product.compute(TransposedWeights<T>(projection), errors, 0, kRow, kCount);
  std::vector<T> expected(projection.sources * kCount, T(0));
  for (std::size_t s = 0; s < projection.sources; ++s) {
    const auto row = projection.row(s);
    for (std::size_t k = 0; k < row.count; ++k) {
      const std::size_t target = row.first_target + row.target[k];
      const auto block = static_cast<int>(target / kBlock);
      const auto width = static_cast<std::size_t>(errors.shape().width(block));
      for (std::size_t t = 0; t < kCount; ++t) {
        T& sum = expected[s * kCount + t];
        sum = fma(projection.weight_at(row.begin + k),
                  errors.rows(0, block)[(t + kRow) * width + target % kBlock], sum);
      }
    }
  }
  const BlockShape sources = {projection.sources};
  for (std::size_t s = 0; s < projection.sources; ++s) {
    const auto block = static_cast<int>(s / kBlock);
    for (std::size_t t = 0; t < kCount; ++t) {
      const T found =
          product.rows(block)[t * static_cast<std::size_t>(sources.width(block)) + s % kBlock];
      REQUIRE(found == expected[s * kCount + t]);
    }
  }
}

TEST_CASE("errors go back through sparse projections with the same bits at any density") {
  for (const char* connect : kConnects) {
    CAPTURE(std::string(connect));
    for (const double density : {0.0, 0.02, 0.1, 0.9}) {
      CAPTURE(density);
      test::for_each_seed(5, [&](std::uint64_t seed) {
        check_product<float>(connect, density, seed);
        check_product<double>(connect, density, seed);
      });
    }
  }
}

}  // namespace
}  // namespace neurosim
