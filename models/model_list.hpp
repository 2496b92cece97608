#pragma once

#include <tuple>

#include "models/cuba_lif.hpp"
#include "models/leaky_readout.hpp"
#include "models/lif.hpp"
#include "models/src_neuron.hpp"

namespace neurosim {

/// The only list of neuron models: a new model is a header beside these and a line here.
using ModelList = std::tuple<  //
    SrcNeuron,                 //
    LifNeuron,                 //
    LeakyReadout,              //
    CubaLif>;

}  // namespace neurosim
