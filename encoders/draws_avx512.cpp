#define NS_TARGET avx512
#include "encoders/draws_impl.hpp"
