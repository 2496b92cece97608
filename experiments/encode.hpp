#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "experiments/run.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

struct EncodeOptions {
  std::string output;  ///< HDF5 traces; required
  OutputFile existing = OutputFile::kKeepExisting;
  unsigned threads = 0;  ///< 0: one a processor
  std::string data_dir;
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(std::size_t done, std::size_t total)> progress;
};

struct EncodedSource {
  std::string name;
  std::size_t neurons = 0;
  std::uint64_t spikes = 0;
};

struct EncodeSummary {
  std::size_t samples = 0;  ///< done
  std::size_t samples_planned = 0;
  std::size_t labelled = 0;
  bool interrupted = false;
  double seconds = 0;
  std::uint64_t bytes = 0;  ///< of the file
  std::vector<EncodedSource> sources;
};

/// Records the spikes of every source of a description to `options.output`, as a run over the same
/// data shows them, without a network: a results file (sim/io/README.md) that `spike_file` sources
/// and `neurosim train --traces` play. Throws ConfigError, DataError.
EncodeSummary encode_data(const Description& description, const EncodeOptions& options);

}  // namespace neurosim
