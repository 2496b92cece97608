#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// What a price is for.
enum class EnergyTerm {
  kAccumulate,          ///< adding a weight
  kMultiplyAccumulate,  ///< adding a weight times a value
  kNeuronUpdate,   ///< with an input; where the device skips resting neurons, any that was computed
  kRestingUpdate,  ///< without an input, where the device updates every neuron at every step
  kSpike,          ///< sending a spike
};
inline constexpr std::size_t kEnergyTerms = 5;

/// Name in price tables and results.
std::string_view name_of(EnergyTerm term);

struct Price {
  double pj = 0;  ///< >= 0
  std::string source;
  bool included = false;  ///< in another price of the device, and 0 here
};

struct MemoryPrice {
  std::uint64_t up_to_bytes = UINT64_MAX;  ///< size of the memory
  Price access;                            ///< of 64 bits
};

/// A price table: what one piece of hardware takes for each kind of work.
struct Device {
  std::string name, title, scope;
  std::int64_t version = 1;
  bool skips_silent_synapses = true;
  bool skips_resting_neurons = true;
  std::optional<std::uint64_t> value_bytes;  ///< none: as simulated
  std::array<std::optional<Price>, kEnergyTerms> prices;
  std::vector<MemoryPrice> memory;  ///< ascending; empty: without a price

  const std::optional<Price>& price(EnergyTerm term) const {
    return prices[static_cast<std::size_t>(term)];
  }
  /// Price of 64 bits in a memory of this size; nullptr: none.
  const Price* memory_price(std::uint64_t bytes) const;
};

/// Reads tables (format: devices/prices.yaml). `file` is for messages. Throws ConfigError with
/// every mistake.
std::vector<Device> parse_devices(const std::string& yaml, const std::string& file);

/// The tables of a file. Throws DataError, ConfigError.
std::vector<Device> read_devices(const std::string& file);

/// The tables that come with the program, devices/prices.yaml.
const std::vector<Device>& built_in_devices();

}  // namespace neurosim
