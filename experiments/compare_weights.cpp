#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "experiments/compare_values.hpp"

namespace neurosim {
namespace {

FileFacts facts_of(const std::string& file, const Checkpoint& checkpoint) {
  return {.file = file,
          .network = checkpoint.network_name,
          .version = checkpoint.version,
          .precision = checkpoint.precision,
          .engine = {},
          .seed = checkpoint.seed,
          .length = checkpoint.epochs.size(),
          .complete = checkpoint.finished};
}

double number_at(const NamedArray& array, std::size_t k) {
  return std::visit([k](const auto& values) { return static_cast<double>(values[k]); },
                    array.values);
}

std::size_t count_of(const NamedArray& array) {
  return std::visit([](const auto& values) { return values.size(); }, array.values);
}

void compare_arrays(ComparedQuantity quantity, std::string_view noun,
                    const std::vector<NamedArray>& a, const std::vector<NamedArray>& b,
                    FileComparison& out) {
  for (const NamedArray& in_b : b) {
    if (std::ranges::find(a, in_b.name, &NamedArray::name) != a.end()) continue;
    out.unmatched.push_back({fmt::format("{} {}: only in b", noun, in_b.name)});
  }
  for (const NamedArray& in_a : a) {
    const auto in_b = std::ranges::find(b, in_a.name, &NamedArray::name);
    if (in_b == b.end()) {
      out.unmatched.push_back({fmt::format("{} {}: only in a", noun, in_a.name)});
      continue;
    }
    if (in_a.shape != in_b->shape) {
      out.unmatched.push_back({fmt::format("{} {}: {} numbers in a, {} in b, or of other shape",
                                           noun, in_a.name, count_of(in_a), count_of(*in_b))});
      continue;
    }
    Compared& compared = out.quantities.emplace_back();
    compared.quantity = quantity;
    compared.name = in_a.name;
    compared.rows = count_of(in_a);
    for (std::size_t k = 0; k < compared.rows; ++k) {
      compared.differ +=
          compare_pair(compared, {.row = k}, number_at(in_a, k), number_at(*in_b, k));
    }
  }
}

/// How long an epoch took is no result.
bool is_time(std::string_view column) {
  return column == "seconds" || column == "samples_per_second";
}

/// Compares one column over the epochs of both; `number` takes it from a row.
template <class NumberA, class NumberB>
void compare_column(std::string name, std::string detail, NumberA number_a, NumberB number_b,
                    const Checkpoint& a, const Checkpoint& b, FileComparison& out) {
  Compared& compared = out.quantities.emplace_back();
  compared.quantity = ComparedQuantity::kEpochs;
  compared.name = std::move(name);
  compared.detail = std::move(detail);
  compared.rows = out.common;
  for (std::size_t e = 0; e < out.common; ++e) {
    compared.differ += compare_pair(compared, {.row = a.epochs[e].epoch}, number_a(a.epochs[e]),
                                    number_b(b.epochs[e]));
  }
}

void compare_epochs(const Checkpoint& a, const Checkpoint& b, FileComparison& out) {
  for (const MetricColumn& column : kMetricColumns) {
    if (is_time(column.name)) continue;
    const auto number = [&](const EpochMetrics& epoch) { return epoch.*column.value; };
    compare_column("", column.name, number, number, a, b, out);
  }
  for (std::size_t p = 0; p < a.populations.size(); ++p) {
    const auto found = std::ranges::find(b.populations, a.populations[p]);
    if (found == b.populations.end()) {
      out.unmatched.push_back({fmt::format("population {}: only in a", a.populations[p]), true});
      continue;
    }
    const auto q = static_cast<std::size_t>(found - b.populations.begin());
    for (const PopulationMetric& metric : kPopulationMetrics) {
      const auto number = [&](std::size_t k) {
        return [&metric, k](const EpochMetrics& epoch) { return (epoch.*metric.values)[k]; };
      };
      compare_column(a.populations[p], metric.name, number(p), number(q), a, b, out);
    }
  }
  for (const std::string& name : b.populations) {
    if (std::ranges::count(a.populations, name) > 0) continue;
    out.unmatched.push_back({fmt::format("population {}: only in b", name), true});
  }
}

}  // namespace

FileComparison compare_weights(const std::string& file_a, const Checkpoint& a,
                               const std::string& file_b, const Checkpoint& b) {
  FileComparison out;
  out.kind = FileKind::kWeights;
  out.a = facts_of(file_a, a);
  out.b = facts_of(file_b, b);
  out.configuration = compare_yaml(file_a, a.network_yaml, file_b, b.network_yaml);
  // Epochs count from 1 in every file.
  out.common = std::min(a.epochs.size(), b.epochs.size());
  compare_arrays(ComparedQuantity::kWeights, "weights", a.weights, b.weights, out);
  compare_arrays(ComparedQuantity::kParameters, "parameter", a.parameters, b.parameters, out);
  compare_epochs(a, b, out);
  if (a.validation_samples != b.validation_samples) {
    out.unmatched.push_back({"the samples kept for validation are not the same"});
  }
  return out;
}

}  // namespace neurosim
