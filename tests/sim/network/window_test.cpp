// conv2d and pool2d against their definition, pair by pair.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "sim/core/error.hpp"
#include "sim/network/network.hpp"
#include "sim/network/read_description.hpp"
#include "sim/network/rounding.hpp"
#include "sim/network/window_topology.hpp"
#include "support/random_tests.hpp"
#include "tests/sim/network/malformed.hpp"

namespace neurosim {
namespace {

/// A window between two populations of planes.
struct Net {
  Planes from, to;
  Window2d window;
  bool pool = false;
  std::string weights = "{ file: /k.h5, dataset: kernel }";
  std::string options = "";
  std::uint64_t seed = 1;

  std::size_t area() const { return static_cast<std::size_t>(window.kernel[0] * window.kernel[1]); }
  std::vector<std::size_t> kernel_shape() const {
    return {to.channels, from.channels, static_cast<std::size_t>(window.kernel[0]),
            static_cast<std::size_t>(window.kernel[1])};
  }
  Description description() const {
    const auto shape = [](const Planes& planes) {
      return fmt::format("[{}, {}, {}]", planes.channels, planes.extent[0], planes.extent[1]);
    };
    return parse_description(
        fmt::format("format: neurosim/1\nseed: {}\nprecision: double\npopulations:\n"
                    "  a: {{ model: spike_list, shape: {}, spikes: [] }}\n"
                    "  b: {{ model: lif, shape: {} }}\nprojections:\n"
                    "  - {{ from: a, to: b, connect: {{ type: {}, kernel: [{}, {}], "
                    "stride: [{}, {}], padding: [{}, {}] }}, weights: {}{} }}\n",
                    seed, shape(from), shape(to), pool ? "pool2d" : "conv2d", window.kernel[0],
                    window.kernel[1], window.stride[0], window.stride[1], window.padding[0],
                    window.padding[1], weights, options),
        "net.yaml");
  }
  Network<double> build(const NumericArray& file = {}) const {
    return compile<double>(description(),
                           [&](const std::string&, const std::string&) { return file; });
  }
};

Net random_net(std::uint64_t seed) {
  test::Draw draw(seed);
  Net net;
  net.pool = draw.chance(0.3);
  do {
    net.from = {1 + draw.below(3), {1 + draw.below(12), 1 + draw.below(12)}};
    for (std::size_t axis = 0; axis < 2; ++axis) {
      net.window.kernel[axis] = 1 + static_cast<std::int64_t>(draw.below(6));
      net.window.stride[axis] = 1 + static_cast<std::int64_t>(draw.below(4));
      net.window.padding[axis] =
          static_cast<std::int64_t>(draw.below(static_cast<std::size_t>(net.window.kernel[axis])));
    }
    net.to.extent = window_places(net.from, net.window);
  } while (net.to.size() == 0);
  net.to.channels = net.pool ? net.from.channels : 1 + draw.below(4);
  if (net.pool) net.weights = "0.25";
  return net;
}

/// Calls visit(source, target, entry of the kernel) for every synapse, by the definition.
template <class Visit>
void by_definition(const Net& net, Visit visit) {
  const auto& [kernel, stride, padding] = net.window;
  const auto height = static_cast<std::int64_t>(net.from.extent[0]),
             width = static_cast<std::int64_t>(net.from.extent[1]);
  for (std::size_t target = 0; target < net.to.channels * net.to.size(); ++target) {
    const std::size_t o = target / net.to.size();
    const auto y = static_cast<std::int64_t>(target % net.to.size() / net.to.extent[1]),
               x = static_cast<std::int64_t>(target % net.to.extent[1]);
    for (std::size_t i = 0; i < net.from.channels; ++i) {
      if (net.pool && i != o) continue;
      for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
        for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
          const std::int64_t row = y * stride[0] + ky - padding[0],
                             column = x * stride[1] + kx - padding[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          visit(i * net.from.size() + static_cast<std::size_t>(row * width + column), target,
                (o * net.from.channels + i) * net.area() +
                    static_cast<std::size_t>(ky * kernel[1] + kx));
        }
      }
    }
  }
}

/// A kernel of numbers that are all different.
NumericArray kernel_of(const Net& net) {
  NumericArray array;
  array.shape = net.kernel_shape();
  for (std::size_t k = 0; k < net.to.channels * net.from.channels * net.area(); ++k) {
    array.values.push_back(1 + static_cast<double>(k));
  }
  return array;
}

using Pairs = std::map<std::pair<std::size_t, std::size_t>, double>;

/// What a projection holds; checks its order and its counts.
Pairs pairs_of(const Projection<double>& projection) {
  Pairs pairs;
  REQUIRE(projection.out_degree.size() == projection.sources);
  for (std::size_t s = 0; s < projection.sources; ++s) {
    const auto row = projection.row(s);
    REQUIRE(projection.out_degree[s] == row.count);
    for (std::size_t k = 0; k < row.count; ++k) {
      if (k == 0) CHECK(row.target[0] == 0);
      if (k > 0) REQUIRE(row.target[k] > row.target[k - 1]);
      const std::size_t target = row.first_target + row.target[k];
      REQUIRE(target < projection.targets);
      REQUIRE(pairs.emplace(std::pair(s, target), projection.weight_at(row.begin + k)).second);
    }
  }
  REQUIRE(projection.synapses == pairs.size());
  return pairs;
}

TEST_CASE("random windows connect whom the definition connects, by the right weight") {
  std::size_t synapses = 0;
  test::for_each_seed(400, [&](std::uint64_t seed) {
    const Net net = random_net(seed);
    const NumericArray kernel = kernel_of(net);
    Pairs expected;
    by_definition(net, [&](std::size_t source, std::size_t target, std::size_t entry) {
      expected[{source, target}] = net.pool ? 0.25 : kernel.values[entry];
    });
    CHECK(pairs_of(net.build(kernel).projections[0]) == expected);
    synapses += expected.size();
  });
  CHECK(synapses > 100000);
}

TEST_CASE("a convolution of MNIST's size has a handful of rows") {
  Net net = {.from = {1, {28, 28}}, .to = {8, {14, 14}}, .window = {{5, 5}, {2, 2}, {2, 2}}};
  net.weights = "{ init: normal }";
  const Network<double> network = net.build();
  const Projection<double>& projection = network.projections[0];
  // Down and across: two phases, and less at the borders.
  CHECK(projection.row_begin.size() == 1 + 5 * 5);
  CHECK(projection.weight.size() < 1000);
  CHECK(projection.synapses > 35000);
  CHECK(pairs_of(projection).size() == projection.synapses);
}

/// The kernel that a network of drawn weights uses; entries that no place uses are left out.
std::map<std::size_t, double> drawn(const Net& net) {
  std::map<std::size_t, double> kernel;
  const Pairs pairs = pairs_of(net.build().projections[0]);
  by_definition(net, [&](std::size_t source, std::size_t target, std::size_t entry) {
    const double weight = pairs.at({source, target});
    REQUIRE(kernel.emplace(entry, weight).first->second == weight);
  });
  return kernel;
}

TEST_CASE("drawn weights are shared by all places and follow the fans of the window") {
  Net net = {.from = {6, {9, 8}}, .to = {10, {9, 8}}, .window = {{5, 3}, {1, 1}, {2, 1}}};
  net.weights = "{ init: xavier_uniform, gain: 2 }";
  const auto kernel = drawn(net);
  REQUIRE(kernel.size() == 6 * 10 * 15);
  const double bound = 2 * std::sqrt(6.0 / (6 * 15 + 10 * 15));
  std::set<double> different;
  double sum = 0, largest = 0;
  for (const auto& [entry, weight] : kernel) {
    different.insert(weight);
    sum += weight;
    largest = std::max(largest, std::fabs(weight));
  }
  CHECK(different.size() > 890);
  CHECK(largest <= bound);
  CHECK(largest > 0.95 * bound);
  CHECK(std::fabs(sum) < 6 * bound / std::sqrt(3.0) * std::sqrt(900.0));
  net.seed = 2;
  CHECK(drawn(net) != kernel);
  // The same kernel wherever it is laid.
  net.seed = 1;
  net.from.extent = {20, 30};
  net.to.extent = {20, 30};
  CHECK(drawn(net) == kernel);
}

TEST_CASE("the kernel is rounded, used or not") {
  // Of the 3 x 3 entries only the one in the middle meets the one source.
  Net net = {.from = {1, {1, 1}}, .to = {2, {1, 1}}, .window = {{3, 3}, {1, 1}, {1, 1}}};
  net.options = ", bits: 3";
  const NumericArray kernel = kernel_of(net);
  std::vector<double> rounded = kernel.values;
  round_weights<double>(rounded, 3);
  const Network<double> network = net.build(kernel);
  CHECK(network.projections[0].weight == std::vector<double>{rounded[4], rounded[13]});
}

TEST_CASE("what learns knows its place in the kernel") {
  Net net = random_net(5);
  net.pool = false;
  net.to.channels = 3;
  net.weights = "{ file: /k.h5, dataset: kernel }";
  net.options = ", learn: true";
  const NumericArray kernel = kernel_of(net);
  const Network<double> network = net.build(kernel);
  const Projection<double>& projection = network.projections[0];
  CHECK(std::ranges::equal(projection.file_shape, net.kernel_shape()));
  REQUIRE(projection.file_place.size() == projection.weight.size());
  for (std::size_t k = 0; k < projection.weight.size(); ++k) {
    CHECK(projection.weight[k] == kernel.values[projection.file_place[k]]);
  }
}

TEST_CASE("a kernel of another shape is refused") {
  const Net net = {.from = {2, {4, 4}}, .to = {3, {3, 2}}, .window = {{2, 3}, {1, 1}, {0, 0}}};
  NumericArray kernel = kernel_of(net);
  std::swap(kernel.shape[0], kernel.shape[1]);
  CHECK_THROWS_WITH_AS(
      net.build(kernel),
      "/k.h5: kernel: expected weights [out, in, height, width] = [3, 2, 2, 3], found [2, 3, 2, 3]",
      DataError);
}

// --- In YAML ------------------------------------------------------------------------------------

std::string text_of(const std::string& in, const std::string& out, const std::string& projection) {
  return "format: neurosim/1\npopulations:\n  in: { model: spike_list, " + in +
         ", spikes: [] }\n  out: { model: src, " + out +
         " }\nprojections:\n  - { from: in, to: " + "out, " + projection + " }\n";
}

TEST_CASE("windows are read with their defaults, and written as they were read") {
  const auto window = [](const std::string& in, const std::string& out,
                         const std::string& connect) {
    const Description description =
        parse_description(text_of(in, out, "weights: 1, connect: " + connect), "net.yaml");
    const std::string yaml = to_yaml(description);
    const Description again = parse_description(yaml, "net.yaml");
    CHECK(to_yaml(again) == yaml);
    CHECK(again.projections[0].connect == description.projections[0].connect);
    return description.projections[0].connect.window;
  };
  CHECK(window("shape: [28, 28]", "shape: [8, 14, 14]",
               "{ type: conv2d, kernel: 5, stride: 2, padding: 2 }") ==
        Window2d{{5, 5}, {2, 2}, {2, 2}});
  CHECK(window("shape: [3, 7, 9]", "shape: [5, 8]", "{ type: conv2d, kernel: [3, 2] }") ==
        Window2d{{3, 2}, {1, 1}, {0, 0}});
  CHECK(window("shape: [3, 7, 9]", "shape: [3, 3, 3]", "{ type: pool2d, kernel: [2, 3] }") ==
        Window2d{{2, 3}, {2, 3}, {0, 0}});
  CHECK(window("shape: [7, 9]", "shape: [4, 10]",
               "{ type: pool2d, kernel: 2, stride: [2, 1], padding: 1 }") ==
        Window2d{{2, 2}, {2, 1}, {1, 1}});
  CHECK(to_yaml(parse_description(text_of("shape: [7, 9]", "shape: [5, 8]",
                                          "weights: 1, connect: { type: conv2d, kernel: [3, 2] }"),
                                  "net.yaml"))
            .find("connect: { type: conv2d, kernel: [3, 2], stride: 1, padding: 0 }") !=
        std::string::npos);
}

struct Wrong {
  std::string in, out, projection, message;
};

TEST_CASE("windows that do not fit are refused with what would") {
  const std::string connect = "net.yaml:6:35: projections.0.connect", at = connect + ": ";
  const std::string conv = "connect: { type: conv2d, kernel: 3 }, weights: 1",
                    pool = "connect: { type: pool2d, kernel: 2 }, weights: 1";
  const Wrong rows[] = {
      {"shape: [28, 28]", "shape: [8, 13, 13]",
       "connect: { type: conv2d, kernel: 5, stride: 2, padding: 2 }, weights: 1",
       at + "conv2d makes of in, [28, 28], the shape [channels, 14, 14] or [14, 14]; out has shape "
            "[8, 13, 13]"},
      {"shape: [3, 8, 8]", "shape: [2, 4, 4]", pool,
       at + "pool2d makes of in, [3, 8, 8], the shape [3, 4, 4]; out has shape [2, 4, 4]"},
      {"shape: [8, 8]", "shape: [4, 5]", pool,
       at + "pool2d makes of in, [8, 8], the shape [4, 4]; out has shape [4, 5]"},
      {"size: 64", "shape: [6, 6]", conv,
       at + "conv2d needs shape: [channels, height, width] or [height, width]; in has shape [64]"},
      {"shape: [8, 8]", "size: 36", conv,
       at + "conv2d needs shape: [channels, height, width] or [height, width]; out has shape [36]"},
      {"shape: [2, 8]", "shape: [1, 6]", conv,
       at + "the kernel is larger than in with its padding, [2, 8]"},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: conv2d, weights: 1",
       at + "needs more: write { type: conv2d, kernel: 5 }"},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: pool2d, weights: 1",
       at + "needs more: write { type: pool2d, kernel: 2 }"},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: { type: conv2d }, weights: 1",
       at + "missing key \"kernel\""},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: { type: conv2d, kernel: 0 }, weights: 1",
       "net.yaml:6:59: projections.0.connect.kernel: expected an integer >= 1, got 0"},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: { type: conv2d, kernel: [3, x] }, weights: 1",
       "net.yaml:6:63: projections.0.connect.kernel.1: expected an integer >= 1, got \"x\""},
      {"shape: [8, 8]", "shape: [6, 6]", "connect: { type: conv2d, kernel: [3] }, weights: 1",
       "net.yaml:6:59: projections.0.connect.kernel: expected a number or [vertical, horizontal], "
       "got a list of 1"},
      {"shape: [8, 8]", "shape: [6, 6]",
       "connect: { type: conv2d, kernel: 3, padding: 3 }, weights: 1",
       "net.yaml:6:71: projections.0.connect.padding: padding must be less than the kernel: some "
       "windows would see padding alone"},
      {"shape: [8, 8]", "shape: [6, 6]",
       "connect: { type: conv2d, kernel: 3, strides: 1 }, weights: 1",
       "net.yaml:6:62: projections.0.connect.strides: unknown key \"strides\"; did you mean "
       "\"stride\"? (known: type, kernel, stride, padding)"},
      {"shape: [8, 8]", "shape: [6, 6]", conv + ", storage: dense",
       "net.yaml:6:85: projections.0.storage: conv2d shares its weights between all places; "
       "storage: dense would copy them"},
      {"shape: [8, 8]", "shape: [6, 6]", conv + ", delay: { init: uniform, low: 1, high: 3 }",
       "net.yaml:6:83: projections.0.delay: conv2d has one delay: synapses that are shared cannot "
       "each draw their own"},
      {"shape: [8, 8]", "shape: [4, 4]", pool + ", learn: true",
       "net.yaml:6:83: projections.0.learn: pool2d has one fixed weight; a conv2d learns"},
      {"shape: [8, 8]", "shape: [4, 4]",
       "connect: { type: pool2d, kernel: 2 }, weights: { init: uniform }",
       "net.yaml:6:73: projections.0.weights: pool2d has one weight for all its synapses: write a "
       "number, such as 0.25"},
  };
  for (const Wrong& row : rows) {
    CAPTURE(row.projection);
    CHECK(test::mistakes(text_of(row.in, row.out, row.projection)) == row.message);
  }
}

}  // namespace
}  // namespace neurosim
