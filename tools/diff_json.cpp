#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/diff_text.hpp"
#include "tools/summary.hpp"

namespace neurosim {
namespace {

using Json = nlohmann::ordered_json;

const char* word_of(ComparedQuantity quantity) {
  switch (quantity) {
    case ComparedQuantity::kLabels:
      return "labels";
    case ComparedQuantity::kPredictions:
      return "predictions";
    case ComparedQuantity::kSpikes:
      return "spikes";
    case ComparedQuantity::kReadout:
      return "readout";
    case ComparedQuantity::kStates:
      return "states";
    case ComparedQuantity::kActivity:
      return "activity";
    case ComparedQuantity::kCounters:
      return "counters";
    case ComparedQuantity::kWeights:
      return "weights";
    case ComparedQuantity::kParameters:
      return "parameters";
    case ComparedQuantity::kEpochs:
      return "epochs";
  }
  return "";
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json facts_json(const FileFacts& facts, FileKind kind) {
  return {{"file", facts.file},
          {"network", facts.network},
          {"version", facts.version},
          {"engine", or_null(facts.engine)},
          {"precision", facts.precision},
          {"seed", facts.seed},
          {kind == FileKind::kWeights ? "epochs" : "samples", facts.length},
          {"complete", facts.complete}};
}

bool has_distance(ComparedQuantity quantity) {
  return quantity != ComparedQuantity::kLabels && quantity != ComparedQuantity::kPredictions &&
         quantity != ComparedQuantity::kSpikes;
}

Json quantity_json(const Compared& compared) {
  Json entry = {{"quantity", word_of(compared.quantity)},
                {"name", or_null(compared.name)},
                {"detail", or_null(compared.detail)},
                {"compared", compared.rows},
                {"differ", compared.differ},
                {"largest", nullptr},
                {"a", or_null(compared.a)},
                {"b", or_null(compared.b)},
                {"first", nullptr}};
  if (has_distance(compared.quantity)) entry["largest"] = compared.largest;
  if (!compared.first) return entry;
  const FirstDifference& first = *compared.first;
  entry["first"] = {{"row", first.row},
                    {"time_ms", or_null(first.time_ms)},
                    {"neuron", or_null(first.neuron)},
                    {"a", or_null(first.a)},
                    {"b", or_null(first.b)}};
  return entry;
}

}  // namespace

std::string diff_json(const FileComparison& comparison, DiffScope scope) {
  Json object = {{"same", is_same(comparison, scope)},
                 {"same_results", comparison.same_results()},
                 {"same_configuration", comparison.same_configuration()},
                 {"kind", comparison.kind == FileKind::kWeights ? "weights" : "results"},
                 {"a", facts_json(comparison.a, comparison.kind)},
                 {"b", facts_json(comparison.b, comparison.kind)},
                 {"configuration", Json::array()},
                 {"common", comparison.common},
                 {"quantities", Json::array()},
                 {"unmatched", Json::array()}};
  for (const ConfigDifference& difference : comparison.configuration) {
    object["configuration"].push_back(
        {{"path", difference.path}, {"a", or_null(difference.a)}, {"b", or_null(difference.b)}});
  }
  for (const Compared& compared : comparison.quantities) {
    object["quantities"].push_back(quantity_json(compared));
  }
  for (const Unmatched& unmatched : comparison.unmatched) {
    object["unmatched"].push_back({{"text", unmatched.text}, {"differs", unmatched.differs}});
  }
  return json_text(object);
}

}  // namespace neurosim
