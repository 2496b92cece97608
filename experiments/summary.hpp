#pragma once

#include <cstdint>
#include <vector>

#include "experiments/run.hpp"
#include "sim/core/record.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// Adds up a run for the table at its end.
class SummarySink final : public Sink {
 public:
  explicit SummarySink(const Description& description);
  void sample(const SampleRecord& record) override;
  void end(RunEnd how) override;
  std::size_t samples() const { return summary_.samples; }
  /// REQUIRES: end() was called.
  const RunSummary& summary() const { return summary_; }

 private:
  const Description& description_;
  RunSummary summary_;
  std::vector<std::vector<std::uint8_t>> fired_;  ///< [population][neuron]
};

}  // namespace neurosim
