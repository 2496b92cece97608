#include "tools/model_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "sim/network/spellings.hpp"
#include "sim/network/training.hpp"
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
  if (field.most > 1) text += fmt::format(", or a list of 1 to {}", field.most);
  if (field.per_neuron) text += ", or one a neuron";
  if (field.optional) text += ", or none";
  if (field.learnable != Learnable::kNo) text += "; learnable";
  return text;
}

/// The fields one below the other; `what` heads the column of their names.
std::string field_table(std::string_view what, std::span<const FieldInfo> fields,
                        std::size_t columns) {
  std::size_t name_width = what.size();
  std::size_t default_width = std::string_view("default").size();
  for (const FieldInfo& field : fields) {
    name_width = std::max(name_width, field.name.size());
    default_width = std::max(default_width, default_text(field).size());
  }
  const auto row = [&](std::string_view name, std::string_view fallback, std::string_view values) {
    return fmt::format("  {:<{}}  {:<{}}  {}\n", name, name_width, fallback, default_width, values);
  };
  std::string text = row(what, "default", "values");
  for (const FieldInfo& field : fields) {
    text += row(field.name, default_text(field), values_text(field)) +
            wrapped(field.sentence, columns, kIndent);
  }
  return text;
}

/// `  <what>: <names>` of the fields that are learned in this way, or nothing.
std::string learnable_text(std::string_view what, Learnable way,
                           std::span<const FieldInfo> fields) {
  std::vector<std::string_view> names;
  for (const FieldInfo& field : fields) {
    if (field.learnable == way) names.push_back(field.name);
  }
  return names.empty() ? "" : fmt::format("  {}: {}\n", what, comma_list(names));
}

std::string per_neuron_text(std::size_t columns) {
  return wrapped(
      "One a neuron is written as [0.1, 0.2, ...], as { file: FILE.h5, dataset: NAME }, or drawn: "
      "{ init: uniform, low: A, high: B } or { init: normal, mean: M, standard_deviation: S }.",
      columns, 0);
}

std::string_view spikes_text(const ModelInfo& model) {
  if (!model.spikes) return "none, its state is read instead";
  if (!model.graded) return "binary";
  return model.sends_values == nullptr ? "graded, values in (0, 1]"
                                       : "graded, values in (0, 1], or binary, as parameters say";
}

}  // namespace

std::string model_text(const ModelInfo& model, std::size_t columns) {
  std::string text = fmt::format("{}: {}\n\n", model.name, model.sentence) +
                     field_table("parameter", model.fields, columns);
  text +=
      fmt::format("\n  state variables that can be recorded: {}\n", comma_list(model.variables));
  text += learnable_text("`learn: [...]` takes, as one value a neuron", Learnable::kPerNeuron,
                         model.fields);
  text += learnable_text("`learn: [...]` takes, as many values as given", Learnable::kAsGiven,
                         model.fields);
  return text + fmt::format("  spikes: {}\n", spikes_text(model));
}

std::string models_help(std::size_t columns) {
  std::string text;
  for (const ModelInfo& model : models()) text += model_text(model, columns) + "\n";
  return text +
         fmt::format("Sources of spikes, written as `model` too: {}\n", comma_list(kSourceNames)) +
         per_neuron_text(columns) +
         wrapped(
             "A spike_file plays step t of its file as step (t - first_step) / keep_every where "
             "that is a whole number from 0 on, and leaves out the other steps (first_step: 0 and "
             "keep_every: 1 if not given).",
             columns, 0);
}

std::string model_help(std::string_view name, std::size_t columns) {
  if (const ModelInfo* model = find_model(name))
    return model_text(*model, columns) + "\n" + per_neuron_text(columns);
  std::vector<std::string_view> known;
  for (const ModelInfo& model : models()) known.push_back(model.name);
  throw UsageError("unknown model " + unknown_name(name, known));
}

std::string training_help(std::size_t columns) {
  return wrapped("Keys of `training:` at the top of a network file; each may be left out.", columns,
                 0) +
         "\n" + field_table("key", Training::kFields, columns) + "\n" +
         wrapped(
             "What is learned: the weights of projections with `learn: true`, and the "
             "parameters that a population lists, as in `learn: [bias]` (neurosim help models "
             "marks the learnable ones). Weights of a projection with `bits` learn unrounded; "
             "neurosim run rounds what was learned.",
             columns, 0);
}

std::string encoders_help(std::size_t columns) {
  std::string text =
      wrapped("Keys of `data.encoder:`, beside `type`; each may be left out. A pixel x is 0 to 1.",
              columns, 0);
  for (const Encoding::Info& info : Encoding::kTypes) {
    std::vector<std::string_view> kinds;
    for (std::size_t k = 0; k < kDataKindNames.size(); ++k) {
      if (info.takes[k]) kinds.push_back(kDataKindNames[k]);
    }
    text += fmt::format("\n{} (of {})\n", info.name, comma_list(kinds)) +
            wrapped(info.sentence, columns, 2) + field_table("key", info.fields, columns);
  }
  text += fmt::format("\nKeys of `data.camera:`, beside `type: {}`\n", kCameraName) +
          wrapped(
              "An event camera, simulated: it sees images moved by three saccades, as N-MNIST "
              "was recorded. The encoder is then given its events.",
              columns, 2) +
          field_table("key", Encoding::kCameraFields, columns);
  return text;
}

}  // namespace neurosim
