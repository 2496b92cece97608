#define NS_TARGET baseline
#include "sim/network/kernels_impl.hpp"
