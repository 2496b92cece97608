#include "sim/network/kernels.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <type_traits>

#include "sim/core/error.hpp"

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

enum class Target { kBaseline, kAvx2, kAvx512 };
constexpr std::array<std::string_view, 3> kTargetNames = {"baseline", "avx2", "avx512"};

/// The best that the processor has; NEUROSIM_SIMD may name a lesser one.
Target choose_target() {
  Target best = Target::kBaseline;
#ifdef NEUROSIM_X86
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) best = Target::kAvx2;
  if (best == Target::kAvx2 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    best = Target::kAvx512;
  }
#endif
  const char* const wanted = std::getenv("NEUROSIM_SIMD");
  if (wanted == nullptr) return best;
  const auto found = std::ranges::find(kTargetNames, std::string_view(wanted));
  const auto target = static_cast<Target>(found - kTargetNames.begin());
  if (found == kTargetNames.end() || target > best) {
    throw UsageError(std::string("NEUROSIM_SIMD: expected baseline, avx2 or avx512, as far as this "
                                 "processor has it, got \"") +
                     wanted + "\"");
  }
  return target;
}

Target target() {
  static const Target chosen = choose_target();
  return chosen;
}

template <class T>
Kernels<T> choose() {
  constexpr bool kSingle = std::is_same_v<T, float>;
#ifdef NEUROSIM_X86
  if (target() == Target::kAvx512) {
    if constexpr (kSingle) return avx512::kernels_float();
    if constexpr (!kSingle) return avx512::kernels_double();
  }
  if (target() == Target::kAvx2) {
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

std::string_view simd_target() { return kTargetNames[static_cast<std::size_t>(target())]; }

}  // namespace neurosim
