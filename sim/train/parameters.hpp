#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/network/description.hpp"
#include "sim/network/network.hpp"
#include "sim/train/optimiser.hpp"
#include "sim/train/shard_gradient.hpp"

namespace neurosim {

/// One thing that learns: the weights of a projection, or a field of a population.
template <class T>
struct Parameter {
  std::string name;  ///< `<projection>`, or `<population>/<field>`
  bool weights = false;
  std::size_t projection = 0;             ///< of weights
  std::size_t population = 0, field = 0;  ///< of a field; index into the model's fields
  std::size_t learnable = 0;              ///< of a field; place among the learnable ones
  std::span<T> values;  ///< weights: those of the network itself, but for a kernel's
  std::vector<T> own;   ///< a field's values: one a neuron, or one for all; a kernel's weights
  AlignedVector<T> gradient, mean, square;
};

/// Everything that learns in a network, with the optimiser's memory.
template <class T>
class Parameters {
 public:
  /// `network` must outlive this.
  Parameters(const Description& description, Network<T>& network);

  std::vector<Parameter<T>>& all() { return parameters_; }
  const std::vector<Parameter<T>>& all() const { return parameters_; }

  /// The gradient of a field from the sums of the shards, in order.
  void sum_field(Parameter<T>& parameter, std::span<const ShardGradient<T>> shards) const;
  /// Pieces of work that sum_weights() and step() are cut into.
  std::size_t pieces(const Parameter<T>& parameter) const;
  /// A piece of the gradient of weights from the sums of the shards, in order; `order` as they were
  /// summed in. Returns its sum of squares.
  double sum_weights(Parameter<T>& parameter, std::size_t piece, GradientOrder order,
                     std::span<const ShardGradient<T>> shards) const;
  void step(Parameter<T>& parameter, std::size_t piece, const OptimiserStep<T>& optimiser) const;
  /// Puts what is not the network's own into it: fields, within their ranges, and kernels.
  void store();

  /// The learned values as files hold them: [targets, sources], one a synapse, or a kernel; one a
  /// neuron.
  NamedArray saved_weights(const Parameter<T>& parameter) const;
  NamedArray saved_field(const Parameter<T>& parameter) const;
  /// How many weights saved_weights() gives.
  std::size_t saved_count(const Parameter<T>& parameter) const;
  /// Puts weights back that saved_weights() gave, into the network as well. REQUIRES: as many.
  void load_weights(Parameter<T>& parameter, const std::vector<T>& saved) const;

 private:
  void add_weights(const Description& description, std::size_t projection);
  void add_fields(const Description& description, std::size_t population);
  double sum_tile(Parameter<T>& parameter, std::size_t piece,
                  std::span<const ShardGradient<T>> shards) const;
  void store_fields(std::size_t population);
  void store_kernel(const Parameter<T>& parameter) const;

  Network<T>& network_;
  std::vector<Parameter<T>> parameters_;
};

}  // namespace neurosim
