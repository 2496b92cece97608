#define NS_TARGET avx2
#include "encoders/draws_impl.hpp"
