#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "models/registry.hpp"

namespace neurosim {

/// Every neuron model with its parameters, from the registry.
std::string models_help(std::size_t columns);

/// One of them; throws UsageError that suggests the nearest name.
std::string model_help(std::string_view name, std::size_t columns);

std::string model_text(const ModelInfo& model, std::size_t columns);

/// The keys of `training:`, from their table.
std::string training_help(std::size_t columns);

/// Every encoder and the simulated camera: options, defaults, ranges.
std::string encoders_help(std::size_t columns);

}  // namespace neurosim
