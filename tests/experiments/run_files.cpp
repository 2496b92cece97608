#include "run_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "sim/core/error.hpp"
#include "sim/io/hdf5.hpp"

namespace neurosim::test {
namespace {

void read_dataset(const hdf5::Dataset& dataset, Content& content) {
  content.shape = dataset.shape();
  content.numbers.resize(dataset.rows() * dataset.row_width());
  dataset.read(0, dataset.rows(), content.numbers.data());
}

bool is_group(const hdf5::Group& parent, const std::string& name) {
  try {
    parent.group(name);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

void read_group(const hdf5::Group& group, const std::string& path, Contents& contents) {
  for (const std::string& name : group.names()) {
    const std::string child = path + "/" + name;
    if (is_group(group, name)) {
      read_group(group.group(name), child, contents);
      continue;
    }
    const hdf5::Dataset dataset = group.dataset(name);
    Content& content = contents[child];
    if (dataset.kind() != hdf5::Kind::kText) {
      read_dataset(dataset, content);
    } else if (dataset.shape().empty()) {
      content.texts = {group.read_text(name)};
    } else {
      content.texts = group.read_texts(name);
    }
  }
}

}  // namespace

RunFolder::RunFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "neurosim-run-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> RunFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Description small_network(const std::string& top) {
  return describe(fmt::format(R"(format: neurosim/1
name: small
seed: 7
time: {{ steps: {} }}
data: {{ dataset: synthetic-digits, samples: {}, encoder: {{ type: rate, gain: 0.5 }} }}
{}
populations:
  pixels: {{ model: source, shape: [28, 28] }}
  hidden: {{ model: src, size: 70, parameters: {{ noise: 0.05 }} }}
  last: {{ model: lif, size: 20, parameters: {{ threshold: 0.5 }} }}
  classes: {{ model: leaky_readout, size: 10 }}
projections:
  - {{ from: pixels, to: hidden, connect: all_to_all, weights: {{ init: uniform, low: -0.1, high: 0.2 }} }}
  - {{ from: hidden, to: last, connect: {{ type: fixed_probability, p: 0.5 }}, delay: 1,
      weights: {{ init: normal, mean: 0.05, standard_deviation: 0.2 }} }}
  - {{ from: last, to: hidden, connect: {{ type: fixed_indegree, indegree: 5 }}, delay: 2,
      weights: {{ init: uniform, low: -1, high: 1 }} }}
  - {{ from: last, to: classes, connect: class_groups }}
record:
  spikes: [pixels, hidden, last]
  states: {{ hidden: {{ variables: [h, hs], neurons: [0, 33, 69] }}, classes: {{ variables: [v] }} }}
)",
                              kSmallTicks, kSmallSamples, top));
}

Contents read_contents(const std::string& file) {
  Contents contents;
  read_group(hdf5::File::open(file).root(), "", contents);
  return contents;
}

std::vector<std::string> differences(const Contents& a, const Contents& b) {
  std::vector<std::string> paths;
  for (const auto& [path, content] : a) {
    const auto other = b.find(path);
    if (other == b.end() || !(other->second == content)) paths.push_back(path);
  }
  for (const auto& [path, content] : b) {
    if (!a.contains(path)) paths.push_back(path);
  }
  return paths;
}

std::vector<SpikeTrain> rasters(const Results& results, std::size_t population) {
  std::vector<SpikeTrain> trains;
  for (std::size_t s = 0; s < results.samples(); ++s) {
    trains.push_back(results.raster(population, s));
  }
  return trains;
}

SpikeTrain shifted(const SpikeTrain& train, Tick ticks) {
  SpikeTrain result;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t n = 0; n < packet.ids.size(); ++n) {
      if (train.graded()) {
        result.append(packet.tick + ticks, packet.ids[n], packet.values[n]);
      } else {
        result.append(packet.tick + ticks, packet.ids[n]);
      }
    }
  }
  return result;
}

bool same(const Checkpoint& a, const Checkpoint& b) {
  const auto equal = [](const std::vector<NamedArray>& x, const std::vector<NamedArray>& y) {
    return std::ranges::equal(x, y, [](const NamedArray& s, const NamedArray& t) {
      return s.name == t.name && s.shape == t.shape && s.values == t.values;
    });
  };
  return equal(a.weights, b.weights) && equal(a.parameters, b.parameters) &&
         a.finished == b.finished && a.validation_samples == b.validation_samples &&
         std::ranges::equal(a.epochs, b.epochs, [](const EpochMetrics& x, const EpochMetrics& y) {
           return x.epoch == y.epoch && x.loss == y.loss && x.validation_loss == y.validation_loss;
         });
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no ConfigError or DataError was thrown";
}

}  // namespace neurosim::test
