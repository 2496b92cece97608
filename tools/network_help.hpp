#pragma once

#include <cstddef>
#include <string>

namespace neurosim {

/// The keys of a network file, map by map, with a small example that runs.
std::string network_help(std::size_t columns);

}  // namespace neurosim
