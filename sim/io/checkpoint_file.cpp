#include "sim/io/checkpoint_file.hpp"

// The weights file, format "neurosim-weights/1". E epochs, P populations, n neurons. Everything is
// little-endian, of fixed size and not compressed; strings are variable-length UTF-8. Arrays that
// stand in a list of Checkpoint have their place in it, from 0, as attribute index u64.
//
//   /neurosim/                     format, version, network_name, precision: text; seed u64;
//                                  finished u8: 0 = training can go on
//     network_yaml   text          the network as trained, every default written out
//     validation_samples  u64[]    numbers of the samples kept for validation
//     weights/<projection>         f32 or f64, [targets][sources]; one a synapse where sparse
//     parameters/<population>/<parameter>   f32 or f64 [n]
//     state/<name>                 u64, f32 or f64 of any shape: what the trainer alone knows;
//                                  names have up to 8 parts: a/b/c
//     epochs/                      what each epoch gave (EpochMetrics), NaN where there is no
//     number
//       populations  text[P]
//       epoch        u64[E]        counts from 1
//       loss, training_accuracy, validation_loss, validation_accuracy, learning_rate,
//                    gradient_norm, seconds, samples_per_second  f64[E]
//       activity, error_density, error_dropped  f64[E][P]
//
// HDF5 builds the file in memory, and the bytes are then written at once. A failing disk thus never
// meets HDF5, which leaves damaged memory behind where it cannot write (see recorder.cpp), so that
// a training whose checkpoint was not written may go on. It costs twice the size of the file for as
// long as it is written.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/io/file_format.hpp"
#include "sim/io/partial_file.hpp"

namespace neurosim {
namespace {

using hdf5::Dataset;
using hdf5::Group;
using hdf5::Shape;
using hdf5::Type;

/// More than any array or list of epochs has; keeps a damaged file from asking for all memory.
constexpr std::uint64_t kMostNumbers = std::uint64_t{1} << 32;
constexpr std::uint64_t kMostEpochs = std::uint64_t{1} << 24;

/// A list of named arrays in the file.
struct Section {
  const char* folder;
  const char* noun;
  std::vector<NamedArray> Checkpoint::*arrays;
  std::size_t fewest_parts, most_parts;  ///< of a name
};

constexpr Section kWeights{"weights", "projection", &Checkpoint::weights, 1, 1};
constexpr Section kParameters{"parameters", "parameter", &Checkpoint::parameters, 2, 2};
constexpr Section kState{"state", "state", &Checkpoint::state, 1, 8};
constexpr const Section* kSections[] = {&kWeights, &kParameters, &kState};

// --- writing

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = name.find('/', begin);
    parts.push_back(name.substr(begin, end == std::string::npos ? end : end - begin));
  }
  return parts;
}

/// Names come from the description; that they are unique and arrays fit their shape, from us.
void check_arrays(const std::string& path, const Section& section,
                  const std::vector<NamedArray>& arrays) {
  std::set<std::string> taken;
  for (const auto& array : arrays) {
    const auto parts = parts_of(array.name);
    if (parts.size() < section.fewest_parts || parts.size() > section.most_parts ||
        !std::all_of(parts.begin(), parts.end(), hdf5::is_member_name)) {
      throw DataError(path, fmt::format("{} \"{}\" cannot be the name of an HDF5 dataset",
                                        section.noun, array.name));
    }
    const bool unique = taken.insert(array.name).second;
    NS_ASSERT(unique);
    const std::uint64_t count = std::accumulate(array.shape.begin(), array.shape.end(),
                                                std::uint64_t{1}, std::multiplies<>());
    NS_ASSERT(count == std::visit([](const auto& values) { return values.size(); }, array.values));
    NS_ASSERT(&section == &kState || array.values.index() < 2);  // float, double
    NS_ASSERT(&section != &kParameters || array.shape.size() == 1);
  }
}

void check_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  for (const Section* section : kSections) {
    check_arrays(path, *section, checkpoint.*section->arrays);
  }
  for (const auto& epoch : checkpoint.epochs) {
    for (const auto& table : kPopulationMetrics) {
      NS_ASSERT((epoch.*table.values).size() == checkpoint.populations.size());
    }
  }
}

template <class T>
Dataset write_values(Group& group, const std::string& name, const Shape& shape,
                     const std::vector<T>& values) {
  Dataset dataset = group.create_dataset(name, hdf5::type_of<T>(), {.shape = shape});
  dataset.write<T>(values);
  return dataset;
}

void write_arrays(Group folder, const std::vector<NamedArray>& arrays) {
  for (std::size_t k = 0; k < arrays.size(); ++k) {
    const auto& [name, shape, values] = arrays[k];
    Dataset dataset =
        std::visit([&, &name = name, &shape = shape](
                       const auto& numbers) { return write_values(folder, name, shape, numbers); },
                   values);
    dataset.set_number<std::uint64_t>("index", k);
  }
}

void write_epochs(Group group, const Checkpoint& checkpoint) {
  const auto& epochs = checkpoint.epochs;
  group.write_texts("populations", checkpoint.populations);
  std::vector<std::uint64_t> numbers;
  for (const auto& epoch : epochs) numbers.push_back(epoch.epoch);
  write_values(group, "epoch", {epochs.size()}, numbers);
  for (const auto& column : kMetricColumns) {
    std::vector<double> values;
    for (const auto& epoch : epochs) values.push_back(epoch.*column.value);
    write_values(group, column.name, {epochs.size()}, values);
  }
  for (const auto& table : kPopulationMetrics) {
    std::vector<double> values;
    for (const auto& epoch : epochs) {
      const auto& row = epoch.*table.values;
      values.insert(values.end(), row.begin(), row.end());
    }
    write_values(group, table.name, {epochs.size(), checkpoint.populations.size()}, values);
  }
}

void write_contents(Group own, const Checkpoint& checkpoint) {
  write_format(own, kWeightsFormat);
  own.set_text("version", checkpoint.version);
  own.set_text("network_name", checkpoint.network_name);
  own.set_text("precision", checkpoint.precision);
  own.set_number<std::uint64_t>("seed", checkpoint.seed);
  own.set_flag("finished", checkpoint.finished);
  own.write_text("network_yaml", checkpoint.network_yaml);
  write_values(own, "validation_samples", {checkpoint.validation_samples.size()},
               checkpoint.validation_samples);
  for (const Section* section : kSections) {
    write_arrays(own.create_group(section->folder), checkpoint.*section->arrays);
  }
  write_epochs(own.create_group("epochs"), checkpoint);
}

// --- reading

void expect_axes(const Dataset& dataset, std::size_t rank) {
  if (dataset.shape().size() == rank) return;
  dataset.fail(fmt::format("expected {} {}, found {}", rank, rank == 1 ? "axis" : "axes",
                           dataset.shape().size()));
}

/// Every number of a dataset, whose type must be T.
template <class T>
std::vector<T> read_values(const Dataset& dataset, std::uint64_t most = kMostNumbers) {
  if (dataset.type() != hdf5::type_of<T>()) {
    dataset.fail(std::is_integral_v<T> ? "expected u64" : "expected f64");
  }
  std::vector<T> values(dataset.count(most));
  if (!values.empty()) dataset.read(0, dataset.rows(), values.data());
  return values;
}

NamedArray read_array(const Dataset& dataset, const Section& section, const std::string& name) {
  NamedArray array{name, dataset.shape(), {}};
  const auto type = dataset.type();
  if (&section == &kParameters) expect_axes(dataset, 1);
  if (type == Type::kF32) {
    array.values = read_values<float>(dataset);
  } else if (type == Type::kF64) {
    array.values = read_values<double>(dataset);
  } else if (type == Type::kU64 && &section == &kState) {
    array.values = read_values<std::uint64_t>(dataset);
  } else {
    dataset.fail(&section == &kState ? "expected u64, f32 or f64" : "expected f32 or f64");
  }
  return array;
}

/// Adds the datasets below `group` to `found`, with their names. `parts`: how many parts the names
/// of its members have. That they are bounded ends the search in a file whose groups form a cycle.
void find_datasets(const Group& group, const Section& section, const std::string& folder,
                   std::size_t parts, std::vector<std::pair<std::string, Dataset>>& found) {
  for (const auto& name : group.names()) {
    const bool may_end = parts >= section.fewest_parts && group.contains_dataset(name);
    if (may_end || parts == section.most_parts) {
      found.emplace_back(folder + name, group.dataset(name));
    } else {
      find_datasets(group.group(name), section, folder + name + "/", parts + 1, found);
    }
  }
}

std::vector<NamedArray> read_arrays(const Group& own, const Section& section) {
  std::vector<std::pair<std::string, Dataset>> found;
  find_datasets(own.group(section.folder), section, "", 1, found);
  std::vector<NamedArray> arrays(found.size());
  std::set<std::uint64_t> seen;
  for (const auto& [name, dataset] : found) {
    at_index(arrays, dataset, seen) = read_array(dataset, section, name);
  }
  return arrays;
}

/// The numbers of group/<name>, which has the given shape; `axes` says what it counts.
std::vector<double> read_column(const Group& group, const char* name, const Shape& shape,
                                const char* axes) {
  const Dataset dataset = group.dataset(name);
  if (dataset.shape() != shape) {
    dataset.fail(fmt::format("expected {} {}, found {}", shape, axes, dataset.shape()));
  }
  return read_values<double>(dataset);
}

void read_epochs(const Group& group, Checkpoint& checkpoint) {
  checkpoint.populations = group.read_texts("populations");
  const std::size_t width = checkpoint.populations.size();
  const Dataset numbers = group.dataset("epoch");
  expect_axes(numbers, 1);
  for (const auto number : read_values<std::uint64_t>(numbers, kMostEpochs)) {
    checkpoint.epochs.emplace_back().epoch = number;
  }
  auto& epochs = checkpoint.epochs;
  for (const auto& column : kMetricColumns) {
    const auto values = read_column(group, column.name, {epochs.size()}, "(epochs)");
    for (std::size_t e = 0; e < epochs.size(); ++e) epochs[e].*column.value = values[e];
  }
  for (const auto& table : kPopulationMetrics) {
    const auto values =
        read_column(group, table.name, {epochs.size(), width}, "(epochs, populations)");
    for (std::size_t e = 0; e < epochs.size(); ++e) {
      const auto row = std::span(values).subspan(e * width, width);
      (epochs[e].*table.values).assign(row.begin(), row.end());
    }
  }
}

std::string read_precision(const Group& own) {
  std::string precision = own.text("precision");
  if (precision != "single" && precision != "double") {
    own.fail(fmt::format("attribute precision: expected single or double, got \"{}\"", precision));
  }
  return precision;
}

}  // namespace

std::string weights_dataset(const std::string& projection) {
  return fmt::format("neurosim/{}/{}", kWeights.folder, projection);
}

std::string parameter_dataset(const std::string& population, const std::string& parameter) {
  return fmt::format("neurosim/{}/{}/{}", kParameters.folder, population, parameter);
}

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint, Overwrite overwrite) {
  check_checkpoint(path, checkpoint);
  PartialFile partial(path, overwrite);
  hdf5::File file = hdf5::File::create_in_memory(path);
  write_contents(file.root().create_group("neurosim"), checkpoint);
  partial.keep(file.image());
}

Checkpoint read_checkpoint(const std::string& path) {
  const hdf5::File file = hdf5::File::open(path);
  const Group own = open_own_group(file, kWeightsFormat);
  Checkpoint checkpoint;
  checkpoint.version = own.text("version");
  checkpoint.network_name = own.text("network_name");
  checkpoint.precision = read_precision(own);
  checkpoint.seed = own.number<std::uint64_t>("seed");
  checkpoint.finished = own.flag("finished");
  checkpoint.network_yaml = own.read_text("network_yaml");
  const Dataset kept = own.dataset("validation_samples");
  expect_axes(kept, 1);
  checkpoint.validation_samples = read_values<std::uint64_t>(kept);
  for (const Section* section : kSections) {
    checkpoint.*section->arrays = read_arrays(own, *section);
  }
  read_epochs(own.group("epochs"), checkpoint);
  return checkpoint;
}

}  // namespace neurosim
