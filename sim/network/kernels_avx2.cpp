#define NS_TARGET avx2
#include "sim/network/kernels_impl.hpp"
