// Network files.

#include <string>

#include "fuzz_file.hpp"
#include "sim/network/read_description.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    const auto description = neurosim::parse_description(
        std::string(reinterpret_cast<const char*>(bytes), size), "net.yaml");
    neurosim::to_yaml(description);
  } catch (const neurosim::DataError&) {
  } catch (const neurosim::ConfigError&) {
  }
  return 0;
}
