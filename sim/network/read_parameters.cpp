// The `parameters:` of a population, driven by the field table of its model.

#include "sim/network/readers.hpp"

namespace neurosim {
namespace {

/// Doubles count exactly up to here; integers are stored as doubles.
constexpr std::int64_t kExactIntegers = std::int64_t{1} << 53;

/// What a field accepts: `a number in (0, 1], a list of 3, { file, dataset } or none`.
std::string expectation(const FieldInfo& field, std::size_t size) {
  std::vector<std::string> forms;
  const std::string bounds = field.range.text();
  forms.push_back((field.kind == FieldKind::kInteger ? "an integer" : "a number") +
                  (bounds.empty() ? "" : " " + bounds));
  if (field.per_neuron) {
    forms.push_back(size == 0 ? "a list with one a neuron" : "a list of " + std::to_string(size));
    forms.push_back("{ file, dataset }");
  }
  if (field.optional) forms.push_back("none");
  std::string text = forms[0];
  for (std::size_t k = 1; k < forms.size(); ++k) {
    text += (k + 1 == forms.size() ? " or " : ", ") + forms[k];
  }
  return text;
}

bool read_number(const ConfigNode& node, const FieldInfo& field, double& number) {
  if (field.kind == FieldKind::kReal) return node.read(number, field.range);
  std::int64_t integer = 0;
  if (!node.read(integer, {-kExactIntegers, kExactIntegers})) return false;
  number = static_cast<double>(integer);
  if (field.range.contains(number)) return true;
  node.expected("an integer " + field.range.text());
  return false;
}

bool read_list(const ConfigNode& node, const FieldInfo& field, std::size_t size,
               FieldValue& value) {
  const auto items = node.items();
  if (size != 0 && items.size() != size) {
    node.error("expected one number for each of the " + std::to_string(size) +
               " neurons, got a list of " + std::to_string(items.size()));
    return false;
  }
  bool all_read = true;
  value.clear();
  for (const ConfigNode& item : items) {
    double number = 0;
    all_read = read_number(item, field, number) && all_read;
    value.push_back(number);
  }
  return all_read;
}

bool read_choice(const ConfigNode& node, const FieldInfo& field, FieldValue& value) {
  std::size_t index = 0;
  if (!node.read_choice(index, field.choices)) return false;
  value = {static_cast<double>(index)};
  return true;
}

/// Returns false after reporting a mistake.
bool read_field(const ConfigNode& node, const FieldInfo& field, std::size_t size,
                const std::string& description_file, ParameterSpec& parameter) {
  FieldValue value;
  if (field.optional && node.is_word("none")) {
    parameter = value;
    return true;
  }
  bool read = false;
  if (field.kind == FieldKind::kChoice) {
    read = read_choice(node, field, value);
  } else if (field.per_neuron && node.is_list()) {
    read = read_list(node, field, size, value);
  } else if (field.per_neuron && node.is_map()) {
    ConfigMap map = node.map();
    FileArray array;
    read = read_file_array(map, description_file, array);
    map.reject_unknown();
    if (read) parameter = std::move(array);
    return read;
  } else if (double number = 0; node.is_number()) {
    read = read_number(node, field, number);
    value = {number};
  } else {
    node.expected(expectation(field, size));
  }
  if (read) parameter = std::move(value);
  return read;
}

}  // namespace

void read_parameters(const ConfigNode& node, const std::string& description_file,
                     PopulationSpec& population) {
  const ModelInfo& info = *population.info;
  for (const FieldInfo& field : info.fields) {
    population.parameters.emplace_back(default_value(field));
  }
  if (!node.present()) return;
  ConfigMap map = node.map();
  bool all_literal = map.ok();
  for (std::size_t k = 0; k < info.fields.size(); ++k) {
    const ConfigNode field = map.get(info.fields[k].name);
    if (!field.present()) continue;
    ParameterSpec& parameter = population.parameters[k];
    const bool read =
        read_field(field, info.fields[k], population.size, description_file, parameter);
    all_literal = all_literal && read && std::holds_alternative<FieldValue>(parameter);
  }
  map.reject_unknown();
  if (!all_literal || info.check == nullptr) return;
  std::vector<FieldValue> values;
  for (const auto& parameter : population.parameters) {
    values.push_back(std::get<FieldValue>(parameter));
  }
  const std::string wrong = info.check(values);
  if (!wrong.empty()) node.error(wrong);
}

}  // namespace neurosim
