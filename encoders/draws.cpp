#include "encoders/draws.hpp"

#include <vector>

#include "sim/core/simd.hpp"

namespace neurosim {

namespace baseline {
bool draw_blocks(const DrawBlocks& blocks);
}
namespace avx2 {
bool draw_blocks(const DrawBlocks& blocks);
}
namespace avx512 {
bool draw_blocks(const DrawBlocks& blocks);
}

std::span<const DrawTarget> draw_targets() {
  static const std::vector<DrawTarget> targets = [] {
    std::vector<DrawTarget> found;
#ifdef NEUROSIM_X86
    if (simd_target() >= SimdTarget::kAvx512) found.push_back({"avx512", avx512::draw_blocks});
    if (simd_target() >= SimdTarget::kAvx2) found.push_back({"avx2", avx2::draw_blocks});
#endif
    found.push_back({"baseline", baseline::draw_blocks});
    return found;
  }();
  return targets;
}

bool draw_blocks(const DrawBlocks& blocks) {
  static const auto fastest = draw_targets().front().draw;
  return fastest(blocks);
}

}  // namespace neurosim
