// Recordings of event cameras: the first byte chooses the ending, by which formats without a
// header of their own are found.

#include "datasets/event_file.hpp"
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr const char* kEndings[] = {".bin", ".csv", ".aedat4", ".dat", ".raw", ".bs2", ".txt"};
  if (size == 0) return 0;
  const char* const ending = kEndings[bytes[0] % std::size(kEndings)];
  return neurosim::fuzz::read_as_file(bytes + 1, size - 1, ending, [](const std::string& path) {
    neurosim::read_events(path, {});
  });
}
