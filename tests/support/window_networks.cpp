#include "support/window_networks.hpp"

#include <fmt/format.h>

#include "sim/network/window_topology.hpp"
#include "support/random_tests.hpp"

namespace neurosim::test {
namespace {

std::string shape(const Planes& planes) {
  return fmt::format("shape: [{}, {}, {}]", planes.channels, planes.extent[0], planes.extent[1]);
}

std::string neuron(Draw& draw, bool graded) {
  if (!graded) {
    return fmt::format("model: lif, parameters: {{ leak: {:.2f}, threshold: {:.2f} }}",
                       draw.real(0.5, 1), draw.real(0.4, 2));
  }
  return fmt::format("model: src, parameters: {{ bias: {:.2f}, alpha: {:.2f}{} }}",
                     draw.real(-6, -4), draw.real(0.5, 0.99),
                     draw.chance(0.3) ? ", output: binary" : "");
}

std::string weights(Draw& draw) {
  const char* kinds[] = {"{ init: uniform, low: -0.3, high: 0.9 }",
                         "{ init: normal, mean: 0.1, standard_deviation: 0.4 }", "0.4",
                         "{ init: xavier_uniform, gain: 3 }"};
  return kinds[draw.below(4)];
}

/// The keys of a projection with any window over `from`; `to` becomes what that makes of it.
std::string window(Draw& draw, const Planes& from, Planes& to) {
  Window2d any;
  const bool pool = draw.chance(0.3);
  do {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      any.kernel[axis] = 1 + static_cast<std::int64_t>(draw.below(5));
      any.stride[axis] = 1 + static_cast<std::int64_t>(draw.below(3));
      any.padding[axis] =
          static_cast<std::int64_t>(draw.below(static_cast<std::size_t>(any.kernel[axis])));
    }
    to.extent = window_places(from, any);
  } while (to.size() == 0);
  to.channels = pool ? from.channels : 1 + draw.below(5);
  return fmt::format(
      "connect: {{ type: {}, kernel: [{}, {}], stride: [{}, {}], padding: [{}, {}] }}, weights: {}",
      pool ? "pool2d" : "conv2d", any.kernel[0], any.kernel[1], any.stride[0], any.stride[1],
      any.padding[0], any.padding[1],
      pool ? fmt::format("{:.2f}", draw.real(0.1, 0.8)) : weights(draw));
}

}  // namespace

std::string random_window_network(std::uint64_t seed) {
  Draw draw(seed);
  Planes planes = {1 + draw.below(3), {1 + draw.below(14), 1 + draw.below(14)}};
  std::string populations =
      fmt::format("  p0: {{ model: spike_list, {}, spikes: [] }}\n", shape(planes));
  std::string projections, states;
  const std::size_t layers = 1 + draw.below(4);
  for (std::size_t n = 1; n <= layers; ++n) {
    Planes next;
    projections +=
        fmt::format("  - {{ from: p{}, to: p{}, delay: {}, {}{} }}\n", n - 1, n, draw.below(4),
                    window(draw, planes, next),
                    draw.chance(0.3) ? fmt::format(", bits: {}", 2 + draw.below(6)) : "");
    planes = next;
    const bool graded = draw.chance(0.5);
    populations += fmt::format("  p{}: {{ {}, {} }}\n", n, shape(planes), neuron(draw, graded));
    states += fmt::format("    p{}: {{ variables: [{}], neurons: all }}\n", n,
                          graded ? "i, x, h, hs" : "v");
    if (draw.chance(0.3)) {
      projections += fmt::format(
          "  - {{ from: p{}, to: p{}, delay: {}, connect: {{ type: conv2d, kernel: 3, padding: 1 "
          "}}, weights: {} }}\n",
          n, n, 1 + draw.below(3), weights(draw));
    }
  }
  return fmt::format(
      "format: neurosim/1\nname: windows\nseed: {}\nprecision: {}\ntime: {{ steps: {} }}\n"
      "populations:\n{}  out: {{ model: leaky_readout, size: 3 }}\nprojections:\n{}"
      "  - {{ from: p{}, to: out, weights: {{ init: xavier_uniform }} }}\nrecord:\n  states:\n{}",
      seed, draw.chance(0.5) ? "single" : "double", 20 + draw.below(60), populations, projections,
      layers, states);
}

}  // namespace neurosim::test
