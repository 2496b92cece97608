// What is driven by a table of fields: `parameters:` and `learn:` of a population by that of its
// model, `training:` by that of the trainer.

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"
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
    forms.push_back("{ init: uniform, low, high }");
  }
  if (field.most > 0) forms.push_back("a list of 1 to " + std::to_string(field.most));
  if (field.optional) forms.push_back("none");
  std::string text = forms[0];
  for (std::size_t k = 1; k < forms.size(); ++k) {
    text += (k + 1 == forms.size() ? " or " : ", ") + forms[k];
  }
  return text;
}

/// The whole numbers of a range.
IntegerRange integers_in(const Range& range) {
  constexpr auto kLimit = static_cast<double>(kExactIntegers);
  const double low = range.low_open ? std::floor(range.low) + 1 : std::ceil(range.low);
  const double high = range.high_open ? std::ceil(range.high) - 1 : std::floor(range.high);
  return {static_cast<std::int64_t>(std::clamp(low, -kLimit, kLimit)),
          static_cast<std::int64_t>(std::clamp(high, -kLimit, kLimit))};
}

bool read_number(const ConfigNode& node, const FieldInfo& field, double& number) {
  if (field.kind == FieldKind::kReal) return node.read(number, field.range);
  std::int64_t integer = 0;
  if (!node.read(integer, integers_in(field.range))) return false;
  number = static_cast<double>(integer);
  return true;
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

/// A list for the whole population, such as one number a receptor.
bool read_short_list(const ConfigNode& node, const FieldInfo& field, FieldValue& value) {
  const std::size_t count = node.items().size();
  if (count == 0 || count > field.most) {
    node.error("expected 1 to " + std::to_string(field.most) + " numbers, got a list of " +
               std::to_string(count));
    return false;
  }
  return read_list(node, field, 0, value);
}

bool names_distribution(const ConfigMap& map) {
  const auto keys = std::span(NetworkKeys::kWeights).first(NetworkKeys::kDrawnKeys);
  return std::ranges::any_of(keys, [&map](const KeyInfo& key) { return map.has(key.name); });
}

/// `{ init: uniform, low: -60, high: -50 }`
bool read_drawn(ConfigMap& map, const FieldInfo& field, ParameterSpec& parameter) {
  Distribution drawn;
  if (!read_distribution(map, drawn)) return false;
  const auto* const uniform = std::get_if<Uniform>(&drawn);
  if (uniform != nullptr &&
      !(field.range.contains(uniform->low) && field.range.contains(uniform->high))) {
    map.node().error("low and high must be numbers " + field.range.text());
    return false;
  }
  parameter = drawn;
  return true;
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
  } else if (field.most > 0 && node.is_list()) {
    read = read_short_list(node, field, value);
    // As many as any receptor asks for, so that one mistake gives one message.
    if (!read) parameter = FieldValue(field.most, field.fallback);
  } else if (field.per_neuron && node.is_list()) {
    read = read_list(node, field, size, value);
  } else if (field.per_neuron && node.is_map()) {
    ConfigMap map = node.map();
    if (names_distribution(map)) return read_drawn(map, field, parameter);
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

/// The keys of a map, and what is checked once each is in range (or nullptr).
struct FieldTable {
  std::span<const FieldInfo> fields;
  std::string (*check)(std::span<const FieldValue> values);
};

/// `values` are the defaults where nothing else is given; `size` is that of the population.
void read_fields(const ConfigNode& node, const FieldTable& table, std::size_t size,
                 const std::string& description_file, std::vector<ParameterSpec>& values) {
  values.clear();
  for (const FieldInfo& field : table.fields) values.emplace_back(default_value(field));
  if (!node.present()) return;
  ConfigMap map = node.map();
  bool all_literal = map.ok();
  for (std::size_t k = 0; k < table.fields.size(); ++k) {
    const ConfigNode field = map.get(table.fields[k].name);
    if (!field.present()) continue;
    const bool read = read_field(field, table.fields[k], size, description_file, values[k]);
    all_literal = all_literal && read && std::holds_alternative<FieldValue>(values[k]);
  }
  map.reject_unknown();
  if (!all_literal || table.check == nullptr) return;
  const std::string wrong = table.check(literals(values));
  if (!wrong.empty()) node.error(wrong);
}

/// The fields that `learn:` may name, by their names.
std::vector<std::string_view> learnable_names(const ModelInfo& info) {
  std::vector<std::string_view> names;
  for (const FieldInfo& field : info.fields) {
    if (field.learnable != Learnable::kNo) names.push_back(field.name);
  }
  return names;
}

/// `a`, `a and b`, `a, b and c`
std::string spoken_list(const std::vector<std::string_view>& names) {
  std::string text(names[0]);
  for (std::size_t k = 1; k < names.size(); ++k) {
    text += (k + 1 == names.size() ? " and " : ", ") + std::string(names[k]);
  }
  return text;
}

void read_learnable(const ConfigNode& node, const ModelInfo& info,
                    const std::vector<std::string_view>& learnable,
                    std::vector<std::size_t>& learn) {
  std::string name;
  if (!node.read(name)) return;
  const auto found = std::find_if(info.fields.begin(), info.fields.end(),
                                  [&name](const FieldInfo& field) { return field.name == name; });
  const auto index = static_cast<std::size_t>(found - info.fields.begin());
  if (found == info.fields.end()) {
    node.error("unknown parameter " + unknown_name(name, learnable));
  } else if (found->learnable == Learnable::kNo) {
    node.error(name + " cannot be learned; of " + std::string(info.name) + ", " +
               spoken_list(learnable) + " can");
  } else if (std::find(learn.begin(), learn.end(), index) != learn.end()) {
    node.error("parameter " + quoted(name) + " is listed twice");
  } else {
    learn.push_back(index);
  }
}

}  // namespace

std::vector<FieldValue> literals(const std::vector<ParameterSpec>& values) {
  std::vector<FieldValue> result;
  for (const ParameterSpec& value : values) {
    const auto* const literal = std::get_if<FieldValue>(&value);
    result.push_back(literal != nullptr ? *literal : FieldValue());
  }
  return result;
}

void read_parameters(const ConfigNode& node, const std::string& description_file,
                     PopulationSpec& population) {
  const ModelInfo& info = *population.info;
  read_fields(node, {info.fields, info.check}, population.size, description_file,
              population.parameters);
}

void read_learn(const ConfigNode& node, PopulationSpec& population) {
  if (!node.present() || node.is_word("none")) return;
  const ModelInfo& info = *population.info;
  const auto learnable = learnable_names(info);
  if (!node.is_list()) {
    node.expected("a list of parameters or none");
  } else if (learnable.empty() && !node.items().empty()) {
    node.error("no parameter of " + std::string(info.name) + " can be learned");
  } else {
    for (const ConfigNode& item : node.items()) {
      read_learnable(item, info, learnable, population.learn);
    }
    std::sort(population.learn.begin(), population.learn.end());
  }
}

void read_values(ConfigMap& map, std::span<const FieldInfo> fields,
                 std::vector<FieldValue>& values) {
  values.clear();
  for (const FieldInfo& field : fields) {
    NS_ASSERT(!field.per_neuron);
    ParameterSpec value = default_value(field);
    const ConfigNode node = map.get(field.name);
    if (node.present()) read_field(node, field, 0, {}, value);
    values.push_back(std::get<FieldValue>(value));
  }
}

void read_training(const ConfigNode& node, Description& description) {
  // Values of a single number each, hence neither files nor a number of neurons to agree with.
  static_assert(std::none_of(std::begin(Training::kFields), std::end(Training::kFields),
                             [](const FieldInfo& field) { return field.per_neuron; }));
  std::vector<ParameterSpec> values;
  read_fields(node, {Training::kFields, &Training::check}, 0, description.file, values);
  description.training = literals(values);
}

}  // namespace neurosim
