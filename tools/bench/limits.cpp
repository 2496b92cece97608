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

/// Two halves of the slab side by side, since four sums alone would wait for one another.
[[gnu::target("avx512f")]] float sum_slab_avx512(const float* slab, float value) {
  constexpr std::size_t kHalf = kRows / 2 * kTargets;
  __m512 sum[8] = {};
  const __m512 factor = _mm512_set1_ps(value);
  for (const float* row = slab; row < slab + kHalf; row += kTargets) {
    for (std::size_t v = 0; v < 4; ++v) {
      sum[v] = _mm512_fmadd_ps(_mm512_load_ps(row + 16 * v), factor, sum[v]);
      sum[4 + v] = _mm512_fmadd_ps(_mm512_load_ps(row + kHalf + 16 * v), factor, sum[4 + v]);
    }
  }
  __m512 total = sum[0];
  for (std::size_t v = 1; v < 8; ++v) total = _mm512_add_ps(total, sum[v]);
  return _mm512_cvtss_f32(total);
}

constexpr int kChains = 12, kLinks = 4096;

[[gnu::target("avx2,fma")]] float multiply_avx2(float value) {
  __m256 sum[kChains] = {};
  const __m256 factor = _mm256_set1_ps(value);
  for (int k = 0; k < kLinks; ++k) {
    for (__m256& s : sum) s = _mm256_fmadd_ps(s, factor, factor);
  }
  for (const __m256& s : sum) sum[0] = _mm256_add_ps(sum[0], s);
  return _mm256_cvtss_f32(sum[0]);
}

[[gnu::target("avx512f")]] float multiply_avx512(float value) {
  __m512 sum[kChains] = {};
  const __m512 factor = _mm512_set1_ps(value);
  for (int k = 0; k < kLinks; ++k) {
    for (__m512& s : sum) s = _mm512_fmadd_ps(s, factor, factor);
  }
  for (const __m512& s : sum) sum[0] = _mm512_add_ps(sum[0], s);
  return _mm512_cvtss_f32(sum[0]);
}
#endif

bool has_avx2() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool has_avx512() {
#ifdef __x86_64__
  return has_avx2() && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

}  // namespace

double weight_limit() {
  const AlignedVector<float> slab(kRows * kTargets, 1.0f);
  float (*sum)(const float*, float) = &sum_slab;
#ifdef __x86_64__
  if (has_avx2()) sum = &sum_slab_avx2;
  if (has_avx512()) sum = &sum_slab_avx512;
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

double memory_limit() {
  constexpr std::size_t kCount = std::size_t{16} << 20;
  std::vector<float> a(kCount, 1.0f), b(kCount, 2.0f), c(kCount, 3.0f);
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    runs.push_back(seconds([&] {
      for (std::size_t k = 0; k < kCount; ++k) a[k] = b[k] + 0.5f * c[k];
    }));
    b[0] += a[kCount - 1];
  }
  return 3.0 * sizeof(float) * kCount / median(runs);
}

std::optional<double> multiply_limit() {
  if (!has_avx2()) return std::nullopt;
#ifdef __x86_64__
  float (*const multiply)(float) = has_avx512() ? &multiply_avx512 : &multiply_avx2;
  const int lanes = has_avx512() ? 16 : 8;
  constexpr int kRepeats = 200;
  volatile float sink = 0;
  std::vector<double> runs;
  for (int run = 0; run < 9; ++run) {
    runs.push_back(seconds([&] {
      for (int k = 0; k < kRepeats; ++k) sink = multiply(sink * 0 + 0.5f);
    }));
  }
  return 1.0 * kRepeats * kLinks * kChains * lanes / median(runs);
#endif
}

}  // namespace neurosim::bench
