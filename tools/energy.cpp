#include "experiments/energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/commands.hpp"
#include "tools/energy_text.hpp"
#include "tools/summary.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "device",
               .kind = OptionKind::kRepeatedValue,
               .value = "NAME",
               .sentence = "only this device, layer by layer; may be repeated (default: all)"},
    OptionInfo{.name = "prices",
               .kind = OptionKind::kRepeatedValue,
               .value = "FILE",
               .sentence = "YAML with price tables of your own, before the built-in ones"},
    OptionInfo{.name = "json", .sentence = "print one JSON object"},
    OptionInfo{.name = "csv", .sentence = "print one row a device and population, in pJ"},
};

/// The user's tables, then those of the program that have no namesake among them.
std::vector<Device> known_devices(const CommandLine& line) {
  std::vector<Device> devices;
  const auto add = [&](const Device& device) {
    if (std::ranges::count(devices, device.name, &Device::name) == 0) devices.push_back(device);
  };
  for (const std::string& file : line.values("prices")) {
    for (const Device& device : read_devices(file)) add(device);
  }
  for (const Device& device : built_in_devices()) add(device);
  return devices;
}

std::vector<Device> chosen_devices(const CommandLine& line) {
  std::vector<Device> known = known_devices(line);
  if (!line.has("device")) return known;
  std::vector<Device> chosen;
  for (const std::string& name : line.values("device")) {
    const auto found = std::ranges::find(known, name, &Device::name);
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const Device& device : known) names.push_back(device.name);
      throw UsageError("--device: unknown device " + unknown_name(name, names));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

ExitCode energy(const CommandLine& line) {
  if (line.has("json") && line.has("csv")) throw UsageError("--json and --csv exclude each other");
  const std::vector<Device> devices = chosen_devices(line);
  const Results results(line.operands().front());
  const NetworkWork work = count_work(results);
  std::vector<EnergyEstimate> estimates;
  for (const Device& device : devices) estimates.push_back(estimate_energy(work, device));
  if (line.has("json")) {
    fmt::print("{}", json_text(energy_json(work, estimates, devices)));
    return ExitCode::kSuccess;
  }
  if (line.has("csv")) {
    fmt::print("{}", energy_csv(work, estimates));
    return ExitCode::kSuccess;
  }
  const Terminal terminal = terminal_of(stdout);
  fmt::print("network   {}\n{}\n{}", work.network, work_text(work, terminal),
             energy_text(work, estimates, terminal));
  if (line.has("device")) {
    for (const EnergyEstimate& estimate : estimates) {
      fmt::print("\n{}", layer_energy_text(work, estimate, terminal));
    }
  }
  return ExitCode::kSuccess;
}

}  // namespace

const CommandInfo kEnergyCommand = {
    .name = "energy",
    .operands = "out.h5",
    .fewest = 1,
    .most = 1,
    .sentence =
        "Counts the work of a run exactly, and prices it for known hardware. Prices are proxies "
        "from "
        "published tables; compute and memory are apart, and the same network without spikes "
        "stands "
        "beside it.",
    .examples =
        "  neurosim energy out.h5\n"
        "  neurosim energy out.h5 --device loihi --device cmos45-int8\n"
        "  neurosim energy out.h5 --prices mine.yaml --device mine --json\n",
    .options = kOptions,
    .run = &energy};

}  // namespace neurosim
