#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// Values a number may take: [low, high], or an open end where `*_open` is set.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  constexpr bool contains(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
  /// `in (0, 1]`, `>= 1`, `> 0`, or empty when every finite number is allowed.
  std::string text() const;
};

enum class FieldKind { kReal, kInteger, kChoice };

/// Whether `learn:` of a population may name a field, and what is then learned: one value a neuron,
/// whatever is given; or as many as are given (one for all neurons, or one a neuron).
enum class Learnable { kNo, kPerNeuron, kAsGiven };

/// One parameter of a model: the only place where its name, unit, default, range and meaning
/// stand. YAML reading, validation, `neurosim help`, HDF5 attributes and the docs come from it.
struct FieldInfo {
  std::string_view name;
  FieldKind kind = FieldKind::kReal;
  double fallback = 0;  ///< default; the index of the choice for kChoice; NaN: none (optional)
  Range range = {};     ///< ignored for kChoice
  std::span<const std::string_view> choices = {};
  bool per_neuron = false;  ///< a list with one value a neuron is accepted as well
  bool optional = false;    ///< `none` is accepted (stored as an empty list)
  std::size_t most = 0;     ///< numbers of a list for the whole population; 0: no such list
  Learnable learnable = Learnable::kNo;
  std::string_view unit = "1";
  std::string_view sentence;
};

/// The value of a field: one number for the whole population, one a neuron, or empty (`none`).
/// Choices are stored as their index, integers as exact doubles.
using FieldValue = std::vector<double>;

/// A field's default as a value.
inline FieldValue default_value(const FieldInfo& field) {
  return std::isnan(field.fallback) ? FieldValue{} : FieldValue{field.fallback};
}

}  // namespace neurosim
