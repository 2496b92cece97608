#include "sim/engine/population.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace neurosim {

template <class T>
Population<T>::Population(const NeuronBlocks<T>& neurons, std::uint64_t seed)
    : neurons_(neurons),
      kernels_(kernels<T>()),
      seed_(seed),
      stride_(neurons.state_bytes()),
      sent_(1) {
  states_.resize(stride_ * static_cast<std::size_t>(neurons.blocks()));
}

template <class T>
void Population<T>::reset(std::uint32_t sample) {
  sample_ = sample;
  for (Sent<T>& sent : sent_) sent = {};
  for (int block = 0; block < neurons_.blocks(); ++block) neurons_.reset(block, state(block));
}

template <class T>
StepContext Population<T>::context(int block, Tick tick, std::size_t stride) const {
  return {.tick = tick,
          .width = neurons_.width(block),
          .input_stride = stride,
          .first_neuron = static_cast<NeuronId>(block * kBlock),
          .seed = seed_,
          .sample = sample_};
}

/// Mask of the real neurons.
template <class T>
std::uint64_t Population<T>::lanes(int block) const {
  const int count = neurons_.count(block);
  return count < kBlock ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
}

template <class T>
void Population<T>::send(int block, Tick tick, std::uint64_t mask, const T* output,
                         Sent<T>& sent) const {
  sent.spikes.push_back({tick, static_cast<std::uint32_t>(block), mask, sent.values.size()});
  if (!neurons_.graded()) return;
  for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
    sent.values.push_back(output[std::countr_zero(rest)]);
  }
}

template <class T>
typename Population<T>::Outcome Population<T>::advance(int block, Tick tick, const T* input,
                                                       std::size_t stride, Sent<T>& sent,
                                                       T* output) {
  const StepContext context = this->context(block, tick, stride);
  const std::uint32_t restless = neurons_.step(block, state(block), input, context, output);
  sent.updates += static_cast<std::uint64_t>(neurons_.count(block));
  std::uint64_t any = 0;
  for (int receptor = 0; receptor < neurons_.receptors(); ++receptor) {
    any |=
        kernels_.nonzero_mask(input + static_cast<std::size_t>(receptor) * stride, context.width);
  }
  sent.driven += static_cast<std::uint64_t>(std::popcount(any & lanes(block)));
  const std::uint64_t mask = kernels_.spike_mask(output, context.width) & lanes(block);
  if (mask != 0) send(block, tick, mask, output, sent);
  return {mask, restless != 0};
}

template <class T>
void Population<T>::run(int block, Tick first, BlockRun<T>& run, std::size_t part) {
  std::uint64_t spikes[kMostWindow];
  T values[kMostWindow * kBlock];
  std::fill_n(spikes, run.ticks, std::uint64_t{0});
  run.context = context(block, first, run.context.input_stride);
  run.lanes = lanes(block);
  run.receptors = neurons_.receptors();
  run.spikes = spikes;
  run.values = neurons_.graded() ? values : nullptr;
  run.steps = run.driven = 0;
  neurons_.run(block, state(block), run);
  Sent<T>& sent = sent_[part];
  sent.updates += run.steps * static_cast<std::uint64_t>(neurons_.count(block));
  sent.driven += run.driven;
  for (int t = 0; t < run.ticks; ++t) {
    if (spikes[t] != 0) send(block, first + t, spikes[t], values + t * kBlock, sent);
  }
}

template <class T>
std::uint64_t Population<T>::updates() const {
  std::uint64_t sum = 0;
  for (const Sent<T>& sent : sent_) sum += sent.updates;
  return sum;
}

template <class T>
std::uint64_t Population<T>::driven() const {
  std::uint64_t sum = 0;
  for (const Sent<T>& sent : sent_) sum += sent.driven;
  return sum;
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
  all_.clear();
  std::size_t values = 0;
  for (Sent<T>& sent : sent_) {
    for (BlockSpikes& spikes : sent.spikes) {
      spikes.first_value += values;
      all_.push_back(spikes);
    }
    if (&sent != &sent_[0]) {
      sent_[0].values.insert(sent_[0].values.end(), sent.values.begin(), sent.values.end());
      sent.values.clear();
    }
    values = sent_[0].values.size();
    sent.spikes.clear();
  }
  if (all_.empty()) return;
  sort_by_tick(all_, sorted_);
  const bool graded = neurons_.graded();
  for (const BlockSpikes& spikes : all_) {
    std::size_t value = spikes.first_value;
    for (std::uint64_t rest = spikes.mask; rest != 0; rest &= rest - 1) {
      const auto id = static_cast<NeuronId>(spikes.block * kBlock +
                                            static_cast<unsigned>(std::countr_zero(rest)));
      if (graded) {
        train.append(spikes.tick, id, static_cast<double>(sent_[0].values[value++]));
      } else {
        train.append(spikes.tick, id);
      }
      ++spiking_ticks[id];
    }
  }
  sent_[0].values.clear();
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
