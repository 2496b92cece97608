#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

// The project's own elementary functions. libm's results differ between machines and between
// scalar and vector code; these are plain arithmetic without branches, so that compilers vectorise
// them and every engine, block width and instruction set gives the same bits.

/// Inlined everywhere: one source compiled for several instruction sets must not share symbols.
#define NS_KERNEL [[gnu::always_inline]] inline

namespace neurosim {

NS_KERNEL float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
NS_KERNEL double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }

template <class T>
using IntOf = std::conditional_t<std::is_same_v<T, float>, std::int32_t, std::int64_t>;

NS_KERNEL float magnitude(float x) { return __builtin_fabsf(x); }
NS_KERNEL double magnitude(double x) { return __builtin_fabs(x); }
NS_KERNEL float with_sign(float x, float sign) { return __builtin_copysignf(x, sign); }
NS_KERNEL double with_sign(double x, double sign) { return __builtin_copysign(x, sign); }

/// The bits of a number, to compare states exactly.
NS_KERNEL std::int32_t bits(float x) { return std::bit_cast<std::int32_t>(x); }
NS_KERNEL std::int64_t bits(double x) { return std::bit_cast<std::int64_t>(x); }

namespace numerics {

template <class T>
struct Constants;

template <>
struct Constants<float> {
  static constexpr float kSaturation = 10.0f;  // tanh rounds to 1 above 9.01
  static constexpr float kRound = 0x1.8p23f;   // adding it rounds to an integer in the low bits
  static constexpr int kMantissaBits = 23, kBias = 127;
  static constexpr float kLn2High = 0x1.62e4p-1f, kLn2Low = 0x1.7f7d1cp-20f;
  // 1 / k! for k = 7 .. 2: the rest of the series is below 2e-8 for |r| <= ln(2) / 2.
  static constexpr float kExpm1[] = {1.f / 5040, 1.f / 720, 1.f / 120, 1.f / 24, 1.f / 6, 0.5f};
};

template <>
struct Constants<double> {
  static constexpr double kSaturation = 22.0;
  static constexpr double kRound = 0x1.8p52;
  static constexpr int kMantissaBits = 52, kBias = 1023;
  static constexpr double kLn2High = 0x1.62e42fefa38p-1, kLn2Low = 0x1.ef35793c7673p-45;
  // 1 / k! for k = 14 .. 2: the rest of the series is below 1e-18.
  static constexpr double kExpm1[] = {1. / 87178291200,
                                      1. / 6227020800,
                                      1. / 479001600,
                                      1. / 39916800,
                                      1. / 3628800,
                                      1. / 362880,
                                      1. / 40320,
                                      1. / 5040,
                                      1. / 720,
                                      1. / 120,
                                      1. / 24,
                                      1. / 6,
                                      0.5};
};

/// Horner's rule in x^2 over every second coefficient, beginning with kFirst. Written as a fold,
/// since a loop here would keep compilers from vectorising the loop over neurons around it.
template <std::size_t kFirst, class T, std::size_t kCount, std::size_t... kIndex>
NS_KERNEL T every_second(const T (&coefficients)[kCount], T square,
                         std::index_sequence<kIndex...>) {
  T sum = coefficients[kFirst];
  ((sum = fma(sum, square, coefficients[kFirst + 2 * (kIndex + 1)])), ...);
  return sum;
}

/// The polynomial in x with coefficients from the highest power down; `square` is x^2. Odd and even
/// powers are summed side by side, which halves the time to wait for the result.
template <class T, std::size_t kCount>
NS_KERNEL T polynomial(const T (&coefficients)[kCount], T x, T square) {
  constexpr std::size_t kEven = (kCount - 1) % 2;  // place of the highest even power
  constexpr std::size_t kOdd = 1 - kEven;
  const T even = every_second<kEven>(coefficients, square,
                                     std::make_index_sequence<(kCount - 1 - kEven) / 2>());
  const T odd =
      every_second<kOdd>(coefficients, square, std::make_index_sequence<(kCount - 2 - kOdd) / 2>());
  return fma(odd, x, even);
}

/// 2|x| = n ln 2 + r with |r| <= ln(2) / 2, for |x| up to saturation.
template <class T>
struct Reduced {
  T r, two_n;
};

template <class T>
NS_KERNEL Reduced<T> reduce(T x) {
  using C = Constants<T>;
  const T size = magnitude(x);
  const T a = size > C::kSaturation ? C::kSaturation : size;
  const T y = a + a;
  const T shifted = fma(y, T(1.44269504088896340736), C::kRound);  // y / ln 2, rounded
  const T n = shifted - C::kRound;
  const T r = fma(-n, C::kLn2Low, fma(-n, C::kLn2High, y));
  return {r, std::bit_cast<T>((bits(shifted) + C::kBias) << C::kMantissaBits)};
}

/// exp(2|x|) - 1, within a unit in the last place.
template <class T>
NS_KERNEL T expm1(Reduced<T> y) {
  const T square = y.r * y.r;
  const T p = fma(polynomial(Constants<T>::kExpm1, y.r, square), square, y.r);
  return fma(y.two_n, p, y.two_n - T(1));
}

/// tanh(x) from e = exp(2|x|) - 1: e / (e + 2) keeps its digits near 0, 1 - 2 / (e + 2) near 1.
/// Both come from one quotient, since two divisions would take longer than all the rest.
/// q = 1 / (e + 2).
template <class T>
NS_KERNEL T tanh_of_expm1(T e, T q, T x) {
  return with_sign(e > T(1) ? fma(T(-2), q, T(1)) : e * q, x);
}

/// y[k] = 1 / x[k] for normal x in [1, 2^100], rounded as a division rounds. `y` may be `x`.
template <class T>
NS_KERNEL void reciprocals(const T* x, int width, T* y) {
#pragma GCC ivdep
  for (int k = 0; k < width; ++k) y[k] = T(1) / x[k];
}

#ifdef __AVX512F__
/// Divisions would take a third of a neuron's step. Two steps of Newton from the processor's
/// estimate give the rounded quotient (Markstein, 1990) but for significands of ones alone, which
/// come out one unit too low; a test compares all 2^23 significands.
NS_KERNEL void reciprocals(const float* x, int width, float* y) {
  const __m512 one = _mm512_set1_ps(1);
  const __m512i ones = _mm512_set1_epi32(-1), not_significand = _mm512_set1_epi32(-0x800000);
  for (int k = 0; k < width; k += 16) {
    const __m512 v = _mm512_loadu_ps(x + k);
    __m512 q = _mm512_maskz_rcp14_ps(0xffff, v);
    q = _mm512_fmadd_ps(q, _mm512_fnmadd_ps(v, q, one), q);
    q = _mm512_fmadd_ps(q, _mm512_fnmadd_ps(v, q, one), q);
    const __m512i bits = _mm512_castps_si512(q);
    const __mmask16 low =
        _mm512_cmpeq_epi32_mask(_mm512_or_si512(_mm512_castps_si512(v), not_significand), ones);
    _mm512_storeu_ps(y + k, _mm512_castsi512_ps(_mm512_mask_sub_epi32(bits, low, bits, ones)));
  }
}
#endif

}  // namespace numerics

/// Hyperbolic tangent, within 2 units in the last place.
/// Exactly odd, exactly +-1 for large arguments, exactly 0 at 0. NaN stays NaN.
template <class T>
NS_KERNEL T tanh(T x) {
  const T e = numerics::expm1(numerics::reduce(x));
  return numerics::tanh_of_expm1(e, T(1) / (e + T(2)), x);
}

/// y[k] = tanh(x[k]) for k < width <= kMost. The same bits as tanh(); three short loops, since one
/// long chain of dependent operations a lane would leave most of the processor waiting.
template <int kMost, class T>
NS_KERNEL void tanh_lanes(const T* x, int width, T* y) {
  alignas(64) T r[kMost], two_n[kMost];
#pragma GCC ivdep
  for (int k = 0; k < width; ++k) {
    const auto reduced = numerics::reduce(x[k]);
    r[k] = reduced.r;
    two_n[k] = reduced.two_n;
  }
#pragma GCC ivdep
  for (int k = 0; k < width; ++k) {
    r[k] = numerics::expm1<T>({r[k], two_n[k]});
    two_n[k] = r[k] + T(2);
  }
  numerics::reciprocals(two_n, width, two_n);
#pragma GCC ivdep
  for (int k = 0; k < width; ++k) y[k] = numerics::tanh_of_expm1(r[k], two_n[k], x[k]);
}

/// Logistic function 1 / (1 + exp(-x)).
template <class T>
NS_KERNEL T sigmoid(T x) {
  return fma(T(0.5), tanh(T(0.5) * x), T(0.5));
}

/// a^n for n >= 0 by repeated squaring, so that a state can jump over n silent steps at once.
/// power(a, 1) is exactly a.
template <class T>
NS_KERNEL T power(T a, std::int32_t n) {
  T result = 1;
  for (; n > 0; n >>= 1) {
    result = (n & 1) ? result * a : result;
    a = a * a;
  }
  return result;
}

/// Natural logarithm for positive normal numbers, within 2 units in the last place.
NS_KERNEL double log(double x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(f), f = (m - 1) / (m + 1).
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t shift = bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  const auto e = static_cast<double>(static_cast<std::int32_t>(shift >> 52) - 1023);
  const double m = std::bit_cast<double>((shift & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
  const double f = (m - 1) / (m + 1);
  const double s = f * f;
  double series = 1.0 / 23;
#pragma GCC unroll 10
  for (int k = 21; k >= 3; k -= 2) series = fma(series, s, 1.0 / k);
  const double log_m = fma(2 * f * s, series, 2 * f);
  return fma(e, 0x1.62e42fefa38p-1, fma(e, 0x1.ef35793c7673p-45, log_m));
}

/// e^x within 2 units in the last place for x in [-700, 700]; 0 below, the value at 700 above.
NS_KERNEL double exp(double x) {
  const double a = x > 700 ? 700 : x;
  const double shifted = fma(a, 1.44269504088896340736, numerics::Constants<double>::kRound);
  const double n = shifted - numerics::Constants<double>::kRound;
  const double r = fma(-n, numerics::Constants<double>::kLn2Low,
                       fma(-n, numerics::Constants<double>::kLn2High, a));
  const double square = r * r;
  const double p =
      fma(numerics::polynomial(numerics::Constants<double>::kExpm1, r, square), square, r);
  const double two_n = std::bit_cast<double>((bits(shifted) + 1023) << 52);
  return a < -700 ? 0.0 : fma(two_n, p, two_n);
}

/// cos(pi x) for x in [0, 1], within 1e-15.
NS_KERNEL double cos_pi(double x) {
  const bool second_half = x > 0.5;
  const double angle = 3.14159265358979323846 * (second_half ? 1 - x : x);
  const double square = angle * angle;
  double series = 0;
  for (int k = 22; k >= 2; k -= 2) series = (1 - series) * square / (k * (k - 1));
  return second_half ? series - 1 : 1 - series;
}

}  // namespace neurosim
