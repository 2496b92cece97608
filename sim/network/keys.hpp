#pragma once

#include <cstddef>
#include <string_view>

namespace neurosim {

/// A key of a network file. Those of neuron models, encoders, the camera and `training:` stand in
/// tables of their own (ModelInfo, Encoding, Training).
struct KeyInfo {
  std::string_view name;
  std::string_view values;  ///< what may be written, with the default
  std::string_view sentence;
  std::string_view only = {};  ///< the kinds that have this key; empty: all
  bool required = false;
};

/// The keys of each map that has such a table. `neurosim help network` shows them; the readers take
/// from here what may stand in a map whose kind they do not know.
struct NetworkKeys {
  static constexpr KeyInfo kTop[] = {
      {.name = "format",
       .values = "neurosim/1",
       .sentence = "the form of the file",
       .required = true},
      {"name", "text (file name without .yaml)", "goes into results"},
      {"seed", "integer (1)", "of weights, connections, drawn values, spikes and noise"},
      {"precision", "single (default), double", "of states and weights"},
      {"time", "a map", "how long a sample lasts"},
      {"data", "a map", "what `model: source` shows"},
      {.name = "populations",
       .values = "a map, name: population",
       .sentence = "neurons and sources of spikes",
       .required = true},
      {"projections", "a list", "synapses between them"},
      {"record", "a map", "what goes into the results file beside activity and counts"},
      {"training", "a map", "neurosim help training"},
  };
  static constexpr KeyInfo kTime[] = {
      {"steps", "integer (200)", "of the stimulus"},
      {"step_ms", "number (1)", "length of a step in milliseconds"},
      {"blank_steps", "integer (0)",
       "steps without stimulus before it; { before: 20, after: 5 }: and after it"},
  };
  static constexpr KeyInfo kData[] = {
      {.name = "dataset", .values = "a name", .sentence = "one of those below", .required = true},
      {"split", "test (default), train",
       "train takes the training split whatever it says; not of files without hold_out"},
      {"samples", "integer, or all (default)", "how many; of synthetic-digits it must be said"},
      {"first", "integer (0)", "the first of them"},
      {"encoder", "{ type: ..., ... }", "how they become spikes: neurosim help encoders"},
      {"camera", "{ type: saccades, ... }",
       "an event camera that looks at images: neurosim help encoders"},
      {"images", "FILE", "array samples x rows x columns, .npy, .npz or IDX", "image-files", true},
      {"signals", "FILE", "array samples x time x channels, .npy, .npz or IDX", "signal-files",
       true},
      {"labels", "FILE", "array with one label a sample", "image-files, signal-files"},
      {"folder", "FOLDER", "recordings, in a folder for each class", "event-folder", true},
      {"width", "integer", "of a recording in pixels (default: of the first)", "event-folder"},
      {"height", "integer", "of a recording in pixels (default: of the first)", "event-folder"},
      {"hold_out", "{ share: 0.1, stratified: false }",
       "draws a test split of that share, by the seed", "image-files, signal-files, event-folder"},
  };
  static constexpr KeyInfo kPopulation[] = {
      {.name = "model",
       .values = "a name",
       .sentence = "of neurons (neurosim help models), or of a source of spikes",
       .required = true},
      {"size", "integer", "number of neurons; this or shape must be given"},
      {"shape", "[channels, height, width]", "or any list of extents, in place of size"},
      {"parameters", "a map", "neurosim help models", "neurons"},
      {"learn", "a list, or none (default)", "parameters that train learns", "neurons"},
      {"spikes", "[[step, neuron], ...]", "the spikes", "spike_list", true},
      {"rate_hz", "number", "of each neuron", "poisson", true},
      {"file", "FILE", "the HDF5 file", "spike_file", true},
      {"population", "a name", "whose spikes, in a file of neurosim or a SONATA file",
       "spike_file"},
      {"steps", "DATASET", "without population: the step of each spike", "spike_file"},
      {"neurons", "DATASET", "without population: the neuron of each spike", "spike_file"},
      {"sample_offset", "DATASET",
       "without population: the first spike of each sample, then the number of all", "spike_file"},
      {"labels", "DATASET", "without population: the label of each sample", "spike_file"},
      {"keep_every", "integer (1)", "play only every so many of its steps", "spike_file"},
      {"first_step", "integer (0)", "the first step that is played", "spike_file"},
  };
  static constexpr KeyInfo kProjection[] = {
      {.name = "from", .values = "a population", .sentence = "the sources", .required = true},
      {.name = "to", .values = "a population", .sentence = "the targets", .required = true},
      {"name", "text (FROM_to_TO)", "goes into results"},
      {"connect", "a name, or { type: ..., ... } (all_to_all)", "which synapses there are"},
      {"weights", "a number, or { init: ..., ... }",
       "must be given, but for class_groups; of pool2d a number only"},
      {"delay", "integer, or { init: uniform or normal, ... } (0)",
       "in steps; drawn ones are rounded, one a synapse"},
      {"learn", "false (default), true", "whether train learns the weights"},
      {"receptor", "integer (0)", "of the target, where it has several"},
      {"bits", "integer 2 to 16, or none (default)",
       "a run rounds the weights to integers of so many bits times one scale"},
      {"storage", "automatic (default), dense, sparse", "the same results, other costs"},
  };
  static constexpr KeyInfo kConnect[] = {
      {.name = "type", .values = "a name", .sentence = "one of those below", .required = true},
      {"p", "number 0 to 1", "chance of each synapse", "fixed_probability", true},
      {"indegree", "integer", "synapses of each target", "fixed_indegree", true},
      {"file", "FILE", "an HDF5 file", "pairs", true},
      {"dataset", "DATASET", "array synapses x 2: source, target", "pairs", true},
      {"kernel", "integer, or [vertical, horizontal]", "size of the window", "conv2d, pool2d",
       true},
      {"stride", "the same", "from window to window (default: 1, of pool2d the kernel)",
       "conv2d, pool2d"},
      {"padding", "the same (0)", "rows and columns of nothing around the source",
       "conv2d, pool2d"},
  };
  static constexpr KeyInfo kWeights[] = {
      {"init", "constant, uniform, normal, xavier_uniform",
       "must be given, but beside file or excitatory; of delays and parameters uniform or normal",
       "constant, uniform, normal, xavier_uniform"},
      {"low", "number (0)", "the least", "uniform"},
      {"high", "number (1)", "the largest", "uniform"},
      {"mean", "number (0)", "of what is drawn", "normal"},
      {"standard_deviation", "number (1)", "of what is drawn", "normal"},
      {"value", "number (1)", "of all", "constant"},
      {"gain", "number (1)", "times the square root of 6 / (fan in + fan out), to either side",
       "xavier_uniform"},
      {"file", "FILE", "without init: an HDF5 file", "file", true},
      {"dataset", "DATASET",
       "array targets x sources, or one number a synapse; of conv2d out x in x height x width; of "
       "parameters one number a neuron",
       "file", true},
      {"excitatory", "number (1)", "without init: from the neurons of a class to its own",
       "class_groups"},
      {"inhibitory", "number (-0.1)", "without init: from all others", "class_groups"},
  };
  /// So many of them, the first ones, are those of drawn delays and parameters.
  static constexpr std::size_t kDrawnKeys = 5;
  static_assert(kWeights[kDrawnKeys - 1].name == "standard_deviation");
  static constexpr KeyInfo kRecord[] = {
      {"spikes", "a list",
       "populations, or { population: NAME, neurons: 0..99 } for some of their neurons"},
      {"states", "{ POPULATION: { variables, neurons } }",
       "variables: a list (neurosim help models); neurons: a list, a range such as 0..9, or all "
       "(default)"},
  };
};

}  // namespace neurosim
