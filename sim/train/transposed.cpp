#include "sim/train/transposed.hpp"

#include <algorithm>
#include <numeric>

namespace neurosim {

template <class T>
TransposedWeights<T>::TransposedWeights(const Projection<T>& projection)
    : projection_(&projection), shape_{projection.sources} {
  if (projection.dense) {
    slabs_.assign(shape_.lanes() * projection.targets, T(0));
  } else {
    row_begin_.assign(projection.targets + 1, 0);
    const auto for_each = [&](auto visit) {
      for (std::size_t s = 0; s < projection.sources; ++s) {
        const auto row = projection.row(s);
        for (std::size_t k = 0; k < row.count; ++k) {
          visit(s, row.first_target + row.target[k], row.begin + k);
        }
      }
    };
    for_each([&](std::size_t, NeuronId target, std::uint64_t) { ++row_begin_[target + 1]; });
    std::partial_sum(row_begin_.begin(), row_begin_.end(), row_begin_.begin());
    std::vector<std::uint64_t> next(row_begin_.begin(), row_begin_.end() - 1);
    source_.resize(row_begin_.back());
    synapse_.resize(row_begin_.back());
    weight_.resize(row_begin_.back());
    for_each([&](std::size_t s, NeuronId target, std::uint64_t synapse) {
      const std::uint64_t place = next[target]++;
      source_[place] = static_cast<NeuronId>(s);
      synapse_[place] = synapse;
    });
  }
  for (int piece = 0; piece < pieces(); ++piece) refresh(piece);
}

template <class T>
void TransposedWeights<T>::refresh(int piece) {
  if (!dense()) {
    for (std::size_t k = 0; k < synapse_.size(); ++k) {
      weight_[k] = projection_->weight_at(synapse_[k]);
    }
    return;
  }
  const BlockShape targets = {projection_->targets};
  const auto width = static_cast<std::size_t>(shape_.width(piece));
  const auto count = static_cast<std::size_t>(shape_.count(piece));
  const std::size_t first = static_cast<std::size_t>(piece) * kBlock;
  T* out = slabs_.data() + first * projection_->targets;
  for (int block = 0; block < targets.blocks(); ++block) {
    const auto stride = static_cast<std::size_t>(targets.width(block));
    const T* const in = projection_->slab(block) + first * stride;
    for (std::size_t t = 0; t < static_cast<std::size_t>(targets.count(block)); ++t, out += width) {
      for (std::size_t s = 0; s < count; ++s) out[s] = in[s * stride + t];
    }
  }
}

template class TransposedWeights<float>;
template class TransposedWeights<double>;

}  // namespace neurosim
