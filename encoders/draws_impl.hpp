// Included by one .cpp for each instruction set, which defines NS_TARGET as its namespace. Only
// always-inlined functions may be used here: a shared symbol compiled for a newer instruction set
// could be picked by the linker for an older processor.

#include "encoders/draws.hpp"
#include "sim/core/random_lanes.hpp"

namespace neurosim::NS_TARGET {
namespace {

/// -log2(open_unit(bits)), within 1.4e-6.
NS_KERNEL float octaves(std::uint32_t bits) {
  const auto word = __builtin_bit_cast(std::uint32_t, static_cast<float>(bits) + 0.5f);
  const auto exponent = static_cast<float>(static_cast<std::int32_t>(word >> 23) - 127);
  // log2(1.5 + x) for |x| <= 0.5, interpolated at the eight Chebyshev nodes.
  const float x = __builtin_bit_cast(float, (word & 0x007fffffu) | 0x3f800000u) - 1.5f;
  const float square = x * x;
  const float high =
      (0.01444035249f * x - 0.02511014095f) * square + (0.03761046428f * x - 0.07059455402f);
  const float low =
      (0.1425080240f * x - 0.3206318785f) * square + (0.9617965402f * x + 0.5849627591f);
  return 32 - exponent - (high * (square * square) + low);
}

}  // namespace

bool draw_blocks(const DrawBlocks& blocks) {
  constexpr std::size_t kGroup = DrawBlocks::kGroup;
  // A number of failures is off by less than this times per_octave: 1.4e-6 from octaves(), and
  // 2^-23 of at most 33 octaves from rounding per_octave and the product.
  constexpr float kTolerance = 8e-6f;
  const float most = static_cast<float>(blocks.trials) + 1.5f;  // the middle: never open by itself
  std::uint32_t any_open = 0;
  for (std::size_t group = 0; group < blocks.groups; ++group) {
    const float* const per_octave = blocks.per_octave + group * kGroup;
    alignas(64) std::uint32_t bits[4][kGroup];
    alignas(64) std::uint32_t failures[4][kGroup];
    random_bits_many<kGroup>(blocks.seed, Stream::kEncoder, blocks.sample,
                             blocks.block + group * kGroup, blocks.neuron + group * kGroup, bits);
    std::uint32_t* const open = blocks.open + group * kGroup;
    for (std::size_t k = 0; k < kGroup; ++k) open[k] = 0;
    for (std::size_t w = 0; w < 4; ++w) {
      for (std::size_t k = 0; k < kGroup; ++k) {
        const float number = octaves(bits[w][k]) * per_octave[k];
        const float bounded = number < most ? number : most;
        const auto whole = static_cast<std::int32_t>(bounded);
        const float from_middle = magnitude(bounded - static_cast<float>(whole) - 0.5f);
        open[k] |= from_middle > 0.5f - kTolerance * per_octave[k] ? 1u : 0u;
        failures[w][k] = static_cast<std::uint32_t>(whole);
      }
    }
    DrawBlocks::Successes* const successes = blocks.successes + group * kGroup;
    for (std::size_t k = 0; k < kGroup; ++k) {
      const std::uint32_t second = failures[0][k] + 1 + failures[1][k];
      const std::uint32_t third = second + 1 + failures[2][k];
      successes[k].trials[0] = failures[0][k];
      successes[k].trials[1] = second;
      successes[k].trials[2] = third;
      successes[k].trials[3] = third + 1 + failures[3][k];
    }
    for (std::size_t k = 0; k < kGroup; ++k) any_open |= open[k];
  }
  return any_open != 0;
}

}  // namespace neurosim::NS_TARGET
