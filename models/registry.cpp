#include "models/registry.hpp"

#include <array>

#include "models/model_list.hpp"

namespace neurosim {
namespace {

template <class M>
constexpr ModelInfo with_sizes() {
  ModelInfo info = M::kInfo;
  info.state_bytes_single = sizeof(typename M::template State<float>) / kBlock;
  info.state_bytes_double = sizeof(typename M::template State<double>) / kBlock;
  return info;
}

template <class... Models>
constexpr std::array<ModelInfo, sizeof...(Models)> infos(std::tuple<Models...>*) {
  return {with_sizes<Models>()...};
}

constexpr auto kModels = infos(static_cast<ModelList*>(nullptr));

}  // namespace

std::span<const ModelInfo> models() { return kModels; }

const ModelInfo* find_model(std::string_view name) {
  for (const ModelInfo& model : kModels) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

}  // namespace neurosim
