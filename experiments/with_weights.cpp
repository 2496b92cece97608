#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"

namespace neurosim {
namespace {

/// Throws unless `arrays` holds `name`; `what` is what messages call it.
void expect_array(const std::vector<NamedArray>& arrays, const std::string& name,
                  const std::string& what, const std::string& file) {
  std::string names;
  for (const NamedArray& array : arrays) {
    if (array.name == name) return;
    names += (names.empty() ? "" : ", ") + array.name;
  }
  throw DataError(file, fmt::format("holds no {} \"{}\", which the network learns (there: {})",
                                    what, name, names.empty() ? "none" : names));
}

/// Weights of drawn connections stand one a synapse, so they fit the connections of one seed only.
void check_connections(const Description& description, const ProjectionSpec& projection,
                       const Checkpoint& checkpoint, const std::string& file) {
  const Connect kind = projection.connect.kind;
  const bool drawn = kind == Connect::kFixedProbability || kind == Connect::kFixedIndegree;
  if (!drawn || checkpoint.seed == description.seed) return;
  throw DataError(file, fmt::format("was trained with seed {}, and the connections of projection "
                                    "\"{}\" are drawn by the seed, which is {} here",
                                    checkpoint.seed, projection.name, description.seed));
}

}  // namespace

bool learns(const Description& description) {
  return std::ranges::any_of(description.projections, &ProjectionSpec::learn) ||
         std::ranges::any_of(description.populations,
                             [](const PopulationSpec& p) { return !p.learn.empty(); });
}

Description with_weights(const Description& description, const std::string& weights_file) {
  if (!learns(description)) {
    throw ConfigError({{description.file, 0, 0, "projections",
                        "nothing learns, so there is nothing to take from " + weights_file +
                            "; mark what does with `learn: true`"}});
  }
  const Checkpoint checkpoint = read_checkpoint(weights_file);
  // As in descriptions that were read; results name the file, wherever they are read from.
  const std::string file = std::filesystem::absolute(weights_file).lexically_normal().string();
  Description result = description;
  for (ProjectionSpec& projection : result.projections) {
    if (!projection.learn) continue;
    expect_array(checkpoint.weights, projection.name, "weights of projection", weights_file);
    check_connections(description, projection, checkpoint, weights_file);
    projection.weights = FileArray{file, weights_dataset(projection.name)};
  }
  for (PopulationSpec& population : result.populations) {
    for (const std::size_t field : population.learn) {
      const std::string parameter(population.info->fields[field].name);
      expect_array(checkpoint.parameters, population.name + "/" + parameter, "parameter",
                   weights_file);
      population.parameters[field] = FileArray{file, parameter_dataset(population.name, parameter)};
    }
  }
  return result;
}

}  // namespace neurosim
