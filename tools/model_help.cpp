#include "tools/model_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "sim/network/spellings.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kIndent = 6;

std::string default_text(const FieldInfo& field) {
  if (field.kind == FieldKind::kChoice) {
    return std::string(field.choices[static_cast<std::size_t>(field.fallback)]);
  }
  return std::isnan(field.fallback) ? "none" : fmt::format("{}", field.fallback);
}

std::string values_text(const FieldInfo& field) {
  if (field.kind == FieldKind::kChoice) return comma_list(field.choices);
  std::string text = field.kind == FieldKind::kInteger ? "integer" : "number";
  const std::string range = field.range.text();
  if (!range.empty()) text += " " + range;
  if (field.unit != "1") text += fmt::format(", in {}", field.unit);
  if (field.per_neuron) text += ", or one a neuron";
  if (field.optional) text += ", or none";
  return text;
}

std::string field_text(const FieldInfo& field, std::size_t name_width, std::size_t columns) {
  return fmt::format("  {:<{}}  {:<9}  {}\n", field.name, name_width, default_text(field),
                     values_text(field)) +
         wrapped(field.sentence, columns, kIndent);
}

}  // namespace

std::string model_text(const ModelInfo& model, std::size_t columns) {
  std::size_t name_width = std::string_view("parameter").size();
  for (const FieldInfo& field : model.fields) {
    name_width = std::max(name_width, field.name.size());
  }
  std::string text = fmt::format("{}: {}\n\n  {:<{}}  {:<9}  {}\n", model.name, model.sentence,
                                 "parameter", name_width, "default", "values");
  for (const FieldInfo& field : model.fields) text += field_text(field, name_width, columns);
  text +=
      fmt::format("\n  state variables that can be recorded: {}\n", comma_list(model.variables));
  return text + fmt::format("  spikes: {}\n", !model.spikes  ? "none, its state is read instead"
                                              : model.graded ? "graded, values in (0, 1]"
                                                             : "binary");
}

std::string models_help(std::size_t columns) {
  std::string text;
  for (const ModelInfo& model : models()) text += model_text(model, columns) + "\n";
  return text +
         fmt::format("Sources of spikes, written as `model` too: {}\n", comma_list(kSourceNames));
}

std::string model_help(std::string_view name, std::size_t columns) {
  if (const ModelInfo* model = find_model(name)) return model_text(*model, columns);
  std::vector<std::string_view> known;
  for (const ModelInfo& model : models()) known.push_back(model.name);
  throw UsageError("unknown model " + unknown_name(name, known));
}

}  // namespace neurosim
