#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// Populations that must advance together: one strongly connected component of the network.
struct Stage {
  std::vector<std::size_t> populations;  ///< in zero-delay topological order
  bool recurrent = false;                ///< holds a cycle (then every cycle has a delay >= 1)
};

/// Stages in an order in which every projection leads to the same or a later stage. Ties are
/// broken by the order of the description, so the result is unique.
/// REQUIRES: no zero-delay cycle, see check_graph.
std::vector<Stage> stages(const Description& description);

/// What is wrong with the graph: zero-delay cycles (with the names along the cycle), projections
/// into sources or out of models that do not spike, and populations without any incoming
/// projection that are not recorded either (recording one says that it is active by itself).
std::vector<Diagnostic> check_graph(const Description& description);

/// The graph in the DOT language.
std::string to_dot(const Description& description);

}  // namespace neurosim
