#pragma once

#include <string_view>

namespace neurosim {

/// Instruction sets that loops are compiled for, each including those before it.
enum class SimdTarget { kBaseline, kAvx2, kAvx512 };

/// The best that the processor has; the environment variable NEUROSIM_SIMD may name a lesser one.
/// Throws UsageError for what it cannot be.
SimdTarget simd_target();

/// `baseline`, `avx2` or `avx512`.
std::string_view simd_name(SimdTarget target);

}  // namespace neurosim
