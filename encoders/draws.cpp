#include "encoders/draws.hpp"

#include <vector>

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
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
      found.push_back({"avx512", avx512::draw_blocks});
    }
    if (__builtin_cpu_supports("avx2")) found.push_back({"avx2", avx2::draw_blocks});
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
