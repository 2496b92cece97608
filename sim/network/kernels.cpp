#include "sim/network/kernels.hpp"

#include <type_traits>

#include "sim/core/simd.hpp"

namespace neurosim {

namespace baseline {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace baseline
namespace avx2 {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace avx2
namespace avx512 {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace avx512

namespace {

template <class T>
Kernels<T> choose() {
  constexpr bool kSingle = std::is_same_v<T, float>;
#ifdef NEUROSIM_X86
  if (simd_target() == SimdTarget::kAvx512) {
    if constexpr (kSingle) return avx512::kernels_float();
    if constexpr (!kSingle) return avx512::kernels_double();
  }
  if (simd_target() == SimdTarget::kAvx2) {
    if constexpr (kSingle) return avx2::kernels_float();
    if constexpr (!kSingle) return avx2::kernels_double();
  }
#endif
  if constexpr (kSingle) return baseline::kernels_float();
  if constexpr (!kSingle) return baseline::kernels_double();
}

}  // namespace

template <class T>
const Kernels<T>& kernels() {
  static const Kernels<T> chosen = choose<T>();
  return chosen;
}

template const Kernels<float>& kernels();
template const Kernels<double>& kernels();

}  // namespace neurosim
