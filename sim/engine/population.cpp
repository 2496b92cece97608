#include "sim/engine/population.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace neurosim {

template <class T>
Population<T>::Population(const NeuronBlocks<T>& neurons, std::uint64_t seed)
    : neurons_(neurons), kernels_(kernels<T>()), seed_(seed), stride_(neurons.state_bytes()) {
  states_.resize(stride_ * static_cast<std::size_t>(neurons.blocks()));
}

template <class T>
void Population<T>::reset(std::uint32_t sample) {
  sample_ = sample;
  updates = driven = 0;
  sent_.clear();
  values_.clear();
  for (int block = 0; block < neurons_.blocks(); ++block) neurons_.reset(block, state(block));
}

template <class T>
typename Population<T>::Outcome Population<T>::advance(int block, Tick tick, const T* input,
                                                       std::size_t stride) {
  const int width = neurons_.width(block);
  const StepContext context = {.tick = tick,
                               .width = width,
                               .input_stride = stride,
                               .first_neuron = static_cast<NeuronId>(block * kBlock),
                               .seed = seed_,
                               .sample = sample_};
  const std::uint32_t restless = neurons_.step(block, state(block), input, context, output_.at);
  const int count = neurons_.count(block);
  updates += static_cast<std::uint64_t>(count);
  const std::uint64_t lanes = count < kBlock ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  std::uint64_t any = 0;
  for (int receptor = 0; receptor < neurons_.receptors(); ++receptor) {
    any |= kernels_.nonzero_mask(input + static_cast<std::size_t>(receptor) * stride, width);
  }
  driven += static_cast<std::uint64_t>(std::popcount(any & lanes));
  const std::uint64_t mask = kernels_.spike_mask(output_.at, width) & lanes;
  if (mask != 0) {
    sent_.push_back({tick, static_cast<std::uint32_t>(block), mask, values_.size()});
    if (neurons_.graded()) {
      for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
        values_.push_back(output_.at[std::countr_zero(rest)]);
      }
    }
  }
  return {mask, restless != 0};
}

namespace {

/// Orders by tick, then block. The spikes of each block are in tick order already, so a counting
/// sort by tick suffices where ticks are dense.
void sort_by_tick(std::vector<BlockSpikes>& sent, std::vector<BlockSpikes>& sorted) {
  const auto earlier = [](const BlockSpikes& a, const BlockSpikes& b) {
    return a.tick != b.tick ? a.tick < b.tick : a.block < b.block;
  };
  if (std::is_sorted(sent.begin(), sent.end(), earlier)) return;
  const auto by_tick = [](const BlockSpikes& a, const BlockSpikes& b) { return a.tick < b.tick; };
  const auto [first, last] = std::minmax_element(sent.begin(), sent.end(), by_tick);
  const auto span = static_cast<std::size_t>(last->tick - first->tick) + 1;
  const Tick origin = first->tick;
  if (span > 8 * sent.size()) {
    std::sort(sent.begin(), sent.end(), earlier);
    return;
  }
  std::vector<std::size_t> place(span + 1, 0);
  for (const BlockSpikes& s : sent) ++place[static_cast<std::size_t>(s.tick - origin) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  sorted.resize(sent.size());
  for (const BlockSpikes& s : sent) sorted[place[static_cast<std::size_t>(s.tick - origin)]++] = s;
  sent.swap(sorted);
}

}  // namespace

template <class T>
void Population<T>::take_spikes(SpikeTrain& train, std::vector<std::uint32_t>& spiking_ticks) {
  if (sent_.empty()) return;
  sort_by_tick(sent_, sorted_);
  const bool graded = neurons_.graded();
  for (const BlockSpikes& spikes : sent_) {
    std::size_t value = spikes.first_value;
    for (std::uint64_t rest = spikes.mask; rest != 0; rest &= rest - 1) {
      const auto id = static_cast<NeuronId>(spikes.block * kBlock +
                                            static_cast<unsigned>(std::countr_zero(rest)));
      if (graded) {
        train.append(spikes.tick, id, static_cast<double>(values_[value++]));
      } else {
        train.append(spikes.tick, id);
      }
      ++spiking_ticks[id];
    }
  }
  sent_.clear();
  values_.clear();
}

template <class T>
double Population<T>::observe(NeuronId neuron, std::size_t variable, Tick tick) const {
  const auto block = static_cast<int>(neuron / kBlock);
  return neurons_.observe(block, state(block), variable, static_cast<int>(neuron % kBlock), tick);
}

template <class T>
void Population<T>::dump(Tick tick, std::vector<double>& values) const {
  values.clear();
  for (std::size_t variable = 0; variable < neurons_.model().variables.size(); ++variable) {
    for (std::size_t neuron = 0; neuron < neurons_.size(); ++neuron) {
      values.push_back(observe(static_cast<NeuronId>(neuron), variable, tick));
    }
  }
}

template class Population<float>;
template class Population<double>;

}  // namespace neurosim
