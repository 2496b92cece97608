// Included by one .cpp for each instruction set, which defines NS_TARGET as its namespace. Only
// always-inlined functions may be used here: a shared symbol compiled for a newer instruction set
// could be picked by the linker for an older processor.

#include <algorithm>

#include "sim/core/random.hpp"
#include "sim/network/kernels.hpp"

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace neurosim::NS_TARGET {
namespace {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
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
#if defined(__AVX512F__)
  if constexpr (sizeof(a[0]) == 4) {
    return _mm512_fmadd_ps(a, b, c);
  } else {
    return _mm512_fmadd_pd(a, b, c);
  }
#elif defined(__AVX2__)
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
                   const StepContext& context, T* output, const Tape<T>& tape) {
  return Model::step(*static_cast<const typename Model::template Parameters<T>*>(parameters),
                     *static_cast<const typename Model::template Cells<T>*>(cells),
                     *static_cast<typename Model::template State<T>*>(state), input, context,
                     output, tape);
}

/// Bit k is set where row[k] > 0 (kPositive) or row[k] != 0, k < width.
template <bool kPositive, class T>
NS_KERNEL std::uint64_t lane_mask(const T* row, int width) {
  std::uint64_t mask = 0;
#if defined(__AVX2__)
  constexpr int kCompare = kPositive ? _CMP_GT_OQ : _CMP_NEQ_UQ;
#endif
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    for (int k = 0; k < width; k += 16) {
      mask |=
          std::uint64_t{_mm512_cmp_ps_mask(_mm512_loadu_ps(row + k), _mm512_setzero_ps(), kCompare)}
          << k;
    }
  } else {
    for (int k = 0; k < width; k += 8) {
      mask |=
          std::uint64_t{_mm512_cmp_pd_mask(_mm512_loadu_pd(row + k), _mm512_setzero_pd(), kCompare)}
          << k;
    }
  }
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4) {
    for (int k = 0; k < width; k += 8) {
      const __m256 found = _mm256_cmp_ps(_mm256_loadu_ps(row + k), _mm256_setzero_ps(), kCompare);
      mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(found))) << k;
    }
  } else {
    for (int k = 0; k < width; k += 4) {
      const __m256d found = _mm256_cmp_pd(_mm256_loadu_pd(row + k), _mm256_setzero_pd(), kCompare);
      mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_pd(found))) << k;
    }
  }
#else
  for (int k = 0; k < width; ++k) {
    const bool found = kPositive ? row[k] > T(0) : row[k] != T(0);
    mask |= static_cast<std::uint64_t>(found) << k;
  }
#endif
  return mask;
}

template <class Model, int kWidth, class T>
NS_KERNEL void run_ticks(const void* parameters, const void* cells, void* state, BlockRun<T>& run) {
  const auto& p = *static_cast<const typename Model::template Parameters<T>*>(parameters);
  const auto& c = *static_cast<const typename Model::template Cells<T>*>(cells);
  auto& s = *static_cast<typename Model::template State<T>*>(state);
  const Lanes<T> silence = {};
  Lanes<T> output;
  StepContext silent = run.context, driven = run.context;
  silent.input_stride = 0;
  for (int t = 0; t < run.ticks; ++t) {
    const std::uint64_t ahead = run.touched >> t;
    if (!run.awake) {
      if (ahead == 0) break;
      t += __builtin_ctzll(ahead);
    }
    const bool touched = (run.touched >> t & 1) != 0;
    T* const input = run.input + static_cast<std::size_t>(t) * run.tick_stride;
    StepContext& context = touched ? driven : silent;
    context.tick = run.context.tick + t;
    if constexpr (kWidth > 0) context.width = kWidth;
    run.awake = Model::step(p, c, s, touched ? input : silence.at, context, output.at) != 0;
    ++run.steps;
    const std::uint64_t mask = lane_mask<true>(output.at, context.width) & run.lanes;
    run.spikes[t] = mask;
    if (mask != 0 && run.values != nullptr) {
      __builtin_memcpy(run.values + t * kBlock, output.at, sizeof output.at);
    }
    if (!touched) continue;
    std::uint64_t any = 0;
    for (int r = 0; r < run.receptors; ++r) {
      T* const row = input + static_cast<std::size_t>(r) * context.input_stride;
      any |= lane_mask<false>(row, context.width);
      __builtin_memset(row, 0, kBlock * sizeof(T));
    }
    run.driven += static_cast<std::uint64_t>(__builtin_popcountll(any & run.lanes));
  }
}

/// Full blocks, which most are, with their width known to the compiler.
template <class Model, class T>
void run(const void* parameters, const void* cells, void* state, BlockRun<T>& run) {
  if (run.context.width == kBlock) {
    run_ticks<Model, kBlock>(parameters, cells, state, run);
  } else {
    run_ticks<Model, 0>(parameters, cells, state, run);
  }
}

template <class Model, class T>
typename Kernels<T>::Adjoint adjoint() {
  if constexpr (TrainableModel<Model>) {
    return [](const void* parameters, const void* cells, const GradientMode& mode, void* carry,
              const AdjointRange<T>& range, T* d_parameters) {
      Model::adjoint(*static_cast<const typename Model::template Parameters<T>*>(parameters),
                     *static_cast<const typename Model::template Cells<T>*>(cells), mode,
                     *static_cast<typename Model::template Carry<T>*>(carry), range, d_parameters);
    };
  } else {
    return nullptr;
  }
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
  // At most eight sums at a time, so that they and the loaded rows fit 16 registers, and no more
  // than a block has.
  constexpr int kMost = kGroup > 4 ? kGroup : std::min(8 / kGroup, kBlock / kLaneGroup) * kGroup;
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
void deliver_constant(const NeuronId* target, const T* weight, std::size_t count, T value,
                      T* input) {
  const T w = *weight;
  for (std::size_t k = 0; k < count; ++k) input[target[k]] = fma(w, value, input[target[k]]);
}

/// Costs by synapses, not by pairs. The skips of several draws are computed side by side, then
/// added up in turn.
inline std::size_t draw_targets(std::uint64_t seed, std::uint32_t projection, std::uint32_t source,
                                std::uint32_t first_draw, double scale, double last, double targets,
                                std::size_t room, NeuronId* out) {
  constexpr std::uint32_t kTogether = 16;
  std::size_t count = 0;
  for (std::uint32_t draw = first_draw; count < room; draw += kTogether) {
    double skip[kTogether];
    for (std::uint32_t k = 0; k < kTogether; ++k) {
      const auto bits = random_bits(seed, Stream::kConnections, {projection, source, draw + k});
      // 64 bits, since a skip may be long.
      const double u = (static_cast<double>(bits[0]) * 0x1p32 + bits[1] + 0.5) * 0x1p-64;
      skip[k] = 1 + __builtin_floor(-log(u) * scale);
    }
    for (std::uint32_t k = 0; k < kTogether && count < room; ++k) {
      last += skip[k];
      if (!(last < targets)) return count;
      out[count++] = static_cast<NeuronId>(last);
    }
  }
  return count;
}

template <class T>
void add_row(const T* row, T value, std::size_t count, T* input) {
  for (std::size_t k = 0; k < count; ++k) input[k] = fma(row[k], value, input[k]);
}

template <class T>
std::uint64_t spike_mask(const T* output, int width) {
  return lane_mask<true>(output, width);
}

template <class T>
std::uint64_t nonzero_mask(const T* row, int width) {
  return lane_mask<false>(row, width);
}

#include "sim/network/kernels_training.hpp"

template <class T, class... Models>
Kernels<T> make_kernels(std::tuple<Models...>*) {
  return {.step = {&step<Models, T>...},
          .run = {&run<Models, T>...},
          .adjoint = {adjoint<Models, T>()...},
          .deliver_dense = &deliver_dense<T>,
          .deliver_sparse = &deliver_sparse<T>,
          .deliver_constant = &deliver_constant<T>,
          .draw_targets = &draw_targets,
          .add_row = &add_row<T>,
          .spike_mask = &spike_mask<T>,
          .nonzero_mask = &nonzero_mask<T>,
          .multiply_dense = &multiply_dense<T>,
          .filter_backward = &filter_backward<T>,
          .filter_forward = &filter_forward<T>,
          .select_errors = &select_errors<T>,
          .adam = &adam<T>};
}

}  // namespace

Kernels<float> kernels_float() { return make_kernels<float>(static_cast<ModelList*>(nullptr)); }
Kernels<double> kernels_double() { return make_kernels<double>(static_cast<ModelList*>(nullptr)); }

}  // namespace neurosim::NS_TARGET
