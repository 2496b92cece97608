#include "sim/core/simd.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"baseline", "avx2", "avx512"};

SimdTarget best_target() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return SimdTarget::kBaseline;
  }
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return wide ? SimdTarget::kAvx512 : SimdTarget::kAvx2;
#else
  return SimdTarget::kBaseline;
#endif
}

SimdTarget choose() {
  const SimdTarget best = best_target();
  const char* const wanted = std::getenv("NEUROSIM_SIMD");
  if (wanted == nullptr) return best;
  const auto found = std::ranges::find(kNames, std::string_view(wanted));
  const auto target = static_cast<SimdTarget>(found - kNames.begin());
  if (found == kNames.end() || target > best) {
    throw UsageError(
        std::string("NEUROSIM_SIMD: expected baseline, avx2 or avx512, as far as this processor "
                    "has it, got \"") +
        wanted + "\"");
  }
  return target;
}

}  // namespace

SimdTarget simd_target() {
  static const SimdTarget chosen = choose();
  return chosen;
}

std::string_view simd_name(SimdTarget target) { return kNames[static_cast<std::size_t>(target)]; }

}  // namespace neurosim
