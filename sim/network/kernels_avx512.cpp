#define NS_TARGET avx512
#include "sim/network/kernels_impl.hpp"
