#include "sim/network/kernels.hpp"

namespace neurosim {

namespace baseline {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace baseline
namespace avx2 {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace avx2

namespace {

bool has_avx2() {
#ifdef NEUROSIM_AVX2
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

template <class T>
Kernels<T> choose() {
#ifdef NEUROSIM_AVX2
  if (has_avx2()) {
    if constexpr (std::is_same_v<T, float>) return avx2::kernels_float();
    if constexpr (std::is_same_v<T, double>) return avx2::kernels_double();
  }
#endif
  if constexpr (std::is_same_v<T, float>) return baseline::kernels_float();
  if constexpr (std::is_same_v<T, double>) return baseline::kernels_double();
}

}  // namespace

template <class T>
const Kernels<T>& kernels() {
  static const Kernels<T> chosen = choose<T>();
  return chosen;
}

template const Kernels<float>& kernels();
template const Kernels<double>& kernels();

std::string_view simd_target() { return has_avx2() ? "avx2" : "baseline"; }

}  // namespace neurosim
