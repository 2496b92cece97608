#define NS_TARGET baseline
#include "encoders/draws_impl.hpp"
