#pragma once

#include "sim/core/record.hpp"
#include "sim/network/network.hpp"

namespace neurosim {

/// Fills in record.projections from the spikes of a finished sample: what arrived before its end.
template <class T>
void count_events(const Network<T>& network, SampleRecord& record);

}  // namespace neurosim
