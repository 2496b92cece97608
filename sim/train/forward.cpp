#include "sim/train/forward.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/core/random.hpp"

namespace neurosim {

template <class T>
Forward<T>::Forward(const Network<T>& network, const Plan& plan, const GradientMode& mode,
                    const Segments& segments)
    : network_(network),
      plan_(plan),
      mode_(mode),
      segments_(segments),
      kernels_(kernels<T>()),
      noise_seeds_(network.population_count()),
      saved_(network.population_count()),
      marching_(network.population_count()),
      input_(network.population_count()) {
  std::size_t largest = 0;
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    const NeuronBlocks<T>* const neurons = network.neurons[p].get();
    if (neurons == nullptr) continue;
    largest = std::max(largest, neurons->state_bytes());
    const auto blocks = static_cast<std::size_t>(neurons->blocks());
    marching_[p].resize(neurons->state_bytes() * blocks);
    input_[p].resize(blocks * kBlock);
    if (segments.count() > 1) {
      saved_[p].resize(neurons->state_bytes() * blocks * kShardSamples * segments.count());
    }
  }
  state_.resize(largest);
}

template <class T>
void Forward<T>::run(ShardRecord<T>& record, std::span<const std::uint32_t> numbers,
                     std::uint32_t pass, Taping taping) {
  numbers_ = numbers;
  pass_ = pass;
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    noise_seeds_[p] =
        derived_seed(network_.seed, Stream::kModelNoise, {static_cast<std::uint32_t>(p), pass, 0});
  }
  const Pass all = {{0, network_.ticks}, taping, true};
  for (const Stage& stage : network_.stages) {
    const std::size_t first = stage.populations.front();
    if (network_.neurons[first] == nullptr) continue;
    if (!stage.recurrent && all_dense(first)) {
      sweep(first, all, record);
    } else {
      for (std::size_t s = 0; s < record.samples; ++s) march(stage.populations, s, all, record);
    }
  }
}

/// All spikes are known by now, so that every population runs by itself, recurrent or not.
template <class T>
void Forward<T>::replay(ShardRecord<T>& record, std::size_t segment) {
  const Pass pass = {segments_.at(segment), Taping::kOn, false};
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    if (!plan_.backward[p] || network_.neurons[p]->tape_rows(mode_) == 0) continue;
    if (all_dense(p)) {
      sweep(p, pass, record);
    } else {
      for (std::size_t s = 0; s < record.samples; ++s) march({&p, 1}, s, pass, record);
    }
  }
}

template <class T>
bool Forward<T>::all_dense(std::size_t population) const {
  return std::ranges::all_of(network_.incoming[population],
                             [&](std::size_t k) { return network_.projections[k].dense; });
}

template <class T>
StepContext Forward<T>::context(std::size_t population, std::size_t sample, int block) const {
  return {.tick = 0,
          .width = network_.neurons[population]->width(block),
          .first_neuron = static_cast<NeuronId>(block * kBlock),
          .seed = noise_seeds_[population],
          .sample = numbers_[sample]};
}

template <class T>
Tape<T> Forward<T>::tape_of(std::size_t population, std::size_t sample, int block, const Pass& pass,
                            ShardRecord<T>& record) const {
  const bool on = pass.taping == Taping::kOn && plan_.backward[population] &&
                  network_.neurons[population]->tape_rows(mode_) > 0;
  return {on ? record.tape[population].at(sample, block) : nullptr, &mode_};
}

template <class T>
std::byte* Forward<T>::saved(std::size_t population, std::size_t sample, std::size_t segment,
                             int block) {
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  const auto blocks = static_cast<std::size_t>(neurons.blocks());
  const std::size_t index =
      (sample * segments_.count() + segment) * blocks + static_cast<std::size_t>(block);
  return saved_[population].data() + index * neurons.state_bytes();
}

/// Puts a block into its state before `tick`.
template <class T>
void Forward<T>::enter(std::size_t population, std::size_t sample, int block, Tick tick,
                       void* state) {
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  if (tick == 0) {
    neurons.reset(block, state);
  } else {
    const auto segment = static_cast<std::size_t>(tick / segments_.length);
    std::memcpy(state, saved(population, sample, segment, block), neurons.state_bytes());
  }
}

/// Keeps the state before `tick` where a segment begins.
template <class T>
void Forward<T>::leave(std::size_t population, std::size_t sample, int block, Tick tick,
                       const void* state) {
  if (tick == 0 || tick % segments_.length != 0) return;
  const auto segment = static_cast<std::size_t>(tick / segments_.length);
  std::memcpy(saved(population, sample, segment, block), state,
              network_.neurons[population]->state_bytes());
}

template <class T>
void Forward<T>::sweep(std::size_t population, const Pass& pass, ShardRecord<T>& record) {
  const auto blocks = static_cast<std::size_t>(network_.neurons[population]->blocks());
  if (sent_.size() < kShardSamples * blocks) sent_.resize(kShardSamples * blocks);
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t s = 0; s < record.samples; ++s) {
      sweep_block(population, s, static_cast<int>(block), pass, record);
    }
  }
  if (!pass.record) return;
  for (std::size_t s = 0; s < record.samples; ++s) collect(population, s, record);
}

template <class T>
void Forward<T>::sweep_block(std::size_t population, std::size_t sample, int block,
                             const Pass& pass, ShardRecord<T>& record) {
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  const auto blocks = static_cast<std::size_t>(neurons.blocks());
  BlockSpikes& sent = sent_[sample * blocks + static_cast<std::size_t>(block)];
  sent.masks.resize(static_cast<std::size_t>(network_.ticks));
  sent.values.clear();
  incoming_.clear();
  for (const std::size_t k : network_.incoming[population]) {
    const Projection<T>& projection = network_.projections[k];
    incoming_.push_back({&projection, &record.spikes[projection.from][sample]});
  }
  const bool graded = neurons.graded();
  const int count = neurons.count(block);
  const std::uint64_t real = count < kBlock ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  StepContext context = this->context(population, sample, block);
  Tape<T> tape = tape_of(population, sample, block, pass, record);
  const auto tape_step = static_cast<std::size_t>(neurons.tape_rows(mode_)) * kBlock;
  static constexpr Lanes<T> kSilence = {};
  Lanes<T> sum, output;
  enter(population, sample, block, pass.ticks.first, state_.data());
  for (Tick tick = pass.ticks.first; tick < pass.ticks.end(); ++tick) {
    if (segments_.count() > 1 && pass.record) {
      leave(population, sample, block, tick, state_.data());
    }
    const T* input = kSilence.at;
    for (const Source& source : incoming_) {
      if (tick < source.projection->delay) continue;
      const SpikeRows::Row row = source.spikes->at(tick - source.projection->delay);
      if (row.ids.empty()) continue;
      kernels_.deliver_dense(source.projection->slab(block), context.width, row.ids, row.values,
                             input, sum.at);
      input = sum.at;
    }
    context.tick = tick;
    neurons.step(block, state_.data(), input, context, output.at, tape);
    if (tape.rows != nullptr) tape.rows += tape_step;
    if (!pass.record) continue;
    const std::uint64_t mask = kernels_.spike_mask(output.at, context.width) & real;
    sent.masks[static_cast<std::size_t>(tick)] = mask;
    if (!graded) continue;
    for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
      sent.values.push_back(output.at[std::countr_zero(rest)]);
    }
  }
  if (pass.record && population == plan_.readout) read_out(sample, block, state_.data(), record);
}

/// The blocks' spikes in order of tick and neuron.
template <class T>
void Forward<T>::collect(std::size_t population, std::size_t sample, ShardRecord<T>& record) {
  SpikeRows& spikes = record.spikes[population][sample];
  spikes.clear();
  const bool graded = network_.neurons[population]->graded();
  const auto blocks = static_cast<std::size_t>(network_.neurons[population]->blocks());
  const BlockSpikes* const sent = sent_.data() + sample * blocks;
  std::vector<std::size_t> next(blocks, 0);
  for (std::size_t tick = 0; tick < static_cast<std::size_t>(network_.ticks); ++tick) {
    for (std::size_t block = 0; block < blocks; ++block) {
      for (std::uint64_t rest = sent[block].masks[tick]; rest != 0; rest &= rest - 1) {
        const auto id =
            static_cast<NeuronId>(block * kBlock + static_cast<unsigned>(std::countr_zero(rest)));
        if (graded) {
          spikes.add(id, static_cast<double>(sent[block].values[next[block]++]));
        } else {
          spikes.add(id);
        }
      }
    }
    spikes.end_row();
  }
}

template <class T>
void Forward<T>::read_out(std::size_t sample, int block, const void* state,
                          ShardRecord<T>& record) const {
  const NeuronBlocks<T>& neurons = *network_.neurons[plan_.readout];
  std::vector<double>& values = record.readout[sample];
  values.resize(neurons.size());
  for (int lane = 0; lane < neurons.count(block); ++lane) {
    values[static_cast<std::size_t>(block * kBlock + lane)] =
        neurons.observe(block, state, 0, lane, network_.ticks - 1);
  }
}

/// Tick by tick: for recurrent stages and sparse projections.
template <class T>
void Forward<T>::march(std::span<const std::size_t> populations, std::size_t sample,
                       const Pass& pass, ShardRecord<T>& record) {
  for (const std::size_t p : populations) {
    for (int block = 0; block < network_.neurons[p]->blocks(); ++block) {
      enter(p, sample, block, pass.ticks.first, marching(p, block));
    }
    if (pass.record) record.spikes[p][sample].clear();
  }
  for (Tick tick = pass.ticks.first; tick < pass.ticks.end(); ++tick) {
    for (const std::size_t p : populations) {
      sum_inputs(p, sample, tick, record);
      for (int block = 0; block < network_.neurons[p]->blocks(); ++block) {
        march_block(p, sample, block, tick, pass, record);
      }
      if (pass.record) record.spikes[p][sample].end_row();
    }
  }
}

template <class T>
std::byte* Forward<T>::marching(std::size_t population, int block) {
  return marching_[population].data() +
         static_cast<std::size_t>(block) * network_.neurons[population]->state_bytes();
}

/// One step of one block.
template <class T>
void Forward<T>::march_block(std::size_t population, std::size_t sample, int block, Tick tick,
                             const Pass& pass, ShardRecord<T>& record) {
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  std::byte* const state = marching(population, block);
  if (segments_.count() > 1 && pass.record) leave(population, sample, block, tick, state);
  Tape<T> tape = tape_of(population, sample, block, pass, record);
  if (tape.rows != nullptr) {
    tape.rows += static_cast<std::size_t>(tick - pass.ticks.first) * kBlock *
                 static_cast<std::size_t>(neurons.tape_rows(mode_));
  }
  StepContext context = this->context(population, sample, block);
  context.tick = tick;
  Lanes<T> output;
  neurons.step(block, state, input_[population].data() + block * kBlock, context, output.at, tape);
  if (!pass.record) return;
  SpikeRows& spikes = record.spikes[population][sample];
  const bool graded = neurons.graded();
  const int count = neurons.count(block);
  const std::uint64_t real = count < kBlock ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  std::uint64_t rest = kernels_.spike_mask(output.at, context.width) & real;
  for (; rest != 0; rest &= rest - 1) {
    const int lane = std::countr_zero(rest);
    const auto id = static_cast<NeuronId>(block * kBlock + lane);
    graded ? spikes.add(id, static_cast<double>(output.at[lane])) : spikes.add(id);
  }
  if (population == plan_.readout && tick + 1 == network_.ticks) {
    read_out(sample, block, state, record);
  }
}

template <class T>
void Forward<T>::sum_inputs(std::size_t population, std::size_t sample, Tick tick,
                            const ShardRecord<T>& record) {
  T* const input = input_[population].data();
  std::fill(input_[population].begin(), input_[population].end(), T(0));
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  for (const std::size_t k : network_.incoming[population]) {
    const Projection<T>& projection = network_.projections[k];
    if (tick < projection.delay) continue;
    const SpikeRows::Row row = record.spikes[projection.from][sample].at(tick - projection.delay);
    if (row.ids.empty()) continue;
    if (projection.dense) {
      for (int block = 0; block < neurons.blocks(); ++block) {
        T* const sum = input + static_cast<std::size_t>(block) * kBlock;
        kernels_.deliver_dense(projection.slab(block), neurons.width(block), row.ids, row.values,
                               sum, sum);
      }
      continue;
    }
    for (std::size_t n = 0; n < row.ids.size(); ++n) {
      projection.deliver(kernels_, projection.row(row.ids[n]),
                         row.values.empty() ? T(1) : static_cast<T>(row.values[n]), input);
    }
  }
}

template class Forward<float>;
template class Forward<double>;

}  // namespace neurosim
