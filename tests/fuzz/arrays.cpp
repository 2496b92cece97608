// IDX, .npy and .npz (found by content), as numbers and as images.

#include "datasets/array_file.hpp"
#include "fuzz_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return neurosim::fuzz::read_as_file(bytes, size, "", [](const std::string& path) {
    try {
      neurosim::read_array_file(path);
    } catch (const neurosim::DataError&) {
    }
    neurosim::open_image_files(path, "");
  });
}
