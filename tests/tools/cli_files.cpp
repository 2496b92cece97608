#include "tools/cli_files.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace neurosim {

const std::string_view kSmallNetwork = R"(format: neurosim/1
name: small
time: { steps: 20 }
data: { dataset: synthetic-digits, samples: 3, encoder: { type: rate, gain: 0.5 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 16 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, connect: all_to_all, weights: { init: xavier_uniform } }
  - { from: hidden, to: classes, connect: all_to_all, weights: { init: xavier_uniform } }
record:
  spikes: [hidden]
)";

const std::string_view kListNetwork = R"(format: neurosim/1
name: listed
time: { steps: 20 }
populations:
  input: { model: spike_list, size: 2, spikes: [[1, 0], [2, 1]] }
  cells: { model: lif, size: 2 }
projections:
  - { from: input, to: cells, connect: one_to_one, weights: { init: constant, value: 2 } }
record:
  spikes: [input, cells]
)";

Workplace::Workplace() {
  std::string name = (std::filesystem::temp_directory_path() / "neurosim-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Workplace::write(const std::string& name, std::string_view text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

std::string Workplace::read(const std::string& name) const {
  std::ifstream file(path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Workplace::command(std::vector<std::string> words) const {
  words.insert(words.begin(), NEUROSIM_BINARY);
  return words;
}

Outcome Workplace::run(std::vector<std::string> words, ChildOptions options) const {
  options.folder = folder();
  return run_program(command(std::move(words)), options);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace neurosim
