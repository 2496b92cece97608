#include <algorithm>
#include <cctype>
#include <charconv>
#include <type_traits>

#include "sim/network/read_description.hpp"
#include "sim/network/spellings.hpp"
#include "sim/network/yaml_text.hpp"

namespace neurosim {
namespace {

/// `{ a: 1, b: x }`, built key by key.
class FlowMap {
 public:
  FlowMap& add(std::string_view key, const std::string& value) { return add_if(true, key, value); }
  FlowMap& add_if(bool shown, std::string_view key, const std::string& value) {
    if (!shown) return *this;
    text_ += (text_.empty() ? "" : ", ") + std::string(key) + ": " + value;
    return *this;
  }
  std::string text() const { return text_.empty() ? "{}" : "{ " + text_ + " }"; }

 private:
  std::string text_;
};

template <class Items, class Text>
std::string flow_list(const Items& items, Text&& text) {
  std::string list;
  for (const auto& item : items) list += (list.empty() ? "" : ", ") + std::string(text(item));
  return "[" + list + "]";
}

template <class Integer>
std::string integer_text(Integer value) {
  return std::to_string(value);
}

std::string file_array_text(const FileArray& array) {
  return FlowMap()
      .add("file", scalar_text(array.file))
      .add("dataset", scalar_text(array.dataset))
      .text();
}

std::string value_text(const FieldInfo& field, double number) {
  switch (field.kind) {
    case FieldKind::kReal:
      return number_text(number);
    case FieldKind::kInteger:  // in digits only: 1e+06 reads as no integer
      return integer_text(static_cast<std::int64_t>(number));
    case FieldKind::kChoice:
      return std::string(field.choices[static_cast<std::size_t>(number)]);
  }
  return {};
}

std::string literal_text(const FieldInfo& field, const FieldValue& value) {
  if (value.empty()) return "none";
  const auto one = [&field](double number) { return value_text(field, number); };
  return value.size() == 1 ? one(value[0]) : flow_list(value, one);
}

bool is_default(const FieldInfo& field, const FieldValue& value) {
  return value == default_value(field);
}

void add_values(std::span<const FieldInfo> fields, const std::vector<FieldValue>& values,
                WrittenFields written, FlowMap& map) {
  for (std::size_t k = 0; k < fields.size(); ++k) {
    const bool shown = written == WrittenFields::kAll || !is_default(fields[k], values[k]);
    map.add_if(shown, fields[k].name, literal_text(fields[k], values[k]));
  }
}

void add_files(const DataSpec& data, FlowMap& map) {
  const DatasetName& set = dataset_named(data.dataset);
  if (set.items_key.empty()) return;
  map.add(set.items_key, scalar_text(data.files.items));
  if (!data.files.labels.empty()) map.add("labels", scalar_text(data.files.labels));
  if (data.files.width > 0) map.add("width", integer_text(data.files.width));
  if (data.files.height > 0) map.add("height", integer_text(data.files.height));
  if (!data.hold_out) return;
  FlowMap hold_out;
  hold_out.add("share", number_text(data.hold_out->share))
      .add("stratified", data.hold_out->stratified ? "true" : "false");
  map.add("hold_out", hold_out.text());
}

std::string data_text(const DataSpec& data, WrittenFields written) {
  FlowMap map;
  map.add("dataset", data.dataset);
  add_files(data, map);
  if (has_splits(data)) map.add("split", data.split);
  map.add("samples", data.samples ? integer_text(*data.samples) : "all")
      .add("first", integer_text(data.first));
  if (data.camera) {
    FlowMap camera;
    camera.add("type", std::string(kCameraName));
    add_values(Encoding::kCameraFields, *data.camera, written, camera);
    map.add("camera", camera.text());
  }
  const Encoding::Info& info = Encoding::kTypes[data.encoder.type];
  FlowMap encoder;
  encoder.add("type", std::string(info.name));
  add_values(info.fields, data.encoder.values, written, encoder);
  return map.add("encoder", encoder.text()).text();
}

struct SourceWriter {
  FlowMap& map;
  void operator()(const DatasetSource&) const {}
  void operator()(const SpikeListSource& source) const {
    map.add("spikes", flow_list(source.spikes, [](const auto& spike) {
              return "[" + integer_text(spike.first) + ", " + integer_text(spike.second) + "]";
            }));
  }
  void operator()(const PoissonSource& source) const {
    map.add("rate_hz", number_text(source.rate_hz));
  }
  void operator()(const SpikeFileSource& source) const {
    map.add("file", scalar_text(source.file))
        .add("keep_every", integer_text(source.keep_every))
        .add("first_step", integer_text(source.first_step));
    if (!source.population.empty()) {
      map.add("population", scalar_text(source.population));
      return;
    }
    map.add("steps", scalar_text(source.steps))
        .add("neurons", scalar_text(source.neurons))
        .add("sample_offset", scalar_text(source.sample_offset));
    if (!source.labels.empty()) map.add("labels", scalar_text(source.labels));
  }
};

std::string distribution_text(const Distribution& distribution) {
  FlowMap map;
  map.add("init", std::string(kWeightInitNames[distribution.index() + 1]));
  std::visit(
      [&map](const auto& spec) {
        visit_keys(spec, [&map](const char* key, double value, const Range&) {
          map.add(key, number_text(value));
        });
      },
      distribution);
  return map.text();
}

std::string parameter_text(const FieldInfo& field, const ParameterSpec& parameter) {
  if (const auto* file = std::get_if<FileArray>(&parameter)) return file_array_text(*file);
  if (const auto* drawn = std::get_if<Distribution>(&parameter)) return distribution_text(*drawn);
  return literal_text(field, std::get<FieldValue>(parameter));
}

std::string population_text(const PopulationSpec& population, WrittenFields written) {
  FlowMap map;
  map.add("model", population.model)
      .add("shape", flow_list(population.shape, integer_text<std::size_t>));
  if (population.source) {
    std::visit(SourceWriter{map}, *population.source);
  } else {
    FlowMap parameters;
    for (std::size_t k = 0; k < population.parameters.size(); ++k) {
      const FieldInfo& field = population.info->fields[k];
      const auto* const value = std::get_if<FieldValue>(&population.parameters[k]);
      const bool shown =
          written == WrittenFields::kAll || value == nullptr || !is_default(field, *value);
      parameters.add_if(shown, field.name, parameter_text(field, population.parameters[k]));
    }
    map.add("parameters", parameters.text());
    map.add("learn", flow_list(population.learn, [&population](std::size_t k) {
              return population.info->fields[k].name;
            }));
  }
  return map.text();
}

/// Of [vertical, horizontal]: one number where they are equal.
std::string pair_text(const std::array<std::int64_t, 2>& pair) {
  return pair[0] == pair[1] ? integer_text(pair[0]) : flow_list(pair, integer_text<std::int64_t>);
}

std::string connect_text(const ConnectSpec& connect) {
  FlowMap map;
  map.add("type", std::string(kConnectNames[static_cast<std::size_t>(connect.kind)]));
  if (connect.kind == Connect::kFixedProbability) {
    map.add("p", number_text(connect.probability));
  } else if (connect.kind == Connect::kFixedIndegree) {
    map.add("indegree", integer_text(connect.indegree));
  } else if (connect.kind == Connect::kPairs) {
    map.add("file", scalar_text(connect.pairs.file))
        .add("dataset", scalar_text(connect.pairs.dataset));
  } else if (connect.kind == Connect::kConv2d || connect.kind == Connect::kPool2d) {
    map.add("kernel", pair_text(connect.window.kernel))
        .add("stride", pair_text(connect.window.stride))
        .add("padding", pair_text(connect.window.padding));
  }
  return map.text();
}

std::string weights_text(const WeightSpec& weights) {
  if (const auto* file = std::get_if<FileArray>(&weights)) return file_array_text(*file);
  FlowMap map;
  if (weights.index() < kWeightInitNames.size()) {
    map.add("init", std::string(kWeightInitNames[weights.index()]));
  }
  std::visit(
      [&map](const auto& spec) {
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(spec)>, FileArray>) {
          visit_keys(spec, [&map](const char* key, double value, const Range&) {
            map.add(key, number_text(value));
          });
        }
      },
      weights);
  return map.text();
}

std::string projection_text(const ProjectionSpec& projection, const Description& description,
                            WrittenFields written) {
  const bool all = written == WrittenFields::kAll;
  const ProjectionSpec fresh;
  FlowMap map;
  map.add("from", scalar_text(description.populations[projection.from].name))
      .add("to", scalar_text(description.populations[projection.to].name))
      .add("name", scalar_text(projection.name))
      .add("connect", connect_text(projection.connect))
      .add("weights", weights_text(projection.weights))
      .add("delay", projection.drawn_delay ? distribution_text(*projection.drawn_delay)
                                           : integer_text(projection.delay))
      .add_if(all || projection.storage != fresh.storage, "storage",
              std::string(kStorageNames[static_cast<std::size_t>(projection.storage)]))
      .add_if(all || projection.learn, "learn", projection.learn ? "true" : "false")
      .add_if(all || projection.bits > 0, "bits",
              projection.bits > 0 ? integer_text(projection.bits) : "none");
  const ModelInfo* const to = description.populations[projection.to].info;
  const bool chooses = to != nullptr && to->receptors != nullptr;
  map.add_if(chooses && (all || projection.receptor != fresh.receptor), "receptor",
             integer_text(projection.receptor));
  return map.text();
}

/// `all`, a range where it is one, or the ids.
std::string neurons_text(const std::vector<NeuronId>& neurons, std::size_t size) {
  bool consecutive = !neurons.empty();
  for (std::size_t k = 0; k < neurons.size(); ++k) {
    consecutive = consecutive && neurons[k] == neurons[0] + k;
  }
  if (consecutive && neurons.size() == size) return "all";
  if (!consecutive || neurons.size() < 3) return flow_list(neurons, integer_text<NeuronId>);
  return integer_text(neurons.front()) + ".." + integer_text(neurons.back());
}

std::string record_text(const Description& description) {
  const auto name_of = [&](std::size_t k) { return scalar_text(description.populations[k].name); };
  FlowMap states;
  for (const StateRecordSpec& record : description.record.states) {
    FlowMap map;
    map.add("variables", flow_list(record.variables, scalar_text))
        .add("neurons",
             neurons_text(record.neurons, description.populations[record.population].size));
    states.add(name_of(record.population), map.text());
  }
  const auto spikes = [&](const SpikeRecordSpec& record) {
    if (record.neurons.empty()) return name_of(record.population);
    FlowMap map;
    map.add("population", name_of(record.population))
        .add("neurons",
             neurons_text(record.neurons, description.populations[record.population].size));
    return map.text();
  };
  return "record:\n  spikes: " + flow_list(description.record.spikes, spikes) +
         "\n  states: " + states.text() + "\n";
}

std::string training_text(const std::vector<FieldValue>& training, WrittenFields written) {
  std::string text;
  for (std::size_t k = 0; k < training.size(); ++k) {
    const FieldInfo& field = Training::kFields[k];
    if (written == WrittenFields::kSet && is_default(field, training[k])) continue;
    text += "  " + std::string(field.name) + ": " + literal_text(field, training[k]) + "\n";
  }
  return text.empty() ? "" : "training:\n" + text;
}

std::string time_text(const TimeSpec& time) {
  FlowMap blank;
  blank.add("before", integer_text(time.blank_before)).add("after", integer_text(time.blank_after));
  return FlowMap()
      .add("steps", integer_text(time.steps))
      .add("step_ms", number_text(time.step_ms))
      .add("blank_steps", blank.text())
      .text();
}

}  // namespace

std::string number_text(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string scalar_text(std::string_view text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '.' ||
           c == '-';
  };
  // A first letter or slash cannot begin a number; the words are those YAML reads as something
  // else than text.
  const bool starts_plain =
      !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/');
  const bool reserved = text == "null" || text == "Null" || text == "NULL" || text == "all" ||
                        text == "none" || text == "true" || text == "false";
  if (starts_plain && !reserved && std::all_of(text.begin(), text.end(), plain)) {
    return std::string(text);
  }
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : std::string(1, c);
  }
  return result + "\"";
}

std::string to_yaml(const Description& description, WrittenFields fields) {
  std::string text = "format: " + std::string(kFormat) + "\n";
  text += "name: " + scalar_text(description.name) + "\n";
  text += "seed: " + integer_text(description.seed) + "\n";
  text += "precision: " +
          std::string(kPrecisionNames[static_cast<std::size_t>(description.precision)]) + "\n";
  text += "time: " + time_text(description.time) + "\n";
  if (description.data) text += "data: " + data_text(*description.data, fields) + "\n";
  text += "populations:\n";
  for (const PopulationSpec& population : description.populations) {
    text += "  " + scalar_text(population.name) + ": " + population_text(population, fields) + "\n";
  }
  text += description.projections.empty() ? "projections: []\n" : "projections:\n";
  for (const ProjectionSpec& projection : description.projections) {
    text += "  - " + projection_text(projection, description, fields) + "\n";
  }
  return text + record_text(description) + training_text(description.training, fields);
}

}  // namespace neurosim
