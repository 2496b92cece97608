#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace neurosim {

/// What the description of a network needs to know of a neuron model.
struct ModelInfo {
  std::string_view name;      ///< as written in YAML, e.g. `src`
  std::string_view sentence;  ///< one line for `neurosim help models`
  std::span<const FieldInfo> fields;
  std::span<const std::string_view> variables;  ///< state variables that can be recorded
  bool graded = false;   ///< spikes carry values in (0, 1] instead of being all alike
  bool lasting = false;  ///< a spike takes several ticks, and is sent at each of them
  bool spikes = true;    ///< false: never sends events, its state is read instead (leaky_readout)
  /// Bytes of state that a neuron has in single and in double precision. Filled in by the registry.
  std::size_t state_bytes_single = 0, state_bytes_double = 0;
  /// Checks that concern several fields at once; `values` follows `fields`. Returns what is wrong
  /// or an empty string.
  std::string (*check)(std::span<const FieldValue> values) = nullptr;
  /// Of a graded model whose fields can make its spikes all alike: whether these values leave them
  /// graded.
  bool (*sends_values)(std::span<const FieldValue> values) = nullptr;
  /// How many inputs a neuron sums apart from one another; nullptr: one.
  int (*receptors)(std::span<const FieldValue> values) = nullptr;
  /// How many of `variables` these values leave a neuron with; nullptr: all.
  std::size_t (*variables_of)(std::span<const FieldValue> values) = nullptr;
  bool trainable = true;  ///< has an adjoint
  /// Where a learned value must stay, if that is more than the field's own range.
  Range (*learned_range)(std::span<const FieldValue> values, std::size_t field,
                         std::size_t neuron) = nullptr;
};

/// How many fields of a model can be learned.
inline std::size_t learnable_fields(const ModelInfo& model) {
  std::size_t count = 0;
  for (const FieldInfo& field : model.fields) count += field.learnable != Learnable::kNo ? 1 : 0;
  return count;
}

/// All neuron models, in the order of the list in model_list.hpp.
std::span<const ModelInfo> models();

/// The model of that name, or nullptr.
const ModelInfo* find_model(std::string_view name);

}  // namespace neurosim
