#pragma once

// How the choices of a description are written in YAML. Reader and writer share these tables, so
// that what one writes the other reads. The index of a name is the value of its enum, or the
// index of its alternative in the variant.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <variant>

#include "sim/network/description.hpp"

namespace neurosim {

inline constexpr std::string_view kFormat = "neurosim/1";

/// Indexed by Precision.
inline constexpr std::array<std::string_view, 2> kPrecisionNames = {"single", "double"};

/// Indexed by Storage.
inline constexpr std::array<std::string_view, 3> kStorageNames = {"automatic", "dense", "sparse"};

/// Indexed by Connect.
inline constexpr std::array<std::string_view, 8> kConnectNames = {
    "all_to_all",     "one_to_one", "class_groups", "fixed_probability",
    "fixed_indegree", "pairs",      "conv2d",       "pool2d"};

/// Indexed by SourceSpec::index(); written as the `model` of a population.
inline constexpr std::array<std::string_view, 4> kSourceNames = {"source", "spike_list", "poisson",
                                                                 "spike_file"};
static_assert(kSourceNames.size() == std::variant_size_v<SourceSpec>);

/// Indexed by WeightSpec::index(); written as `init`. Class groups and files have no `init`.
inline constexpr std::array<std::string_view, 4> kWeightInitNames = {"constant", "uniform",
                                                                     "normal", "xavier_uniform"};
static_assert(kWeightInitNames.size() + 2 == std::variant_size_v<WeightSpec>);

/// What `data.dataset` may be. Sets whose `items` key is named are the user's own files.
struct DatasetName {
  std::string_view name;
  DataKind kind = DataKind::kImages;
  std::string_view items_key = {};
};
inline constexpr std::array<DatasetName, 7> kDatasets = {{
    {"mnist"},
    {"fashion-mnist"},
    {"synthetic-digits"},
    {"nmnist", DataKind::kEvents},
    {"image-files", DataKind::kImages, "images"},
    {"event-folder", DataKind::kEvents, "folder"},
    {"signal-files", DataKind::kSignals, "signals"},
}};
/// REQUIRES: `name` is in the table.
constexpr const DatasetName& dataset_named(std::string_view name) {
  return *std::find_if(kDatasets.begin(), kDatasets.end(),
                       [name](const DatasetName& set) { return set.name == name; });
}
/// Whether train and test are different items.
constexpr bool has_splits(const DataSpec& data) {
  return dataset_named(data.dataset).items_key.empty() || data.hold_out;
}
/// Whether these items are for testing only.
inline bool is_for_testing(const DataSpec& data) {
  return has_splits(data) && data.split == "test";
}
/// What the encoder is given: a camera makes events of images.
constexpr DataKind encoded_kind(const DataSpec& data) {
  return data.camera ? DataKind::kEvents : dataset_named(data.dataset).kind;
}
inline constexpr std::array<std::string_view, 2> kSplitNames = {"train", "test"};
inline constexpr std::string_view kCameraName = "saccades";

/// The keys of each kind of weights: calls visit(key, member, range). `Spec` may be const.
template <class Visit>
void visit_keys(auto& spec, Visit&& visit) {
  using Spec = std::remove_cvref_t<decltype(spec)>;
  if constexpr (std::is_same_v<Spec, ConstantWeights>) {
    visit("value", spec.value, Range{});
  } else if constexpr (std::is_same_v<Spec, Uniform>) {
    visit("low", spec.low, Range{});
    visit("high", spec.high, Range{});
  } else if constexpr (std::is_same_v<Spec, Normal>) {
    visit("mean", spec.mean, Range{});
    visit("standard_deviation", spec.standard_deviation, Range{.low = 0});
  } else if constexpr (std::is_same_v<Spec, XavierUniformWeights>) {
    visit("gain", spec.gain, Range{.low = 0, .low_open = true});
  } else {
    static_assert(std::is_same_v<Spec, ClassGroupWeights>);
    visit("excitatory", spec.excitatory, Range{});
    visit("inhibitory", spec.inhibitory, Range{});
  }
}

}  // namespace neurosim
