#include "experiments/devices.hpp"

#include <algorithm>
#include <iterator>

#include "sim/network/config_node.hpp"

extern "C" const char neurosim_devices_yaml[];
extern "C" const std::uint64_t neurosim_devices_yaml_size;

namespace neurosim {
namespace {

constexpr std::string_view kFormat = "neurosim-devices/1";
constexpr std::array<std::string_view, kEnergyTerms> kNames = {
    "accumulate", "multiply_accumulate", "neuron_update", "resting_update", "spike"};
constexpr Range kNonNegative = {.low = 0};

void read_price(const ConfigNode& node, std::optional<Price>& price) {
  if (!node.present()) return;
  Price read;
  if (node.is_word("included")) {
    read.included = true;
    price = read;
    return;
  }
  if (!node.is_map()) {
    node.expected("`{ pj: 1.5, source: \"...\" }` or `included`");
    return;
  }
  ConfigMap map = node.map();
  const bool known = map.required("pj").read(read.pj, kNonNegative);
  const bool named = map.required("source").read(read.source);
  map.reject_unknown();
  if (known && named) price = read;
}

void read_prices(const ConfigNode& node, Device& device) {
  ConfigMap map = node.map();
  const ConfigNode both = map.get("synaptic_operation");
  read_price(both, device.prices[0]);
  device.prices[1] = device.prices[0];
  for (std::size_t term = 0; term < kEnergyTerms; ++term) {
    const ConfigNode own = map.get(kNames[term]);
    if (own.present() && both.present() && term < 2) {
      own.error("is given by synaptic_operation already");
      continue;
    }
    read_price(own, device.prices[term]);
  }
  map.reject_unknown();
  auto& resting = device.prices[static_cast<std::size_t>(EnergyTerm::kRestingUpdate)];
  if (!resting) resting = device.price(EnergyTerm::kNeuronUpdate);
}

void read_memory(const ConfigNode& node, Device& device) {
  if (!node.present()) return;
  if (node.is_word("included")) {
    device.memory.push_back({.access = {.included = true}});
    return;
  }
  std::uint64_t below = 0;
  bool open = false;
  for (const ConfigNode& item : node.items()) {
    MemoryPrice tier;
    ConfigMap map = item.map();
    const ConfigNode size = map.get("up_to_bytes");
    if (open) item.error("follows an entry without up_to_bytes, which covers every size");
    open = !size.present();
    if (size.read(tier.up_to_bytes) && tier.up_to_bytes <= below) {
      size.error("sizes must ascend");
    }
    below = tier.up_to_bytes;
    map.required("pj").read(tier.access.pj, kNonNegative);
    map.required("source").read(tier.access.source);
    map.reject_unknown();
    device.memory.push_back(tier);
  }
}

Device read_device(const ConfigMap::Entry& entry) {
  Device device = {.name = entry.key};
  ConfigMap map = entry.value.map();
  map.required("title").read(device.title);
  map.required("version").read(device.version, {.low = 1});
  map.required("scope").read(device.scope);
  map.required("skips_silent_synapses").read(device.skips_silent_synapses);
  map.required("skips_resting_neurons").read(device.skips_resting_neurons);
  std::int64_t bytes = 0;
  if (map.get("value_bytes").read(bytes, {.low = 1, .high = 16})) {
    device.value_bytes = static_cast<std::uint64_t>(bytes);
  }
  read_prices(map.required("prices"), device);
  read_memory(map.get("memory"), device);
  map.reject_unknown();
  return device;
}

}  // namespace

std::string_view name_of(EnergyTerm term) { return kNames[static_cast<std::size_t>(term)]; }

const Price* Device::memory_price(std::uint64_t bytes) const {
  const auto found = std::ranges::find_if(
      memory, [&](const MemoryPrice& tier) { return bytes <= tier.up_to_bytes; });
  return found == memory.end() ? nullptr : &found->access;
}

std::vector<Device> parse_devices(const std::string& yaml, const std::string& file) {
  ConfigLog log(file);
  const ConfigValuePtr tree = parse_config(yaml, log);
  std::vector<Device> devices;
  ConfigMap root = ConfigNode(tree, "", tree->place, log).map();
  const ConfigNode format = root.required("format");
  if (format.present() && !format.is_word(kFormat)) format.expected(std::string(kFormat));
  const ConfigNode list = root.required("devices");
  if (list.present()) {
    ConfigMap map = list.map();
    for (const auto& entry : map.entries()) devices.push_back(read_device(entry));
    if (map.ok() && devices.empty()) list.error("names no device");
  }
  root.reject_unknown();
  log.throw_if_any();
  return devices;
}

std::vector<Device> read_devices(const std::string& file) {
  return parse_devices(read_config_file(file), file);
}

const std::vector<Device>& built_in_devices() {
  static const std::vector<Device> kDevices =
      parse_devices(std::string(neurosim_devices_yaml, neurosim_devices_yaml_size), "prices.yaml");
  return kDevices;
}

}  // namespace neurosim
