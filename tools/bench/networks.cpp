#include <fmt/format.h>

#include "encoders/encoder.hpp"
#include "sim/network/read_description.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {

Description paper_network(const std::string& model) {
  return parse_description(
      fmt::format("format: neurosim/1\nname: 784-512-100-{0}\ntime: {{ steps: 200 }}\n"
                  "populations:\n"
                  "  pixels: {{ model: spike_list, size: 784, spikes: [] }}\n"
                  "  hidden: {{ model: {0}, size: 512 }}\n"
                  "  last: {{ model: {0}, size: 100 }}\n"
                  "  classes: {{ model: leaky_readout, size: 10 }}\n"
                  "projections:\n"
                  "  - {{ from: pixels, to: hidden, weights: {{ init: xavier_uniform }} }}\n"
                  "  - {{ from: hidden, to: last, weights: {{ init: xavier_uniform }} }}\n"
                  "  - {{ from: last, to: classes, connect: class_groups }}\n",
                  model),
      "bench.yaml");
}

SampleInput random_input(const Description& description, double probability, std::uint32_t sample) {
  SampleInput input;
  input.sources.emplace_back();
  poisson_train(probability, description.populations[0].size, 0, description.time.steps,
                {.seed = 1, .sample = sample}, input.sources[0]);
  return input;
}

}  // namespace neurosim::bench
