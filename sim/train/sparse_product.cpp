#include "sim/train/sparse_product.hpp"

#include <algorithm>

namespace neurosim {

template <class T>
void SparseProduct<T>::compute(const TransposedWeights<T>& weights, const Errors<T>& errors,
                               std::size_t sample, Tick row, int count) {
  sources_ = weights.sources();
  count_ = static_cast<std::size_t>(count);
  rows_.resize(sources_.lanes() * count_);
  const double entries = static_cast<double>(errors.shape().size) * static_cast<double>(count);
  const SpikeRows& events = errors.list(sample);
  if (errors.dense(sample) || static_cast<double>(events.count()) > kColumnErrors * entries) {
    by_columns(weights, errors, sample, row);
  } else {
    by_events(weights, events, row);
  }
}

template <class T>
void SparseProduct<T>::by_events(const TransposedWeights<T>& weights, const SpikeRows& events,
                                 Tick row) {
  for (std::size_t t = 0; t < count_; ++t) {
    const SpikeRows::Row now = events.at(row + static_cast<Tick>(t));
    lanes_.assign(sources_.lanes(), T(0));
    for (std::size_t k = 0; k < now.ids.size(); ++k) {
      const auto synapses = weights.row(now.ids[k]);
      kernels_.deliver_sparse(synapses.source, synapses.weight, synapses.count,
                              static_cast<T>(now.values[k]), lanes_.data());
    }
    for (int block = 0; block < sources_.blocks(); ++block) {
      const auto width = static_cast<std::size_t>(sources_.width(block));
      std::copy_n(lanes_.data() + block * kBlock, width, rows_.data() + begin(block) + t * width);
    }
  }
}

/// A synapse takes its target's errors at all ticks as one vector.
template <class T>
void SparseProduct<T>::by_columns(const TransposedWeights<T>& weights, const Errors<T>& errors,
                                  std::size_t sample, Tick row) {
  constexpr std::size_t kVector = 64 / sizeof(T);
  const std::size_t stride = (count_ + kVector - 1) / kVector * kVector;
  sums_.assign(sources_.lanes() * stride, T(0));
  column_.assign(stride, T(0));
  for (std::size_t target = 0; target < errors.shape().size; ++target) {
    const auto block = static_cast<int>(target / kBlock);
    const auto width = static_cast<std::size_t>(errors.shape().width(block));
    const T* const values =
        errors.rows(sample, block) + static_cast<std::size_t>(row) * width + target % kBlock;
    bool any = false;
    for (std::size_t t = 0; t < count_; ++t) {
      column_[t] = values[t * width];
      any = any || column_[t] != T(0);
    }
    if (!any) continue;
    const auto synapses = weights.row(static_cast<NeuronId>(target));
    for (std::size_t k = 0; k < synapses.count; ++k) {
      kernels_.add_row(column_.data(), synapses.weight[k], stride,
                       sums_.data() + synapses.source[k] * stride);
    }
  }
  for (int block = 0; block < sources_.blocks(); ++block) {
    const auto width = static_cast<std::size_t>(sources_.width(block));
    const T* const in = sums_.data() + static_cast<std::size_t>(block) * kBlock * stride;
    T* out = rows_.data() + begin(block);
    for (std::size_t t = 0; t < count_; ++t, out += width) {
      for (std::size_t lane = 0; lane < width; ++lane) out[lane] = in[lane * stride + t];
    }
  }
}

template class SparseProduct<float>;
template class SparseProduct<double>;

}  // namespace neurosim
