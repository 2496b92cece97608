#pragma once

#include <array>
#include <span>
#include <string_view>

namespace neurosim {

/// A key of a network file. What belongs to neuron models, encoders, the camera and `training:`
/// stands in tables of its own (ModelInfo, Encoding, Training).
struct KeyInfo {
  std::string_view name;
  std::string_view values;  ///< what may be written, with the default
  std::string_view sentence;
  std::string_view only = {};  ///< the kinds that have this key; empty: all
};

/// The keys of each map. `neurosim help network` shows them; the readers take from here what may
/// stand in a map whose kind they do not know.
struct NetworkKeys {
  static constexpr KeyInfo kTop[] = {
      {"format", "neurosim/1", "must be given"},
      {"name", "text (the name of the file)", "goes into results"},
      {"seed", "integer (1)", "of weights, connections, drawn values, spikes and noise"},
      {"precision", "single (default), double", "of states and weights"},
      {"time", "a map", "how long a sample lasts"},
      {"data", "a map", "what `model: source` shows"},
      {"populations", "a map, name: population", "neurons and sources of spikes; must be given"},
      {"projections", "a list", "synapses between them"},
      {"record", "a map", "what goes into the results file beside activity and counts"},
      {"training", "a map", "neurosim help training"},
  };
  static constexpr KeyInfo kTime[] = {
      {"steps", "integer (200)", "of the stimulus"},
      {"step_ms", "number (1)", "length of a step"},
      {"blank_steps", "integer, or { before, after } (0)",
       "steps without stimulus before and after it"},
  };
  static constexpr KeyInfo kData[] = {
      {"dataset", "a name", "must be given; neurosim data list, or files of your own"},
      {"split", "test (default), train", "for `run`; `train` takes the training split"},
      {"samples", "integer, or all (default)", "how many"},
      {"first", "integer (0)", "the first of them"},
      {"encoder", "{ type: ..., ... }", "how they become spikes: neurosim help encoders"},
      {"camera", "{ type: saccades, ... }", "an event camera that looks at images"},
      {"images", "FILE", "samples x rows x columns", "image-files"},
      {"signals", "FILE", "samples x time x channels", "signal-files"},
      {"labels", "FILE", "one a sample", "image-files, signal-files"},
      {"folder", "FOLDER", "recordings, a folder for each class", "event-folder"},
      {"width", "integer", "pixels of a recording; as the first one says", "event-folder"},
      {"height", "integer", "the same", "event-folder"},
      {"hold_out", "{ share: 0.1, stratified: false }", "draws the test split, by the seed",
       "image-files, signal-files, event-folder"},
  };
  static constexpr KeyInfo kPopulation[] = {
      {"model", "a name", "of neurons (neurosim help models) or a source of spikes; must be given"},
      {"size", "integer", "number of neurons; this or `shape` must be given"},
      {"shape", "[channels, height, width]", "or any list of extents"},
      {"parameters", "a map", "neurosim help models", "neurons"},
      {"learn", "a list, or none (default)", "parameters that train learns", "neurons"},
      {"spikes", "[[step, neuron], ...]", "the spikes themselves", "spike_list"},
      {"rate_hz", "number", "of each neuron", "poisson"},
      {"file", "FILE", "HDF5", "spike_file"},
      {"population", "a name", "of a file of neurosim or SONATA", "spike_file"},
      {"steps", "DATASET", "of another file: step of each spike", "spike_file"},
      {"neurons", "DATASET", "its neuron", "spike_file"},
      {"sample_offset", "DATASET", "where each sample starts, and the end", "spike_file"},
      {"labels", "DATASET", "one a sample", "spike_file"},
      {"keep_every", "integer (1)", "plays only every so many steps", "spike_file"},
      {"first_step", "integer (0)", "the first of them", "spike_file"},
  };
  static constexpr KeyInfo kProjection[] = {
      {"from", "a population", "must be given"},
      {"to", "a population", "must be given"},
      {"name", "text (FROM_to_TO)", "goes into results"},
      {"connect", "a name, or { type: ..., ... } (all_to_all)", "which synapses there are"},
      {"weights", "a number, or a map",
       "{ init: constant, value }, { init: uniform, low, high }, { init: normal, mean, "
       "standard_deviation }, { init: xavier_uniform, gain }, or { file, dataset }; with "
       "class_groups { excitatory, inhibitory }"},
      {"delay", "integer, or drawn (0)",
       "in steps; { init: uniform, low, high } or { init: normal, mean, "
       "standard_deviation } draws one a synapse"},
      {"learn", "false (default), true", "whether train learns the weights"},
      {"receptor", "integer (0)", "of the target, where it has several"},
      {"bits", "integer, or none (default)",
       "rounds the weights of a run to integers times one scale"},
      {"storage", "automatic (default), dense, sparse", "the same results, other costs"},
  };
  static constexpr KeyInfo kConnect[] = {
      {"type", "a name", "must be given"},
      {"p", "number", "chance of each synapse", "fixed_probability"},
      {"indegree", "integer", "synapses of each target", "fixed_indegree"},
      {"file", "FILE", "HDF5", "pairs"},
      {"dataset", "DATASET", "synapses x [source, target]", "pairs"},
      {"kernel", "integer, or [vertical, horizontal]", "extent", "conv2d, pool2d"},
      {"stride", "the same (1; pool2d: the kernel)", "from place to place", "conv2d, pool2d"},
      {"padding", "the same (0)", "around the source", "conv2d, pool2d"},
  };
  static constexpr KeyInfo kRecord[] = {
      {"spikes", "a list",
       "populations, or { population, neurons: 0..99 } for some of their neurons"},
      {"states", "{ POPULATION: { variables, neurons } }",
       "variables: a list; neurons: a list, a range such as 0..9, or all (default)"},
  };
};

}  // namespace neurosim
