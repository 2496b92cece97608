// A convolution from training to a run with what it learned.

#include <doctest/doctest.h>

#include <algorithm>

#include "experiments/train.hpp"
#include "run_files.hpp"
#include "sim/io/arrays.hpp"
#include "sim/io/checkpoint_file.hpp"

namespace neurosim {
namespace {

using test::RunFolder;

Description network(const std::string& weights = "{ init: xavier_uniform, gain: 3 }") {
  return test::describe(
      "format: neurosim/1\nname: tiny\nseed: 2\ntime: { steps: 40 }\n"
      "data: { dataset: synthetic-digits, samples: 5, encoder: { gain: 1 } }\npopulations:\n"
      "  pixels: { model: source, shape: [28, 28] }\n"
      "  features: { model: src, shape: [3, 9, 9] }\n"
      "  pooled: { model: lif, shape: [3, 4, 4], parameters: { threshold: 0.3 } }\n"
      "  classes: { model: leaky_readout, size: 10 }\n"
      "projections:\n"
      "  - { from: pixels, to: features, name: kernel, connect: { type: conv2d, kernel: [4, 5], "
      "stride: 3, padding: [1, 1] },\n      learn: true, weights: " +
      weights +
      " }\n"
      "  - { from: features, to: pooled, connect: { type: pool2d, kernel: 2 }, weights: 0.25 }\n"
      "  - { from: pooled, to: classes, weights: { init: xavier_uniform }, learn: true }\n"
      "training: { samples: 40, batch: 8, epochs: 3, validation: 0.2, learning_rate: 0.02 }\n");
}

TEST_CASE("a kernel is learned, saved in its own shape and run again") {
  const RunFolder folder;
  const std::string file = folder.path("w.h5");
  train_network(network(), {.output = file});
  const Checkpoint kept = read_checkpoint(file);
  REQUIRE(kept.weights.size() == 2);
  CHECK(kept.weights[0].name == "kernel");
  CHECK(kept.weights[0].shape == std::vector<std::uint64_t>{3, 1, 4, 5});
  const auto& kernel = std::get<std::vector<float>>(kept.weights[0].values);
  REQUIRE(kernel.size() == 60);

  const Description trained = with_weights(network(), file);
  const auto before = compile<float>(network(), &load_hdf5_array),
             after = compile<float>(trained, &load_hdf5_array);
  CHECK(before.projections[0].weight != after.projections[0].weight);
  const Projection<float>& projection = after.projections[0];
  for (std::size_t k = 0; k < projection.weight.size(); ++k) {
    REQUIRE(projection.weight[k] == kernel[projection.file_place[k]]);
  }
  CHECK(run_network(trained, {.check = Check::kBoth}).labelled == 5);

  // The same file, named in the network itself.
  const Description named =
      network("{ file: " + file + ", dataset: " + weights_dataset("kernel") + " }");
  CHECK(compile<float>(named, &load_hdf5_array).projections[0].weight == projection.weight);
}

}  // namespace
}  // namespace neurosim
