#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "sim/core/record.hpp"
#include "sim/core/sample_watch.hpp"

namespace neurosim {

struct PoolOptions {
  std::size_t samples = 0;
  unsigned threads = 1;
  /// Once it is set, no new sample starts, and those under way may be given up.
  const std::atomic<bool>* interrupt = nullptr;
  /// Called a few times a second on the calling thread while it waits, with the samples that were
  /// consumed and the parts of those under way.
  std::function<void(double done)> waiting = {};
};

/// Runs one sample into a record; made once a thread, so that it may own an engine. The record of
/// a sample that gave up is not used.
using SampleRunner =
    std::function<void(std::size_t sample, SampleRecord& record, SampleWatch& watch)>;

/// Runs samples 0 .. samples - 1 on threads and hands their records to `consume` in order, on the
/// calling thread. Few records are alive at a time, whatever the number of samples. Returns how
/// many were consumed: fewer than asked for only after an interrupt. The first exception of a
/// runner or of `consume` stops everything and is thrown here.
std::size_t run_samples(const PoolOptions& options,
                        const std::function<SampleRunner()>& make_runner,
                        const std::function<void(const SampleRecord&)>& consume);

}  // namespace neurosim
