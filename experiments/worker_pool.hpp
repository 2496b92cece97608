#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "sim/core/record.hpp"

namespace neurosim {

struct PoolOptions {
  std::size_t samples = 0;
  unsigned threads = 1;
  const std::atomic<bool>* interrupt = nullptr;  ///< no new sample starts once it is set
};

/// Runs one sample into a record; made once a thread, so that it may own an engine.
using SampleRunner = std::function<void(std::size_t sample, SampleRecord& record)>;

/// Runs samples 0 .. samples - 1 on threads and hands their records to `consume` in order, on the
/// calling thread. Few records are alive at a time, whatever the number of samples. Returns how
/// many were consumed: fewer than asked for only after an interrupt. The first exception of a
/// runner or of `consume` stops everything and is thrown here.
std::size_t run_samples(const PoolOptions& options,
                        const std::function<SampleRunner()>& make_runner,
                        const std::function<void(const SampleRecord&)>& consume);

}  // namespace neurosim
