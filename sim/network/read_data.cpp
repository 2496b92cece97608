// The part `data:` of a description.

#include <algorithm>
#include <limits>
#include <optional>

#include "sim/network/readers.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kDrawnDataset = "synthetic-digits";

template <class Rows>
std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

void read_sample_count(ConfigMap& map, DataSpec& data) {
  const ConfigNode node = map.get("samples");
  const bool drawn = data.dataset == kDrawnDataset;
  if (!node.present()) {
    if (drawn) map.missing("samples", ": synthetic-digits are drawn, so say how many");
    return;
  }
  if (node.is_word("all")) {
    if (drawn) node.error("synthetic-digits are drawn, so say how many instead of \"all\"");
    return;
  }
  std::int64_t samples = 0;
  if (node.read(samples, {1, std::numeric_limits<std::uint32_t>::max()})) data.samples = samples;
}

void read_hold_out(const ConfigNode& node, DataSpec& data) {
  if (!node.present()) return;
  ConfigMap map = node.map();
  HoldOut& hold_out = data.hold_out.emplace();
  const Range open_unit = {.low = 0, .high = 1, .low_open = true, .high_open = true};
  map.get("share").read(hold_out.share, open_unit);
  map.get("stratified").read(hold_out.stratified);
  map.reject_unknown();
}

void read_size(const ConfigNode& node, std::size_t& size) {
  constexpr IntegerRange kPixels = {1, 1 << 16};
  std::int64_t pixels = 0;
  if (node.read(pixels, kPixels)) size = static_cast<std::size_t>(pixels);
}

/// The keys by which a dataset of the user's own is found.
void read_files(ConfigMap& map, const DatasetName& set, const std::string& description_file,
                DataSpec& data) {
  if (set.items_key.empty()) return;
  read_path(map.required(set.items_key), description_file, data.files.items);
  if (set.kind == DataKind::kEvents) {
    read_size(map.get("width"), data.files.width);
    read_size(map.get("height"), data.files.height);
  } else {
    read_path(map.get("labels"), description_file, data.files.labels);
  }
  read_hold_out(map.get("hold_out"), data);
}

void read_camera(const ConfigNode& node, const DatasetName& set, DataSpec& data) {
  if (!node.present()) return;
  if (set.kind != DataKind::kImages) {
    node.error("a camera looks at images, and " + data.dataset + " holds " +
               std::string(kDataKindNames[static_cast<std::size_t>(set.kind)]));
    return;
  }
  ConfigMap map = node.map();
  std::size_t type = 0;
  map.get("type").read_choice(type, std::span(&kCameraName, 1));
  read_values(map, Encoding::kCameraFields, data.camera.emplace());
  map.reject_unknown();
}

/// An encoder must have been made for what the dataset holds.
void check_kind(const ConfigNode& node, DataKind kind, Encoding::Type type) {
  const auto index = static_cast<std::size_t>(kind);
  if (Encoding::kTypes[type].takes[index]) return;
  std::vector<std::string_view> fitting;
  for (const Encoding::Info& info : Encoding::kTypes) {
    if (info.takes[index]) fitting.push_back(info.name);
  }
  std::string names;
  for (const std::string_view name : fitting)
    names += (names.empty() ? "" : ", ") + std::string(name);
  node.error(std::string(Encoding::kTypes[type].name) + " does not encode " +
             std::string(kDataKindNames[index]) + "; what does: " + names);
}

void accept_fields_of_all(ConfigMap& map) {
  for (const Encoding::Info& info : Encoding::kTypes) {
    for (const FieldInfo& field : info.fields) map.get(field.name);
  }
}

bool has_misspelt_type(const ConfigMap& map) {
  static constexpr std::string_view kType = "type";
  return std::ranges::any_of(map.entries(), [](const ConfigMap::Entry& entry) {
    return nearest_name(entry.key, std::span(&kType, 1)).has_value();
  });
}

/// No kind: it is unknown what the dataset holds.
void read_encoder(const ConfigNode& node, Tick steps, std::optional<DataKind> kind,
                  EncoderSpec& encoder) {
  encoder.type = Encoding::usual(kind.value_or(DataKind::kImages));
  if (!node.present()) {
    for (const FieldInfo& field : Encoding::kTypes[encoder.type].fields) {
      encoder.values.push_back(default_value(field));
    }
    return;
  }
  ConfigMap map = node.map();
  const ConfigNode name = map.get("type");
  std::size_t type = encoder.type;
  const bool known = name.present() ? name.read_choice(type, names_of(Encoding::kTypes))
                                    : kind && !has_misspelt_type(map);
  encoder.type = static_cast<Encoding::Type>(type);
  const auto fields = Encoding::kTypes[type].fields;
  read_values(map, fields, encoder.values);
  for (std::size_t k = 0; k < fields.size(); ++k) {
    if (fields[k].unit != "steps" || fields[k].kind != FieldKind::kInteger) continue;
    // The table knows no number of steps; what it refuses itself is reported already.
    Tick tick = 0;
    if (encoder.values[k][0] > static_cast<double>(steps)) {
      map.get(fields[k].name).read(tick, {0, steps});
    }
  }
  if (!known) accept_fields_of_all(map);
  if (kind && known) check_kind(name.present() ? name : node, *kind, encoder.type);
  map.reject_unknown();
}

}  // namespace

void read_data(const ConfigNode& node, const KnownTime& time, Description& description) {
  if (!node.present()) return;
  ConfigMap map = node.map();
  DataSpec data;
  std::size_t index = 0;
  const bool known = map.required("dataset").read_choice(index, names_of(kDatasets));
  const DatasetName& set = kDatasets[index];
  data.dataset = set.name;
  std::size_t split = 1;
  const ConfigNode split_node = map.get("split");
  split_node.read_choice(split, kSplitNames);
  data.split = kSplitNames[split];
  if (known) {
    read_files(map, set, description.file, data);
  } else {
    read_hold_out(map.get("hold_out"), data);
  }
  if (split_node.present() && !has_splits(data)) {
    split_node.error(data.dataset + " has no splits; add hold_out: { share: 0.1 } to draw one");
  }
  read_sample_count(map, data);
  map.get("first").read(data.first, {0, std::numeric_limits<std::uint32_t>::max()});
  read_camera(map.get("camera"), set, data);
  const auto kind = known ? std::optional(encoded_kind(data)) : std::nullopt;
  read_encoder(map.get("encoder"), time.steps, kind, data.encoder);
  if (known) {
    map.reject_unknown();
  } else {
    reject_keys_of_no_kind(map, NetworkKeys::kData);
  }
  description.data = std::move(data);
}

}  // namespace neurosim
