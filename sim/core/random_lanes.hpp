#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/core/numerics.hpp"
#include "sim/core/random.hpp"

#ifdef __SSE2__
#include <immintrin.h>
#endif

// Widest vectors of the instruction set for which the including source is compiled. The namespace
// keeps what is compiled for one apart from the others.
#if defined(__AVX512F__)
#define NS_LANES lanes_avx512
#define NS_LANE_BYTES 64
#elif defined(__AVX2__)
#define NS_LANES lanes_avx2
#define NS_LANE_BYTES 32
#else
#define NS_LANES lanes_baseline
#define NS_LANE_BYTES 16
#endif

namespace neurosim {
inline namespace NS_LANES {

/// Philox4x32-10 side by side. Each word of a counter has a lane of 64 bits, since in such lanes
/// processors multiply 32 by 32 bits; what stands in the high half does not count.
struct PhiloxLanes {
  static constexpr std::size_t kLanes = NS_LANE_BYTES / 8;
  typedef std::uint64_t Words __attribute__((vector_size(NS_LANE_BYTES)));
  typedef std::uint32_t Packed __attribute__((vector_size(NS_LANE_BYTES / 2)));

  Words a, b, c, d;

  NS_KERNEL static Words all(std::uint32_t word) { return Words{} + word; }

  NS_KERNEL static Words load(const std::uint32_t* from) {
    Packed packed;
    std::memcpy(&packed, from, sizeof(packed));
    return __builtin_convertvector(packed, Words);
  }

  NS_KERNEL static void store(Words words, std::uint32_t* to) {
    const Packed packed = __builtin_convertvector(words, Packed);
    std::memcpy(to, &packed, sizeof(packed));
  }

  /// The products of the low halves.
  NS_KERNEL static Words multiply(Words x, Words y) {
#if defined(__AVX512F__)
    return (Words)_mm512_mul_epu32((__m512i)x, (__m512i)y);
#elif defined(__AVX2__)
    return (Words)_mm256_mul_epu32((__m256i)x, (__m256i)y);
#elif defined(__SSE2__)
    return (Words)_mm_mul_epu32((__m128i)x, (__m128i)y);
#else
    return (x & 0xffffffffu) * (y & 0xffffffffu);
#endif
  }

  NS_KERNEL void round(std::uint32_t key_0, std::uint32_t key_1) {
    const Words product_a = multiply(a, all(PHILOX_M4x32_0));
    const Words product_c = multiply(c, all(PHILOX_M4x32_1));
    a = (product_c >> 32) ^ b ^ all(key_0);
    b = product_c;
    c = (product_a >> 32) ^ d ^ all(key_1);
    d = product_a;
  }
};

/// bits[w][k] = random_bits(seed, stream, {a, b[k], c[k]})[w] for k < kCount.
template <std::size_t kCount>
NS_KERNEL void random_bits_many(std::uint64_t seed, Stream stream, std::uint32_t a,
                                const std::uint32_t* b, const std::uint32_t* c,
                                std::uint32_t (*bits)[kCount]) {
  using Lanes = PhiloxLanes;
  static_assert(kCount % Lanes::kLanes == 0);
  for (std::size_t k = 0; k < kCount; k += Lanes::kLanes) {
    Lanes x = {Lanes::all(a), Lanes::load(b + k), Lanes::load(c + k),
               Lanes::all(static_cast<std::uint32_t>(stream))};
    auto key_0 = static_cast<std::uint32_t>(seed);
    auto key_1 = static_cast<std::uint32_t>(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      x.round(key_0, key_1);
      key_0 += PHILOX_W32_0;
      key_1 += PHILOX_W32_1;
    }
    Lanes::store(x.a, bits[0] + k);
    Lanes::store(x.b, bits[1] + k);
    Lanes::store(x.c, bits[2] + k);
    Lanes::store(x.d, bits[3] + k);
  }
}

}  // namespace NS_LANES
}  // namespace neurosim
