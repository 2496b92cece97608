// HDF5: events, results and traces, SONATA spikes. HDF5 1.10 itself is not made for hostile files:
// see README.md.

#include "fuzz_file.hpp"
#include "sim/io/event_file.hpp"
#include "sim/io/results.hpp"

namespace neurosim {
namespace {

template <class Read>
void tolerant(Read read) {
  try {
    read();
  } catch (const DataError&) {
  }
}

void read_everything(const std::string& path) {
  if (!is_hdf5(path)) return;
  tolerant([&] { read_hdf5_events(path, 0, 0); });
  tolerant([&] {
    const SpikeFile spikes({.file = path, .population = "in", .step_ms = 1}, 64);
    SpikeTrain train;
    for (std::size_t s = 0; s < spikes.samples() && s < 4; ++s) spikes.read(s, 0, 100, train);
  });
  tolerant([&] {
    const Results results(path);
    for (std::size_t p = 0; p < results.header().populations.size(); ++p) {
      if (results.has_raster(p) && results.samples() > 0) results.raster(p, 0);
    }
  });
}

}  // namespace
}  // namespace neurosim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return neurosim::fuzz::read_as_file(bytes, size, ".h5", neurosim::read_everything);
}
