#include "sim/network/readers.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {

void check_order(ConfigMap& map, const Uniform& uniform) {
  if (uniform.low > uniform.high) map.node().error("low must not exceed high");
}

bool read_distribution(ConfigMap& map, Distribution& distribution) {
  // The names of the alternatives, which weights may have as well, among others.
  constexpr std::size_t kFirst = 1;
  static_assert(kWeightInitNames[kFirst] == "uniform" && kWeightInitNames[kFirst + 1] == "normal");
  std::size_t kind = 0;
  const ConfigNode init = map.required("init");
  if (!init.read_choice(kind, std::span(kWeightInitNames).subspan(kFirst, 2))) {
    // Those of weights that cannot be drawn too: whoever takes one makes one mistake, not two.
    reject_keys_of_no_kind(map, NetworkKeys::kWeights);
    return false;
  }
  if (kind == 0) {
    const auto uniform = read_keys<Uniform>(map);
    check_order(map, uniform);
    distribution = uniform;
  } else {
    distribution = read_keys<Normal>(map);
  }
  map.reject_unknown();
  return true;
}

}  // namespace neurosim
