#pragma once

#include <memory>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/population.hpp"

namespace neurosim {

/// What both engines keep for a sample in progress: the populations' states and the record.
template <class T>
class Sample {
 public:
  Sample(const Network<T>& network, const Observation& observation);

  /// Resets states and record, and puts the sources' trains into it.
  void begin(std::size_t index, const SampleInput& input, SampleRecord& record);
  /// Fills in what is known only at the end: readout, prediction, skipped updates, final states.
  void end(SampleRecord& record) const;

  Population<T>& population(std::size_t index) { return *populations_[index]; }

 private:
  const Network<T>& network_;
  Observation observation_;
  std::vector<std::unique_ptr<Population<T>>> populations_;  ///< nullptr for sources
};

}  // namespace neurosim
