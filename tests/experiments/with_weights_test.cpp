// Networks with the weights of a file of `neurosim train`.

#include <doctest/doctest.h>

#include "experiments/train.hpp"
#include "run_files.hpp"
#include "sim/core/error.hpp"
#include "sim/io/arrays.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/network/network.hpp"

namespace neurosim {
namespace {

using test::describe;
using test::refusal;
using test::RunFolder;

/// What learns: a full projection, two sparse ones and the biases of SRC neurons. Sizes differ, so
/// that no axis can be taken for another.
Description network(std::uint64_t seed = 4) {
  return describe(
      "format: neurosim/1\nname: learns\nseed: " + std::to_string(seed) +
      "\nprecision: double\ntime: { steps: 5 }\npopulations:\n"
      "  in: { model: spike_list, size: 3, spikes: [[0, 0]] }\n"
      "  cells: { model: src, size: 2, learn: [bias] }\n"
      "  same: { model: lif, size: 2 }\n"
      "  out: { model: leaky_readout, size: 2 }\n"
      "projections:\n"
      "  - { from: in, to: cells, weights: { init: normal }, learn: true }\n"
      "  - { from: cells, to: same, connect: one_to_one, weights: 0.5, learn: true }\n"
      "  - { from: cells, to: same, name: few, connect: { type: fixed_indegree, indegree: 1 },\n"
      "      weights: 0.5, delay: 1, learn: true }\n"
      "  - { from: same, to: out, connect: class_groups }\n");
}

NamedArray array(const std::string& name, std::vector<std::uint64_t> shape,
                 std::vector<double> values) {
  return {.name = name, .shape = std::move(shape), .values = std::move(values)};
}

Checkpoint checkpoint() {
  return {.network_name = "learns",
          .network_yaml = "format: neurosim/1\n",
          .version = "0.1.0",
          .precision = "double",
          .seed = 4,
          .finished = true,
          .weights = {array("in_to_cells", {2, 3}, {11, 12, 13, 21, 22, 23}),
                      array("cells_to_same", {2}, {5, 6}), array("few", {2}, {7, 8})},
          .parameters = {array("cells/bias", {2}, {-5, -5.5})},
          .populations = {"in", "cells", "same", "out"}};
}

TEST_CASE("what learns comes from the file, and nothing else changes") {
  const RunFolder folder;
  const std::string file = folder.path("weights.h5");
  write_checkpoint(file, checkpoint(), Overwrite::kRefuse);
  const Description before = network();
  const Description trained = with_weights(before, file);
  CHECK(std::get<FileArray>(trained.projections[0].weights) ==
        FileArray{file, weights_dataset("in_to_cells")});
  CHECK(trained.projections[3].weights == before.projections[3].weights);

  const auto network = compile<double>(trained, &load_hdf5_array);
  // Lanes of a slab are targets, its rows are sources.
  CHECK(network.projections[0].slab(0)[0] == 11);
  CHECK(network.projections[0].slab(0)[1] == 21);
  const std::size_t width = static_cast<std::size_t>(network.neurons[1]->width(0));
  CHECK(network.projections[0].slab(0)[2 * width] == 13);
  CHECK(network.projections[1].weight == std::vector<double>{5, 6});
  const NumericArray bias = load_hdf5_array(file, parameter_dataset("cells", "bias"));
  CHECK(bias.values == std::vector<double>{-5, -5.5});
  const std::string yaml = to_yaml(trained);
  CHECK(yaml.find(parameter_dataset("cells", "bias")) != std::string::npos);
  CHECK(to_yaml(describe(yaml)) == yaml);  // what a run records of it can be read again
}

TEST_CASE("what was learned is rounded when the network is built") {
  const RunFolder folder;
  const std::string file = folder.path("weights.h5");
  write_checkpoint(file, checkpoint(), Overwrite::kRefuse);
  Description rounded = network();
  rounded.projections[0].bits = 3;  // steps of 23 / 3
  rounded.projections[2].bits = 2;
  const auto built = compile<double>(with_weights(rounded, file), &load_hdf5_array);
  const std::size_t width = static_cast<std::size_t>(built.neurons[1]->width(0));
  const double* const slab = built.projections[0].slab(0);
  CHECK(slab[0] == 23.0 / 3);          // 11
  CHECK(slab[width] == 23.0 / 3 * 2);  // 12
  CHECK(slab[1] == 23);                // 21
  CHECK(slab[2 * width + 1] == 23);    // 23
  CHECK(built.projections[1].weight == std::vector<double>{5, 6});
  CHECK(built.projections[2].weight == std::vector<double>{8, 8});
}

TEST_CASE("the trained network runs, the same in both engines") {
  const RunFolder folder;
  write_checkpoint(folder.path("weights.h5"), checkpoint(), Overwrite::kRefuse);
  const Description trained = with_weights(network(), folder.path("weights.h5"));
  CHECK(run_network(trained, {.check = Check::kBoth}).samples == 1);
}

TEST_CASE("a file that lacks something is refused by name") {
  const RunFolder folder;
  const std::string file = folder.path("weights.h5");
  Checkpoint poor = checkpoint();
  poor.weights.erase(poor.weights.begin() + 1);
  write_checkpoint(file, poor, Overwrite::kAllow);
  CHECK(refusal([&] {
          with_weights(network(), file);
        }).starts_with(file + ": holds no weights of projection \"cells_to_same\""));
  poor = checkpoint();
  poor.parameters.clear();
  write_checkpoint(file, poor, Overwrite::kAllow);
  CHECK(refusal([&] { with_weights(network(), file); }) ==
        file + ": holds no parameter \"cells/bias\", which the network learns (there: none)");
  CHECK_THROWS_AS(with_weights(network(), folder.path("none.h5")), DataError);
}

TEST_CASE("weights of drawn connections belong to one seed") {
  const RunFolder folder;
  const std::string file = folder.path("weights.h5");
  write_checkpoint(file, checkpoint(), Overwrite::kRefuse);
  const std::string said = refusal([&] { with_weights(network(5), file); });
  CHECK(said.find("was trained with seed 4") != std::string::npos);
  CHECK(said.find("\"few\"") != std::string::npos);
}

TEST_CASE("weights of another size are refused when the network is built") {
  const RunFolder folder;
  const std::string file = folder.path("weights.h5");
  Checkpoint other = checkpoint();
  other.weights[0] = array("in_to_cells", {3, 2}, {11, 12, 13, 21, 22, 23});
  write_checkpoint(file, other, Overwrite::kRefuse);
  const Description trained = with_weights(network(), file);
  CHECK(refusal([&] {
          compile<double>(trained, &load_hdf5_array);
        }).find("expected weights [targets, sources] = [2, 3], found [3, 2]") != std::string::npos);
}

TEST_CASE("a network in which nothing learns has no use for the file") {
  Description fixed = network();
  for (ProjectionSpec& projection : fixed.projections) projection.learn = false;
  fixed.populations[1].learn.clear();
  CHECK(refusal([&] {
          with_weights(fixed, "weights.h5");
        }).starts_with("net.yaml: projections: nothing learns"));
}

}  // namespace
}  // namespace neurosim
