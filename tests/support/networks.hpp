#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/description.hpp"
#include "sim/network/network.hpp"

namespace neurosim::test {

/// A network as YAML, drawn from a seed: any models, delays, storage and rounding, every connection
/// kind that needs no file, with recurrence; on demand only what the trainer takes. Sources are named s0, s1, ...; all neurons' states are
/// recorded.
enum class Kinds { kAll, kTrainable };
std::string random_network(std::uint64_t seed, Kinds kinds = Kinds::kAll);

/// Random spikes, binary or graded, for every source of a description; about `density` of all
/// (tick, neuron).
SampleInput random_input(const Description& description, std::uint64_t seed, double density);

/// No file may be read.
NumericArray no_files(const std::string& file, const std::string& dataset);

/// The observation that a description asks for (all of `record.states`).
Observation observe_states(const Description& description);

}  // namespace neurosim::test
