// What only the data can tell to be wrong, as run and validate say it.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "run_files.hpp"
#include "sim/core/error.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

using test::describe;
using test::refusal;
using test::RunFolder;

/// What a run and a mere validation both say; nothing may be left of the run's output.
std::string complaint(const std::string& yaml, const std::string& data_dir = "") {
  const Description description = describe(yaml);
  const RunFolder folder;
  const std::string said = refusal(
      [&] { run_network(description, {.output = folder.path("run.h5"), .data_dir = data_dir}); });
  CHECK(refusal([&] { validate_network(description, data_dir); }) == said);
  CHECK(folder.names().empty());
  return said;
}

/// Its only diagnostic.
Diagnostic diagnosis(const std::string& yaml, const std::string& data_dir) {
  try {
    validate_network(describe(yaml), data_dir);
  } catch (const ConfigError& error) {
    REQUIRE(error.diagnostics().size() == 1);
    return error.diagnostics()[0];
  }
  FAIL("nothing was refused");
  return {};
}

std::string data_yaml(const std::string& data, const std::string& shape) {
  return "format: neurosim/1\nname: wrong\ntime: { steps: 5 }\ndata: { " + data +
         " }\npopulations:\n  pixels: { model: source, shape: " + shape + " }\n";
}

TEST_CASE("a source population must have a neuron for each pixel") {
  CHECK(complaint(data_yaml("dataset: synthetic-digits, samples: 3", "[28, 27]")) ==
        "net.yaml:6:3: populations.pixels.shape: expected 784 neurons, one a pixel of 28 x 28 "
        "(data.dataset synthetic-digits, encoder rate), got 756");
  // The pixels may be laid out otherwise.
  CHECK_NOTHROW(
      validate_network(describe(data_yaml("dataset: synthetic-digits, samples: 3", "[784]")), ""));
}

TEST_CASE("only samples that the data have can be asked for") {
  if (!test::have_shared("data/mnist/t10k-images-idx3-ubyte.gz")) return;
  const std::string dir = test::shared_path("data");
  const auto mnist = [](const std::string& rest) {
    return data_yaml("dataset: mnist, " + rest, "[28, 28]");
  };
  const Diagnostic many = diagnosis(mnist("samples: 10001"), dir);
  CHECK(many.file == "net.yaml");
  CHECK(many.path == "data.samples");
  CHECK(many.message == "expected at most the 10000 samples of mnist test from index 0, got 10001");
  const Diagnostic beyond = diagnosis(mnist("samples: 5, first: 9996"), dir);
  CHECK(beyond.path == "data.samples");
  CHECK(beyond.message == "expected at most the 4 samples of mnist test from index 9996, got 5");
  const Diagnostic first = diagnosis(mnist("first: 10000"), dir);
  CHECK(first.file == "net.yaml");
  CHECK(first.path == "data.first");
  CHECK(first.message == "expected an index below the 10000 samples of mnist, got 10000");

  const Description last = describe(mnist("samples: 4, first: 9996"));
  CHECK(run_network(last, {.data_dir = dir}).samples == 4);
  CHECK(run_network(describe(mnist("first: 9990")), {.data_dir = dir}).samples == 10);
}

TEST_CASE("missing data name the places searched") {
  const RunFolder empty;
  const std::string said =
      complaint(data_yaml("dataset: mnist, samples: 3", "[28, 28]"), empty.path("nowhere"));
  CHECK(said.starts_with("mnist: not found: the test split needs t10k-images-idx3-ubyte[.gz]"));
  CHECK(said.find(empty.path("nowhere/mnist")) != std::string::npos);
}

/// Records 3 samples of 10 steps of population `cells`, 40 neurons.
std::string record(const RunFolder& folder) {
  run_network(describe("format: neurosim/1\nname: r\ntime: { steps: 10 }\n"
                       "data: { dataset: synthetic-digits, samples: 3, encoder: { gain: 0.5 } }\n"
                       "populations:\n"
                       "  pixels: { model: source, shape: [28, 28] }\n"
                       "  cells: { model: lif, size: 40 }\n"
                       "projections:\n"
                       "  - { from: pixels, to: cells, connect: all_to_all, weights: 0.01 }\n"
                       "record: { spikes: [cells] }\n"),
              {.output = folder.path("recorded.h5")});
  return folder.path("recorded.h5");
}

std::string replay_yaml(const std::string& file, const std::string& rest, std::size_t size = 40,
                        Tick steps = 10) {
  return fmt::format(
      "format: neurosim/1\nname: replay\ntime: {{ steps: {} }}\n{}populations:\n"
      "  cells: {{ model: spike_file, size: {}, file: {}, population: cells }}\n",
      steps, rest, size, file);
}

TEST_CASE("a spike file must last as long as the other sources") {
  const RunFolder folder;
  const std::string file = record(folder);
  const std::string with_data =
      replay_yaml(file, "data: { dataset: synthetic-digits, samples: 4 }\n") +
      "  pixels: { model: source, shape: [28, 28] }\n";
  CHECK(complaint(with_data) ==
        "net.yaml:6:3: populations.cells.file: expected at least 4 samples, as the other sources "
        "have, found 3");
  CHECK(run_network(describe(replay_yaml(file, "")), {}).samples == 3);
}

TEST_CASE("a spike file must hold what is asked of it") {
  const RunFolder folder;
  const std::string file = record(folder);
  CHECK(complaint("format: neurosim/1\nname: replay\npopulations:\n"
                  "  cells: { model: spike_file, size: 40, file: " +
                  file + ", population: cell }\n") ==
        file + ": holds no spikes of population \"cell\" (recorded: cells)");
  const std::string missing = folder.path("missing.h5");
  CHECK(complaint(replay_yaml(missing, "")) == missing + ": no such file");
}

TEST_CASE("spikes that do not fit end the run, and its output is not kept") {
  const RunFolder folder;
  const std::string file = record(folder);
  const auto run = [&](const std::string& yaml) {
    const RunFolder out;
    const std::string said =
        refusal([&] { run_network(describe(yaml), {.output = out.path("run.h5"), .threads = 2}); });
    CHECK(out.names().empty());
    return said;
  };
  // All 40 neurons fire alike, every few steps: too few neurons, then too few steps.
  CHECK(run(replay_yaml(file, "", 39)).find("neuron 39 is not in [0, 39)") != std::string::npos);
  CHECK(run(replay_yaml(file, "", 40, 5)).find("is not in [0, 5)") != std::string::npos);
}

TEST_CASE("parameters and weights from files are validated as well") {
  const RunFolder folder;
  const std::string file = record(folder);
  const std::string net =
      "format: neurosim/1\nname: files\ntime: { steps: 5 }\npopulations:\n"
      "  in: { model: spike_list, size: 2, spikes: [[0, 0]] }\n"
      "  cells: { model: lif, size: 3 }\nprojections:\n"
      "  - { from: in, to: cells, connect: all_to_all, weights: { file: " +
      file + ", dataset: neurosim/samples/label } }\n";
  CHECK(complaint(net) ==
        file + ": neurosim/samples/label: expected weights [targets, sources] = [3, 2], found [3]");
}

}  // namespace
}  // namespace neurosim
