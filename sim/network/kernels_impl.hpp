// Included by one .cpp for each instruction set, which defines NS_TARGET as its namespace. Only
// always-inlined functions may be used here: a shared symbol compiled for a newer instruction set
// could be picked by the linker for an older processor.

#include "sim/network/kernels.hpp"

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace neurosim::NS_TARGET {
namespace {

#ifdef __AVX2__
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float Type __attribute__((vector_size(kVectorBytes), aligned(16)));
};
template <>
struct VectorOf<double> {
  typedef double Type __attribute__((vector_size(kVectorBytes), aligned(16)));
};
template <class T>
using Vector = typename VectorOf<T>::Type;

template <class V>
NS_KERNEL V fma_lanes(V a, V b, V c) {
#ifdef __AVX2__
  if constexpr (sizeof(a[0]) == 4) {
    return _mm256_fmadd_ps(a, b, c);
  } else {
    return _mm256_fmadd_pd(a, b, c);
  }
#else
  V result{};
  for (std::size_t k = 0; k < sizeof(V) / sizeof(a[0]); ++k) result[k] = fma(a[k], b[k], c[k]);
  return result;
#endif
}

template <class Model, class T>
std::uint32_t step(const void* parameters, const void* cells, void* state, const T* input,
                   const StepContext& context, T* output) {
  return Model::step(*static_cast<const typename Model::template Parameters<T>*>(parameters),
                     *static_cast<const typename Model::template Cells<T>*>(cells),
                     *static_cast<typename Model::template State<T>*>(state), input, context,
                     output);
}

/// Sums the rows of all spikes for kCount vectors of targets, which stay in registers meanwhile.
template <int kCount, bool kGraded, class T>
NS_KERNEL void sum_rows(const T* weights, std::size_t stride, const NeuronId* ids,
                        const double* values, std::size_t spikes, const T* start, T* output) {
  using V = Vector<T>;
  constexpr std::size_t kLanes = sizeof(V) / sizeof(T);
  V sum[kCount];
  for (int v = 0; v < kCount; ++v) {
    sum[v] = *reinterpret_cast<const V*>(start + static_cast<std::size_t>(v) * kLanes);
  }
  for (std::size_t k = 0; k < spikes; ++k) {
    const T* row = weights + ids[k] * stride;
    if constexpr (kGraded) {
      const T value = static_cast<T>(values[k]);
      const V spread = value - V{};
      for (int v = 0; v < kCount; ++v) {
        const V w = *reinterpret_cast<const V*>(row + static_cast<std::size_t>(v) * kLanes);
        sum[v] = fma_lanes(w, spread, sum[v]);
      }
    } else {
      for (int v = 0; v < kCount; ++v) {
        sum[v] += *reinterpret_cast<const V*>(row + static_cast<std::size_t>(v) * kLanes);
      }
    }
  }
  for (int v = 0; v < kCount; ++v) {
    *reinterpret_cast<V*>(output + static_cast<std::size_t>(v) * kLanes) = sum[v];
  }
}

template <bool kGraded, class T>
NS_KERNEL void deliver_width(const T* weights, int width, std::span<const NeuronId> ids,
                             const double* values, const T* start, T* sum) {
  constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));
  constexpr int kGroup = kLaneGroup / kLanes;  // vectors in a lane group: 2, 4 or 8
  // At most eight sums at a time, so that they and the loaded rows fit 16 registers.
  constexpr int kMost = kGroup > 4 ? kGroup : 8 / kGroup * kGroup;
  const auto stride = static_cast<std::size_t>(width);
  int first = 0;
  for (; first + kMost * kLanes <= width; first += kMost * kLanes) {
    sum_rows<kMost, kGraded>(weights + first, stride, ids.data(), values, ids.size(), start + first,
                             sum + first);
  }
  if (width - first == 3 * kLaneGroup) {
    sum_rows<3 * kGroup, kGraded>(weights + first, stride, ids.data(), values, ids.size(),
                                  start + first, sum + first);
    return;
  }
  for (; first < width; first += kLaneGroup) {
    sum_rows<kGroup, kGraded>(weights + first, stride, ids.data(), values, ids.size(),
                              start + first, sum + first);
  }
}

template <class T>
void deliver_dense(const T* weights, int width, std::span<const NeuronId> ids,
                   std::span<const double> values, const T* start, T* sum) {
  if (values.empty()) {
    deliver_width<false>(weights, width, ids, nullptr, start, sum);
  } else {
    deliver_width<true>(weights, width, ids, values.data(), start, sum);
  }
}

template <class T>
void deliver_sparse(const NeuronId* target, const T* weight, std::size_t count, T value, T* input) {
  for (std::size_t k = 0; k < count; ++k) {
    input[target[k]] = fma(weight[k], value, input[target[k]]);
  }
}

template <class T>
void add_row(const T* row, T value, std::size_t count, T* input) {
  for (std::size_t k = 0; k < count; ++k) input[k] = fma(row[k], value, input[k]);
}

template <class T>
std::uint64_t spike_mask(const T* output, int width) {
  std::uint64_t mask = 0;
#ifdef __AVX2__
  if constexpr (sizeof(T) == 4) {
    for (int k = 0; k < width; k += 8) {
      const __m256 positive =
          _mm256_cmp_ps(_mm256_loadu_ps(output + k), _mm256_setzero_ps(), _CMP_GT_OQ);
      mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(positive))) << k;
    }
  } else {
    for (int k = 0; k < width; k += 4) {
      const __m256d positive =
          _mm256_cmp_pd(_mm256_loadu_pd(output + k), _mm256_setzero_pd(), _CMP_GT_OQ);
      mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_pd(positive))) << k;
    }
  }
#else
  for (int k = 0; k < width; ++k) {
    mask |= static_cast<std::uint64_t>(output[k] > T(0)) << k;
  }
#endif
  return mask;
}

template <class T, class... Models>
Kernels<T> make_kernels(std::tuple<Models...>*) {
  return {.step = {&step<Models, T>...},
          .deliver_dense = &deliver_dense<T>,
          .deliver_sparse = &deliver_sparse<T>,
          .add_row = &add_row<T>,
          .spike_mask = &spike_mask<T>};
}

}  // namespace

Kernels<float> kernels_float() { return make_kernels<float>(static_cast<ModelList*>(nullptr)); }
Kernels<double> kernels_double() { return make_kernels<double>(static_cast<ModelList*>(nullptr)); }

}  // namespace neurosim::NS_TARGET
