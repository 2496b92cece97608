#include <algorithm>

#include "sim/network/readers.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {

bool check_order(ConfigMap& map, const Uniform& uniform) {
  if (uniform.low <= uniform.high) return true;
  map.node().error("low must not exceed high");
  return false;
}

bool read_distribution(ConfigMap& map, Distribution& distribution) {
  // The names of the alternatives, which weights may have as well, among others.
  constexpr std::size_t kFirst = 1;
  static_assert(kWeightInitNames[kFirst] == "uniform" && kWeightInitNames[kFirst + 1] == "normal");
  std::size_t kind = 0;
  const ConfigNode init = map.required("init");
  if (!init.read_choice(kind, std::span(kWeightInitNames).subspan(kFirst, 2))) {
    // Whoever takes one of the ways of weights makes one mistake, not two.
    const bool of_weights = std::ranges::any_of(
        kWeightInitNames, [&init](std::string_view name) { return init.is_word(name); });
    const auto keys = std::span<const KeyInfo>(NetworkKeys::kWeights);
    reject_keys_of_no_kind(map, of_weights ? keys : keys.first(NetworkKeys::kDrawnKeys));
    return false;
  }
  if (kind == 0) {
    Uniform uniform;
    const bool right = read_keys(map, uniform) && check_order(map, uniform);
    distribution = uniform;
    return right;
  }
  return read_keys(map, distribution.emplace<Normal>());
}

}  // namespace neurosim
