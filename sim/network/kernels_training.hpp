// The trainer's loops: included by kernels_impl.hpp, inside its namespaces, with the same rules.

/// kRows rows times kColumns vectors of products, which stay in registers while j runs.
template <int kRows, int kColumns, class T>
NS_KERNEL void multiply_tile(const T* a, std::size_t a_width, int count, const T* b,
                             std::size_t width, T* out) {
  using V = Vector<T>;
  constexpr std::size_t kLanes = sizeof(V) / sizeof(T);
  V sum[kRows][kColumns];
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) {
      sum[r][c] = *reinterpret_cast<const V*>(out + static_cast<std::size_t>(r) * width +
                                              static_cast<std::size_t>(c) * kLanes);
    }
  }
  for (int j = 0; j < count; ++j, b += width) {
    V row[kColumns];
    for (int c = 0; c < kColumns; ++c) {
      row[c] = *reinterpret_cast<const V*>(b + static_cast<std::size_t>(c) * kLanes);
    }
    for (int r = 0; r < kRows; ++r) {
      const V spread = a[static_cast<std::size_t>(r) * a_width + static_cast<std::size_t>(j)] - V{};
      for (int c = 0; c < kColumns; ++c) sum[r][c] = fma_lanes(row[c], spread, sum[r][c]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kColumns; ++c) {
      *reinterpret_cast<V*>(out + static_cast<std::size_t>(r) * width +
                            static_cast<std::size_t>(c) * kLanes) = sum[r][c];
    }
  }
}

template <int kColumns, class T>
NS_KERNEL void multiply_columns(const T* a, std::size_t a_width, int rows, int count, const T* b,
                                std::size_t width, T* out) {
  constexpr int kRows = 6;
  int r = 0;
  for (; r + kRows <= rows; r += kRows) {
    multiply_tile<kRows, kColumns>(a, a_width, count, b, width, out);
    a += kRows * a_width;
    out += kRows * width;
  }
  for (; r < rows; ++r, a += a_width, out += width) {
    multiply_tile<1, kColumns>(a, a_width, count, b, width, out);
  }
}

template <class T>
void multiply_dense(const T* a, int a_width, int rows, int count, const T* b, int width, T* out) {
  constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));
  constexpr int kColumns = kVectorBytes == 64 ? 4 : 2;  // of 32 or 16 registers
  const auto a_stride = static_cast<std::size_t>(a_width), stride = static_cast<std::size_t>(width);
  int first = 0;
  for (; first + kColumns * kLanes <= width; first += kColumns * kLanes) {
    multiply_columns<kColumns>(a, a_stride, rows, count, b + first, stride, out + first);
  }
  for (; first < width; first += kLanes) {
    multiply_columns<1>(a, a_stride, rows, count, b + first, stride, out + first);
  }
}

template <class T>
void filter_backward(const T* rows, int count, int width, T factor, T* carry, T* out) {
  for (int t = count - 1; t >= 0; --t) {
    const T* const row = rows + t * width;
    T* const result = out + t * width;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T sum = fma(factor, carry[k], row[k]);
      carry[k] = sum;
      result[k] = sum;
    }
  }
}

template <class T>
void filter_forward(T* rows, int count, int width, T factor) {
  for (int t = 1; t < count; ++t) {
    T* const row = rows + t * width;
    const T* const before = row - width;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) row[k] = fma(factor, before[k], row[k]);
  }
}

template <class T>
void select_errors(T* rows, int count, int width, T threshold, std::uint64_t* masks, T* squares,
                   T* dropped) {
  for (int t = 0; t < count; ++t) {
    T* const row = rows + t * width;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T value = row[k];
      const T square = value * value;
      const bool drop = magnitude(value) < threshold;  // false for NaN, which must be seen
      squares[k] += square;
      dropped[k] += drop ? square : T(0);
      row[k] = drop ? T(0) : value;
    }
    masks[t] = lane_mask<false>(row, width);
  }
}

NS_KERNEL float square_root(float x) { return __builtin_sqrtf(x); }
NS_KERNEL double square_root(double x) { return __builtin_sqrt(x); }

template <class T>
void adam(const AdamStep<T>& constants, std::size_t count, const T* gradient, T* mean, T* square,
          T* values) {
  const AdamStep<T> s = constants;
#pragma GCC ivdep
  for (std::size_t k = 0; k < count; ++k) {
    const T g = fma(s.decay, values[k], s.scale * gradient[k]);
    const T m = fma(s.one_minus_beta1, g, s.beta1 * mean[k]);
    const T v = fma(s.one_minus_beta2, g * g, s.beta2 * square[k]);
    mean[k] = m;
    square[k] = v;
    values[k] -= s.rate * (m / fma(square_root(v), s.root_of_bias2, s.epsilon));
  }
}
