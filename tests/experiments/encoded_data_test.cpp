#include "experiments/encoded_data.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <set>

#include "run_files.hpp"

namespace neurosim {
namespace {

using test::RunFolder;

void write_npy(const std::string& path, const std::string& descr, const std::string& shape,
               const std::string& bytes) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize((header.size() + 11) / 64 * 64 + 53, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY" << '\x01' << '\x00' << static_cast<char>(header.size() & 0xff)
       << static_cast<char>(header.size() >> 8) << header << bytes;
}

std::string yaml(const std::string& data) {
  return "format: neurosim/1\nseed: 4\ntime: { steps: 10 }\ndata: { " + data +
         " }\npopulations: { in: { model: source, size: 4 } }\nprojections: []\n";
}

/// 20 images of 2 x 2 pixels, image k all k + 1, with 15 labels 0 and 5 labels 1.
std::string image_files(const RunFolder& folder) {
  std::string pixels, labels;
  for (char k = 0; k < 20; ++k) pixels.append(4, static_cast<char>(k + 1));
  for (char k = 0; k < 20; ++k) labels.push_back(k % 4 == 3 ? 1 : 0);
  write_npy(folder.path("x.npy"), "|u1", "(20, 2, 2)", pixels);
  write_npy(folder.path("y.npy"), "|u1", "(20,)", labels);
  return "dataset: image-files, images: " + folder.path("x.npy") +
         ", labels: " + folder.path("y.npy");
}

std::vector<std::size_t> items(const EncodedData& data) {
  std::vector<std::size_t> numbers;
  for (std::size_t k = 0; k < data.size(); ++k) numbers.push_back(data.item(k));
  return numbers;
}

TEST_CASE("the user's own images: all of them, or split by the seed, each item once") {
  const RunFolder folder;
  const std::string files = image_files(folder);
  const auto open = [&](const std::string& more) {
    return open_data(test::describe(yaml(files + more)), "");
  };
  const auto all = open("");
  CHECK(all->size() == 20);
  CHECK(all->class_count() == 2);
  CHECK(all->neurons() == 4);
  for (const std::string kind : {"false", "true"}) {
    const std::string hold_out = ", hold_out: { share: 0.25, stratified: " + kind + " }, split: ";
    const auto train = open(hold_out + "train"), test = open(hold_out + "test");
    CHECK(test->size() == 5);
    std::vector<std::size_t> both = items(*train);
    for (const std::size_t item : items(*test)) both.push_back(item);
    std::ranges::sort(both);
    std::vector<std::size_t> expected(20);
    std::iota(expected.begin(), expected.end(), 0u);
    CHECK(both == expected);
    CHECK(items(*open(hold_out + "test")) == items(*test));
    if (kind == "false") continue;
    std::size_t ones = 0;
    for (const std::size_t item : items(*test)) ones += test->label(item) == 1 ? 1 : 0;
    CHECK((ones == 1 || ones == 2));  // a quarter of 5
  }
}

TEST_CASE("an item keeps its number, label and spikes in every split") {
  const RunFolder folder;
  const std::string files = image_files(folder);
  const std::string current = ", encoder: { type: current, gain: 255 }";
  const auto test_split = open_data(
      test::describe(yaml(files + current + ", hold_out: { share: 0.4 }, split: test")), "");
  for (std::size_t k = 0; k < test_split->size(); ++k) {
    const std::size_t item = test_split->item(k);
    SpikeTrain train;
    test_split->encode(item, 3, 10, {}, train);
    REQUIRE(train.packet_count() == 10);
    CHECK(train.packet(0).tick == 3);
    CHECK(train.packet(0).values[0] == doctest::Approx(static_cast<double>(item + 1)));
    CHECK(test_split->label(item) == (item % 4 == 3 ? 1 : 0));
  }
}

TEST_CASE("a split that holds out nothing, and a code that does not suit the steps") {
  const RunFolder folder;
  const std::string files = image_files(folder);
  CHECK(test::refusal(
            [&] { open_data(test::describe(yaml(files + ", hold_out: { share: 0.01 }")), ""); }) ==
        "net.yaml: data.hold_out.share: holds out none of the 20 items; the test split would be "
        "empty");
  CHECK(test::refusal([&] {
          open_data(test::describe(
                        yaml(files + ", encoder: { type: latency, tau: 30, normalize: false }")),
                    "");
        }) ==
        "net.yaml: data.encoder: dim pixels spike as late as step 30, and time.steps is 10; use "
        "more steps, a smaller tau, `normalize: true`, or `bypass: true` to drop late spikes");
}

TEST_CASE("images row by row: one neuron a column, and steps for all rows") {
  const RunFolder folder;
  const std::string files = image_files(folder);
  const auto open = [&](const std::string& keys) {
    return open_data(test::describe(yaml(files + ", encoder: { type: rows, " + keys + " }")), "");
  };
  const auto rows = open("gain: 255, steps_per_row: 5");
  CHECK(rows->neurons() == 2);
  CHECK(rows->neurons_text() == "one a column of 2 x 2");
  SpikeTrain train;
  rows->encode(0, 3, 10, {}, train);
  REQUIRE(train.packet_count() == 10);
  CHECK(train.tick(0) == 3);
  CHECK(train.spike_count() == 20);
  CHECK(test::refusal([&] { open("steps_per_row: 6"); }) ==
        "net.yaml: data.encoder.steps_per_row: 2 rows of 6 steps each take 12 steps, and "
        "time.steps is 10");
}

TEST_CASE("signals reach the network as threshold crossings and as currents") {
  const RunFolder folder;
  std::string bytes;
  for (const float value : {0.f, 0.f, 1.f, -1.f, 1.f, -2.f}) {  // [1][3][2]
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  write_npy(folder.path("s.npy"), "<f4", "(1, 3, 2)", bytes);
  const std::string files = "dataset: signal-files, signals: " + folder.path("s.npy");
  SpikeTrain train;
  const auto delta = open_data(test::describe(yaml(files + ", encoder: { threshold: 0.5 }")), "");
  CHECK(delta->neurons() == 4);
  CHECK(delta->label(0) == -1);
  delta->encode(0, 0, 10, {}, train);
  REQUIRE(train.packet_count() == 2);
  CHECK(std::ranges::equal(train.packet(0).ids, std::vector<NeuronId>{1, 2}));
  CHECK(std::ranges::equal(train.packet(1).ids, std::vector<NeuronId>{1}));
  const auto current = open_data(test::describe(yaml(files + ", encoder: { type: current }")), "");
  CHECK(current->neurons() == 2);
  current->encode(0, 0, 10, {}, train);
  REQUIRE(train.packet_count() == 2);  // nothing where all is 0
  CHECK(std::ranges::equal(train.packet(1).values, std::vector<double>{1, -2}));
}

}  // namespace
}  // namespace neurosim
