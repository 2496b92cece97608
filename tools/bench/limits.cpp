#include "sim/core/aligned.hpp"
#include "tools/bench/bench.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace neurosim::bench {
namespace {

constexpr std::size_t kRows = 784, kTargets = 64;

/// Sums the rows of a slab with eight sums in registers, as the delivery does, but in address
/// order.
float sum_slab(const float* slab, float value) {
  float sum[kTargets] = {};
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t k = 0; k < kTargets; ++k) sum[k] += slab[row * kTargets + k] * value;
  }
  return sum[0];
}

#ifdef __x86_64__
[[gnu::target("avx2,fma")]] float sum_slab_avx2(const float* slab, float value) {
  __m256 sum[kTargets / 8] = {};
  const __m256 factor = _mm256_set1_ps(value);
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t v = 0; v < kTargets / 8; ++v) {
      sum[v] = _mm256_fmadd_ps(_mm256_load_ps(slab + row * kTargets + 8 * v), factor, sum[v]);
    }
  }
  __m256 total = sum[0];
  for (std::size_t v = 1; v < kTargets / 8; ++v) total = _mm256_add_ps(total, sum[v]);
  return _mm256_cvtss_f32(total);
}
#endif

}  // namespace

double weight_limit() {
  const AlignedVector<float> slab(kRows * kTargets, 1.0f);
  float (*sum)(const float*, float) = &sum_slab;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sum = &sum_slab_avx2;
#endif
  constexpr int kRepeats = 2000;
  volatile float sink = 0;
  std::vector<double> runs;
  for (int run = 0; run < 9; ++run) {
    runs.push_back(seconds([&] {
      for (int k = 0; k < kRepeats; ++k) sink = sum(slab.data(), sink * 0 + 0.5f);
    }));
  }
  return kRepeats * static_cast<double>(kRows * kTargets) / median(runs);
}

}  // namespace neurosim::bench
