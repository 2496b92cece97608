#include "sim/network/graph.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <functional>
#include <limits>
#include <queue>

namespace neurosim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Indices = std::vector<std::size_t>;

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Populations as vertices, projections with a delay of at most `longest_delay` as edges.
Graph make_graph(const Description& description, Tick longest_delay) {
  Graph graph(description.populations.size());
  for (const ProjectionSpec& projection : description.projections) {
    if (projection.delay <= longest_delay) add_edge(projection.from, projection.to, graph);
  }
  return graph;
}

/// The members of each strongly connected component in ascending order; the components themselves
/// by their first member, so that the result does not depend on the algorithm.
std::vector<Indices> components(const Graph& graph) {
  Indices component_of(num_vertices(graph));
  const std::size_t count = boost::strong_components(
      graph,
      boost::make_iterator_property_map(component_of.begin(), get(boost::vertex_index, graph)));
  std::vector<Indices> members(count);
  for (std::size_t v = 0; v < component_of.size(); ++v) members[component_of[v]].push_back(v);
  std::sort(members.begin(), members.end());
  return members;
}

bool has_self_loop(const Graph& graph, std::size_t vertex) {
  return edge(vertex, vertex, graph).second;
}

/// Topological order; of the vertices that could come next, the lowest comes first. Vertices on or
/// behind a cycle are left out.
Indices topological_order(const Graph& graph) {
  Indices missing(num_vertices(graph), 0);
  for (auto [e, end] = edges(graph); e != end; ++e) ++missing[target(*e, graph)];
  std::priority_queue<std::size_t, Indices, std::greater<>> ready;
  for (std::size_t v = 0; v < missing.size(); ++v) {
    if (missing[v] == 0) ready.push(v);
  }
  Indices order;
  while (!ready.empty()) {
    const std::size_t v = ready.top();
    ready.pop();
    order.push_back(v);
    for (auto [e, end] = out_edges(v, graph); e != end; ++e) {
      if (--missing[target(*e, graph)] == 0) ready.push(target(*e, graph));
    }
  }
  return order;
}

/// The shortest cycle through `start`, from `start` to `start`. REQUIRES: there is one.
Indices shortest_cycle(const Graph& graph, std::size_t start) {
  Indices came_from(num_vertices(graph), kNone);
  std::queue<std::size_t> waiting;
  waiting.push(start);
  while (came_from[start] == kNone && !waiting.empty()) {
    const std::size_t v = waiting.front();
    waiting.pop();
    for (auto [e, end] = out_edges(v, graph); e != end; ++e) {
      const std::size_t next = target(*e, graph);
      if (came_from[next] != kNone) continue;
      came_from[next] = v;
      waiting.push(next);
    }
  }
  NS_ASSERT(came_from[start] != kNone);
  Indices cycle = {start};
  for (std::size_t v = came_from[start]; v != start; v = came_from[v]) cycle.push_back(v);
  cycle.push_back(start);
  std::reverse(cycle.begin(), cycle.end());
  return cycle;
}

Diagnostic at(const Description& description, Mark mark, std::string path, std::string message) {
  return {description.file, mark.line, mark.column, std::move(path), std::move(message)};
}

Diagnostic at_projection(const Description& description, std::size_t k, std::string message) {
  return at(description, description.projections[k].mark, "projections." + std::to_string(k),
            std::move(message));
}

/// One message for each strongly connected part of the zero-delay graph. It stands at the first
/// projection along the cycle.
void check_cycles(const Description& description, std::vector<Diagnostic>& diagnostics) {
  const Graph graph = make_graph(description, 0);
  for (const Indices& members : components(graph)) {
    const std::size_t start = members.front();
    if (members.size() == 1 && !has_self_loop(graph, start)) continue;
    const Indices cycle = shortest_cycle(graph, start);
    std::string names;
    for (const std::size_t v : cycle) {
      names += (names.empty() ? "" : " -> ") + description.populations[v].name;
    }
    const auto& projections = description.projections;
    const auto closing = std::find_if(projections.begin(), projections.end(), [&](const auto& p) {
      return p.delay == 0 && p.from == cycle[0] && p.to == cycle[1];
    });
    diagnostics.push_back(
        at_projection(description, static_cast<std::size_t>(closing - projections.begin()),
                      "zero-delay cycle: " + names + "; give one of its projections a delay >= 1"));
  }
}

void check_ends(const Description& description, std::vector<Diagnostic>& diagnostics) {
  for (std::size_t k = 0; k < description.projections.size(); ++k) {
    const ProjectionSpec& projection = description.projections[k];
    const PopulationSpec& from = description.populations[projection.from];
    const PopulationSpec& to = description.populations[projection.to];
    if (to.source) {
      diagnostics.push_back(at_projection(description, k,
                                          "leads into \"" + to.name + "\", a source (model: " +
                                              to.model + ") whose spikes come from outside"));
    }
    if (from.info != nullptr && !from.info->spikes) {
      diagnostics.push_back(at_projection(
          description, k,
          "starts at \"" + from.name + "\" (model: " + from.model + "), which never spikes"));
    }
  }
}

/// Populations that can be active: sources, recorded populations, and what projections lead to from
/// there. One with a malformed model counts as a source, so that it gives one message only.
std::vector<bool> reached(const Description& description) {
  const Graph graph = make_graph(description, std::numeric_limits<Tick>::max());
  std::vector<bool> found(description.populations.size(), false);
  Indices waiting;
  const auto visit = [&](std::size_t k) {
    if (!found[k]) waiting.push_back(k);
    found[k] = true;
  };
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (description.populations[k].info == nullptr) visit(k);
  }
  for (const auto& spikes : description.record.spikes) visit(spikes.population);
  for (const auto& states : description.record.states) visit(states.population);
  while (!waiting.empty()) {
    const std::size_t v = waiting.back();
    waiting.pop_back();
    for (auto [e, end] = out_edges(v, graph); e != end; ++e) visit(target(*e, graph));
  }
  return found;
}

/// A population that no activity can reach is most likely a forgotten projection. It can also be
/// active by itself, which only its model could tell; then recording it says that it is meant.
void check_reached(const Description& description, std::vector<Diagnostic>& diagnostics) {
  const std::vector<bool> found = reached(description);
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (found[k]) continue;
    const PopulationSpec& population = description.populations[k];
    diagnostics.push_back(at(description, population.mark, "populations." + population.name,
                             "no projection leads to this population from a source or a recorded "
                             "population; add one, or record the population if it is meant to be "
                             "active by itself"));
  }
}

/// The network with every component contracted to one vertex.
Graph contract(const Description& description, const std::vector<Indices>& members) {
  Indices component_of(description.populations.size());
  for (std::size_t c = 0; c < members.size(); ++c) {
    for (const std::size_t v : members[c]) component_of[v] = c;
  }
  Graph graph(members.size());
  for (const ProjectionSpec& projection : description.projections) {
    const std::size_t from = component_of[projection.from];
    const std::size_t to = component_of[projection.to];
    if (from != to) add_edge(from, to, graph);
  }
  return graph;
}

}  // namespace

std::vector<Stage> stages(const Description& description) {
  const Graph full = make_graph(description, std::numeric_limits<Tick>::max());
  const std::vector<Indices> members = components(full);
  const Indices rank_order = topological_order(make_graph(description, 0));
  NS_ASSERT(rank_order.size() == description.populations.size());  // no zero-delay cycle
  Indices rank(rank_order.size());
  for (std::size_t k = 0; k < rank_order.size(); ++k) rank[rank_order[k]] = k;

  std::vector<Stage> result;
  for (const std::size_t c : topological_order(contract(description, members))) {
    Stage stage;
    stage.populations = members[c];
    stage.recurrent = members[c].size() > 1 || has_self_loop(full, members[c].front());
    std::sort(stage.populations.begin(), stage.populations.end(),
              [&rank](std::size_t a, std::size_t b) { return rank[a] < rank[b]; });
    result.push_back(std::move(stage));
  }
  return result;
}

std::vector<Diagnostic> check_graph(const Description& description) {
  std::vector<Diagnostic> diagnostics;
  check_ends(description, diagnostics);
  check_cycles(description, diagnostics);
  check_reached(description, diagnostics);
  return diagnostics;
}

}  // namespace neurosim
