#pragma once

#include <cstddef>
#include <string>

#include "experiments/samples.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// The network as it is trained: `data:` stands for the training split from its first sample on
/// (`data.split`, `first` and `samples` are for simulations), or, with `traces`, the recorded
/// populations of that file play the sources of the same names. Throws ConfigError, UsageError.
Description training_description(Description description, const std::string& traces);

/// How many of `samples` are trained with, as `training.samples` says. Throws ConfigError where it
/// asks for more than there are, and where samples have no label to learn.
std::size_t training_samples(const Description& description, const Samples& samples);

}  // namespace neurosim
