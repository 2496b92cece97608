#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/registry.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/types.hpp"
#include "sim/network/encoding.hpp"
#include "sim/network/training.hpp"

namespace neurosim {

/// A place in the YAML file, for messages that come after reading. Lines and columns count from 1.
struct Mark {
  int line = 0;
  int column = 0;
};

/// A dataset of an HDF5 file; `file` is already resolved against the folder of the YAML file.
struct FileArray {
  std::string file;
  std::string dataset;
  friend bool operator==(const FileArray&, const FileArray&) = default;
};

struct TimeSpec {
  Tick steps = 200;       ///< steps of the stimulus
  double step_ms = 1.0;   ///< length of a step
  Tick blank_before = 0;  ///< steps without stimulus before it (`blank_steps: {before, after}`)
  Tick blank_after = 0;
  Tick total() const { return blank_before + steps + blank_after; }
  friend bool operator==(const TimeSpec&, const TimeSpec&) = default;
};

/// How the items of `data` become spikes.
struct EncoderSpec {
  Encoding::Type type = Encoding::kRate;
  std::vector<FieldValue> values;  ///< follows the fields of the type
  friend bool operator==(const EncoderSpec&, const EncoderSpec&) = default;
};

/// Where the user's own data lie; paths are resolved against the folder of the YAML file.
struct DataFiles {
  std::string items;   ///< `images`, `signals`: an array file; `folder`: of recordings
  std::string labels;  ///< an array file; empty: none
  std::size_t width = 0, height = 0;  ///< of recordings; 0: what the first one tells
  friend bool operator==(const DataFiles&, const DataFiles&) = default;
};

/// `hold_out: { share, stratified }`: the test split of data that have none of their own, drawn by
/// the seed.
struct HoldOut {
  double share = 0.1;  ///< in (0, 1)
  bool stratified = false;
  friend bool operator==(const HoldOut&, const HoldOut&) = default;
};

struct DataSpec {
  std::string dataset;                            ///< of kDatasets
  std::string split = "test";                     ///< train, test
  std::optional<std::int64_t> samples;            ///< none: all (synthetic-digits: must be given)
  std::int64_t first = 0;                         ///< index of the first sample used
  DataFiles files;                                ///< of image-files, signal-files, event-folder
  std::optional<HoldOut> hold_out;                ///< of these; none: all items are in both splits
  std::optional<std::vector<FieldValue>> camera;  ///< follows Encoding::kCameraFields
  EncoderSpec encoder;
  friend bool operator==(const DataSpec&, const DataSpec&) = default;
};

/// Sources: populations whose spikes come from outside.
struct DatasetSource {  ///< the top-level `data:` through its encoder
  friend bool operator==(const DatasetSource&, const DatasetSource&) = default;
};
struct SpikeListSource {  ///< `spikes: [[tick, neuron], ...]`, the same for every sample
  std::vector<std::pair<Tick, NeuronId>> spikes;
  friend bool operator==(const SpikeListSource&, const SpikeListSource&) = default;
};
struct PoissonSource {  ///< each neuron fires with probability `rate_hz * step_ms / 1000` a step
  double rate_hz = 0;
  friend bool operator==(const PoissonSource&, const PoissonSource&) = default;
};
/// Spikes from HDF5, one train a sample: parallel arrays `steps` and `neurons` over all samples,
/// and `sample_offset` [samples + 1] into them; optionally `labels` [samples]. With `population`
/// set instead, a file written by `neurosim run` is read: that population's recorded spikes.
/// Step t of the file is played at (t - first_step) / keep_every where that is a whole number from
/// 0 on; the spikes of other steps are left out.
struct SpikeFileSource {
  std::string file;
  std::string population;
  std::string steps, neurons, sample_offset, labels;
  Tick keep_every = 1;
  Tick first_step = 0;
  friend bool operator==(const SpikeFileSource&, const SpikeFileSource&) = default;
};
using SourceSpec = std::variant<DatasetSource, SpikeListSource, PoissonSource, SpikeFileSource>;

/// What one number a neuron or synapse is drawn from.
struct Uniform {
  double low = 0, high = 1;
  friend bool operator==(const Uniform&, const Uniform&) = default;
};
struct Normal {
  double mean = 0, standard_deviation = 1;
  friend bool operator==(const Normal&, const Normal&) = default;
};
using Distribution = std::variant<Uniform, Normal>;

/// The value of a model parameter as described: numbers, a dataset with one number a neuron, or
/// what each neuron's is drawn from.
using ParameterSpec = std::variant<FieldValue, FileArray, Distribution>;

struct PopulationSpec {
  std::string name;
  std::string model;                ///< a registered neuron model, or a source kind: `source`,
                                    ///< `spike_list`, `poisson`, `spike_file`
  std::vector<std::size_t> shape;   ///< e.g. {28, 28}; `size: n` is {n}
  std::size_t size = 0;             ///< product of shape
  const ModelInfo* info = nullptr;  ///< nullptr for sources
  std::vector<ParameterSpec> parameters;  ///< follows info->fields
  std::optional<SourceSpec> source;
  std::vector<std::size_t> learn;  ///< `learn: [bias]`: indices into info->fields, ascending
  Mark mark;
};

enum class Connect {
  kAllToAll,     ///< every source to every target
  kOneToOne,     ///< equal sizes
  kClassGroups,  ///< target c: +excitatory from its own group of sources, inhibitory from others
  kFixedProbability,  ///< each pair with probability p
  kFixedIndegree,     ///< each target from `indegree` sources drawn without replacement
  kPairs,             ///< listed in an HDF5 dataset [synapses, 2] of (source, target)
  kConv2d,            ///< a window of weights shared by all places: [channels, height, width]
  kPool2d,            ///< each channel by itself, every source in a window to one target
};

/// The window of kConv2d and kPool2d, each [vertical, horizontal].
struct Window2d {
  std::array<std::int64_t, 2> kernel = {1, 1}, stride = {1, 1}, padding = {0, 0};
  friend bool operator==(const Window2d&, const Window2d&) = default;
};

struct ConnectSpec {
  Connect kind = Connect::kAllToAll;
  double probability = 0;     ///< kFixedProbability
  std::int64_t indegree = 0;  ///< kFixedIndegree
  FileArray pairs;            ///< kPairs
  Window2d window;            ///< kConv2d, kPool2d
  friend bool operator==(const ConnectSpec&, const ConnectSpec&) = default;
};

struct ConstantWeights {
  double value = 1;
  friend bool operator==(const ConstantWeights&, const ConstantWeights&) = default;
};
using UniformWeights = Uniform;
using NormalWeights = Normal;
struct XavierUniformWeights {  ///< U(-a, a), a = gain sqrt(6 / (fan_in + fan_out))
  double gain = 1;
  friend bool operator==(const XavierUniformWeights&, const XavierUniformWeights&) = default;
};
struct ClassGroupWeights {
  double excitatory = 1, inhibitory = -0.1;
  friend bool operator==(const ClassGroupWeights&, const ClassGroupWeights&) = default;
};
using WeightSpec = std::variant<ConstantWeights, UniformWeights, NormalWeights,
                                XavierUniformWeights, ClassGroupWeights, FileArray>;

enum class Storage { kAutomatic, kDense, kSparse };

struct ProjectionSpec {
  std::string name;              ///< default `<from>_to_<to>`, made unique
  std::size_t from = 0, to = 0;  ///< indices into populations
  ConnectSpec connect;
  WeightSpec weights;
  Storage storage = Storage::kAutomatic;
  Tick delay = 0;                           ///< the shortest possible where they are drawn
  std::optional<Distribution> drawn_delay;  ///< of each synapse, rounded to whole steps
  int receptor = 0;                         ///< which of the target's inputs, from 0
  bool learn = false;
  int bits = 0;  ///< weights are rounded to that many (rounding.hpp); 0: they are not
  Mark mark;
};

struct StateRecordSpec {
  std::size_t population = 0;
  std::vector<std::string> variables;
  std::vector<NeuronId> neurons;
  friend bool operator==(const StateRecordSpec&, const StateRecordSpec&) = default;
};

/// A population whose raster is written.
struct SpikeRecordSpec {
  std::size_t population = 0;
  std::vector<NeuronId> neurons;  ///< ascending; empty: all
  friend bool operator==(const SpikeRecordSpec&, const SpikeRecordSpec&) = default;
};

struct RecordSpec {
  std::vector<SpikeRecordSpec> spikes;
  std::vector<StateRecordSpec> states;
  friend bool operator==(const RecordSpec&, const RecordSpec&) = default;
};

/// A validated network description: every name resolved, every value in range.
struct Description {
  std::string file;  ///< where it was read, for messages
  std::string name;
  std::uint64_t seed = 1;
  Precision precision = Precision::kSingle;
  TimeSpec time;
  std::optional<DataSpec> data;
  std::vector<PopulationSpec> populations;
  std::vector<ProjectionSpec> projections;
  RecordSpec record;
  std::vector<FieldValue> training = Training::defaults();  ///< follows Training::kFields
};

}  // namespace neurosim
