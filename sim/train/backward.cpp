#include "sim/train/backward.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace neurosim {

template <class T>
Backward<T>::Backward(const Network<T>& network, const Plan& plan, const Recipe& recipe,
                      const Segments& segments,
                      const std::vector<std::optional<TransposedWeights<T>>>& transposed)
    : network_(network),
      plan_(plan),
      recipe_(recipe),
      segments_(segments),
      transposed_(transposed),
      kernels_(kernels<T>()),
      errors_(network.population_count()),
      carries_(network.population_count()),
      filters_(network.projections.size()),
      inputs_(network.population_count()),
      product_(static_cast<std::size_t>(segments.length) * kBlock),
      sparse_products_(network.projections.size()),
      penalty_(network, plan, recipe),
      weight_gradient_(network, segments) {
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    if (!plan.backward[p]) continue;
    const NeuronBlocks<T>& neurons = *network.neurons[p];
    errors_[p].resize(neurons.shape(), segments, plan.longest_delay);
    carries_[p].resize(kShardSamples * static_cast<std::size_t>(neurons.blocks()) *
                       neurons.carry_bytes());
    inputs_[p].resize(static_cast<std::size_t>(neurons.blocks()) * kBlock);
  }
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    if (!plan.propagate[k]) continue;
    const Projection<T>& projection = network.projections[k];
    Filter& filter = filters_[k];
    filter.factor = static_cast<T>(network.neurons[projection.to]->error_filter(recipe.mode));
    filter.lanes = static_cast<std::size_t>(BlockShape{projection.sources}.blocks()) * kBlock;
    filter.carry.resize(kShardSamples * filter.lanes);
    filter.live.resize(kShardSamples);
  }
}

template <class T>
void Backward<T>::begin(const ShardRecord<T>& record,
                        const std::vector<std::vector<double>>& d_readout,
                        std::size_t batch_samples) {
  d_readout_ = d_readout;
  penalty_.begin(batch_samples);
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    if (!plan_.backward[p]) continue;
    errors_[p].begin();
    std::ranges::fill(carries_[p], std::byte{0});
  }
  for (Filter& filter : filters_) {
    std::ranges::fill(filter.carry, T(0));
    std::ranges::fill(filter.live, std::uint8_t{0});
  }
  for (std::size_t s = 0; s < record.samples; ++s) {
    const bool any = std::ranges::any_of(d_readout_[s], [](double d) { return d != 0; });
    if (any) errors_[plan_.readout].set_live(s);
  }
  weight_gradient_.begin();
}

template <class T>
void Backward<T>::run(const ShardRecord<T>& record, std::size_t segment,
                      const BatchSettings& settings, ShardGradient<T>& gradient) {
  const Segment ticks = segments_.at(segment);
  for (Errors<T>& errors : errors_) errors.enter(ticks.ticks);
  for (auto stage = network_.stages.rbegin(); stage != network_.stages.rend(); ++stage) {
    if (!std::ranges::any_of(stage->populations, [&](auto p) { return plan_.backward[p]; })) {
      continue;
    }
    if (!stage->recurrent) {
      run_blocks(stage->populations.front(), record, ticks, settings, gradient);
      finish(stage->populations.front(), ticks, record, settings, gradient);
      continue;
    }
    for (std::size_t s = 0; s < record.samples; ++s) {
      run_ticks(*stage, s, record, ticks, settings, gradient);
    }
    for (const std::size_t p : stage->populations) {
      if (plan_.backward[p]) finish(p, ticks, record, settings, gradient);
    }
  }
}

template <class T>
std::byte* Backward<T>::carry(std::size_t population, std::size_t sample, int block) {
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  const std::size_t index =
      sample * static_cast<std::size_t>(neurons.blocks()) + static_cast<std::size_t>(block);
  return carries_[population].data() + index * neurons.carry_bytes();
}

/// Block by block, each with all samples, so that a block's weights are fetched once; sample by
/// sample where a sparse projection leads on, which takes all blocks together.
template <class T>
void Backward<T>::run_blocks(std::size_t population, const ShardRecord<T>& record, Segment ticks,
                             const BatchSettings& settings, ShardGradient<T>& gradient) {
  const int blocks = errors_[population].shape().blocks();
  const bool sparse = !std::ranges::all_of(
      plan_.outgoing[population], [&](std::size_t k) { return network_.projections[k].dense; });
  for (std::size_t s = 0; sparse && s < record.samples; ++s) {
    multiply_sparse(population, s, ticks);
    for (int b = 0; b < blocks; ++b) run_block(population, s, b, record, ticks, settings, gradient);
  }
  for (int b = 0; !sparse && b < blocks; ++b) {
    for (std::size_t s = 0; s < record.samples; ++s) {
      run_block(population, s, b, record, ticks, settings, gradient);
    }
  }
}

template <class T>
void Backward<T>::run_block(std::size_t population, std::size_t sample, int block,
                            const ShardRecord<T>& record, Segment ticks,
                            const BatchSettings& settings, ShardGradient<T>& gradient) {
  Errors<T>& errors = errors_[population];
  const auto count = static_cast<int>(ticks.ticks);
  T* const rows = errors.rows(sample, block);
  if (population == plan_.readout) {
    if (!errors.live(sample)) return;
    start_readout(sample, rows, block, ticks);
  } else if (!gather(population, sample, block, ticks, record, rows)) {
    if (!errors.live(sample)) return;
    std::fill_n(rows, ticks.ticks * errors.shape().width(block), T(0));
  }
  errors.set_live(sample);
  adjoint(population, sample, block, record, ticks, 0, count, gradient);
  select(population, sample, block, ticks, 0, count, settings, gradient.errors[population]);
}

/// The gradient by the readout itself: at the last tick only.
template <class T>
void Backward<T>::start_readout(std::size_t sample, T* rows, int block, Segment ticks) const {
  const NeuronBlocks<T>& neurons = *network_.neurons[plan_.readout];
  const int width = neurons.width(block);
  std::fill_n(rows, ticks.ticks * width, T(0));
  if (ticks.end() != network_.ticks) return;
  T* const last = rows + (ticks.ticks - 1) * width;
  for (int lane = 0; lane < neurons.count(block); ++lane) {
    last[lane] =
        static_cast<T>(d_readout_[sample][static_cast<std::size_t>(block * kBlock + lane)]);
  }
}

/// How many of a segment's first ticks have spikes that arrive before the end.
template <class T>
int Backward<T>::ticks_left(std::size_t projection, Segment ticks) const {
  const Tick delay = network_.projections[projection].delay;
  const Tick arrived = std::min(ticks.end() + delay, network_.ticks);
  return static_cast<int>(arrived - ticks.first - delay);
}

template <class T>
void Backward<T>::multiply_sparse(std::size_t population, std::size_t sample, Segment ticks) {
  const Stopwatch watch(times_.propagate);
  for (const std::size_t k : plan_.outgoing[population]) {
    const Projection<T>& projection = network_.projections[k];
    const Errors<T>& errors = errors_[projection.to];
    const int count = ticks_left(k, ticks);
    if (projection.dense || count <= 0 || !errors.live(sample)) continue;
    sparse_products_[k].compute(*transposed_[k], errors, sample, projection.delay, count);
  }
}

/// The gradient by a block's outputs over a segment. Returns whether there is any; `rows` holds it
/// only then.
template <class T>
bool Backward<T>::gather(std::size_t population, std::size_t sample, int block, Segment ticks,
                         const ShardRecord<T>& record, T* rows) {
  const Stopwatch watch(times_.propagate);
  const int width = network_.neurons[population]->width(block);
  const auto size = static_cast<std::size_t>(ticks.ticks) * static_cast<std::size_t>(width);
  bool any = penalty_.add(population, sample, block, ticks, record, rows);
  for (const std::size_t k : plan_.outgoing[population]) {
    const Projection<T>& projection = network_.projections[k];
    Filter& filter = filters_[k];
    const int count = ticks_left(k, ticks);
    const bool live = errors_[projection.to].live(sample);
    if (count <= 0 || (!live && !filter.live[sample])) continue;
    filter.live[sample] = 1;
    T* const out = any ? product_.data() : rows;
    std::fill_n(out, size, T(0));
    if (live) product(k, sample, block, projection.delay, count, out);
    T* const lanes = filter.carry.data() + sample * filter.lanes + block * kBlock;
    kernels_.filter_backward(out, count, width, filter.factor, lanes, out);
    if (any) kernels_.add_row(out, T(1), size, rows);
    any = true;
  }
  return any;
}

/// out[t] += W^T error[row + t], t < count, for the sources of a block: by events where they are
/// few, densely where they are many. The bits are the same.
template <class T>
void Backward<T>::product(std::size_t projection, std::size_t sample, int block, Tick row,
                          int count, T* out) {
  const Errors<T>& errors = errors_[network_.projections[projection].to];
  const int width = BlockShape{network_.projections[projection].sources}.width(block);
  if (!transposed_[projection]->dense()) {
    std::copy_n(sparse_products_[projection].rows(block), count * width, out);
    return;
  }
  const T* const slab = transposed_[projection]->slab(block);
  if (errors.dense(sample)) {
    for (int b = 0; b < errors.shape().blocks(); ++b) {
      const int errors_width = errors.shape().width(b);
      kernels_.multiply_dense(errors.rows(sample, b) + row * errors_width, errors_width, count,
                              errors.shape().count(b),
                              slab + static_cast<std::ptrdiff_t>(b) * kBlock * width, width, out);
    }
    return;
  }
  for (int t = 0; t < count; ++t, out += width) {
    const SpikeRows::Row events = errors.list(sample).at(row + t);
    if (events.ids.empty()) continue;
    kernels_.deliver_dense(slab, width, events.ids, events.values, out, out);
  }
}

/// Tick by tick, all populations of a recurrent stage.
template <class T>
void Backward<T>::run_ticks(const Stage& stage, std::size_t sample, const ShardRecord<T>& record,
                            Segment ticks, const BatchSettings& settings,
                            ShardGradient<T>& gradient) {
  for (Tick tick = ticks.end() - 1; tick >= ticks.first; --tick) {
    for (auto p = stage.populations.rbegin(); p != stage.populations.rend(); ++p) {
      if (!plan_.backward[*p]) continue;
      Errors<T>& errors = errors_[*p];
      gather_tick(*p, sample, tick, ticks);
      const Tick row = tick - ticks.first;
      for (int block = 0; block < errors.shape().blocks(); ++block) {
        const int width = errors.shape().width(block);
        T* const out = errors.rows(sample, block) + row * width;
        const Segment one = {tick, 1};
        if (!penalty_.add(*p, sample, block, one, record, out)) std::fill_n(out, width, T(0));
        kernels_.add_row(inputs_[*p].data() + block * kBlock, T(1), static_cast<std::size_t>(width),
                         out);
        adjoint(*p, sample, block, record, ticks, row, 1, gradient);
        select(*p, sample, block, ticks, row, 1, settings, gradient.errors[*p]);
      }
      errors.set_live(sample);
    }
  }
}

/// The gradient by a population's outputs at one tick, into inputs_.
template <class T>
void Backward<T>::gather_tick(std::size_t population, std::size_t sample, Tick tick,
                              Segment ticks) {
  const Stopwatch watch(times_.propagate);
  std::vector<T>& sums = inputs_[population];
  std::ranges::fill(sums, T(0));
  for (const std::size_t k : plan_.outgoing[population]) {
    const Projection<T>& projection = network_.projections[k];
    if (tick + projection.delay >= network_.ticks) continue;
    Filter& filter = filters_[k];
    T* const carry = filter.carry.data() + sample * filter.lanes;
    for (std::size_t n = 0; n < filter.lanes; ++n) carry[n] *= filter.factor;
    deliver_errors(k, sample, tick + projection.delay - ticks.first, carry);
    kernels_.add_row(carry, T(1), sums.size(), sums.data());
  }
}

template <class T>
void Backward<T>::deliver_errors(std::size_t projection, std::size_t sample, Tick row, T* sums) {
  const Projection<T>& p = network_.projections[projection];
  Errors<T>& errors = errors_[p.to];
  row_.clear();
  if (errors.live(sample)) {
    errors.append_row(sample, row, row_);
  } else {
    row_.end_row();
  }
  const SpikeRows::Row events = row_.at(0);
  if (events.ids.empty()) return;
  const TransposedWeights<T>& weights = *transposed_[projection];
  if (weights.dense()) {
    const BlockShape sources = {p.sources};
    for (int block = 0; block < sources.blocks(); ++block) {
      T* const sum = sums + block * kBlock;
      kernels_.deliver_dense(weights.slab(block), sources.width(block), events.ids, events.values,
                             sum, sum);
    }
    return;
  }
  for (std::size_t k = 0; k < events.ids.size(); ++k) {
    const auto synapses = weights.row(events.ids[k]);
    kernels_.deliver_sparse(synapses.source, synapses.weight, synapses.count,
                            static_cast<T>(events.values[k]), sums);
  }
}

/// From the gradient by the outputs to the errors, in place, for `count` rows of a block.
template <class T>
void Backward<T>::adjoint(std::size_t population, std::size_t sample, int block,
                          const ShardRecord<T>& record, Segment ticks, Tick row, int count,
                          ShardGradient<T>& gradient) {
  const Stopwatch watch(times_.adjoint);
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  const int width = neurons.width(block);
  const int tape_rows = neurons.tape_rows(recipe_.mode);
  T* const rows = errors_[population].rows(sample, block) + row * width;
  const T* const tape = tape_rows == 0
                            ? nullptr
                            : record.tape[population].at(sample, block) + row * tape_rows * kBlock;
  const AdjointRange<T> range = {.first = ticks.first + row,
                                 .ticks = count,
                                 .width = width,
                                 .tape = tape,
                                 .d_output = rows,
                                 .error = rows};
  const std::size_t learnable = learnable_fields(neurons.model());
  neurons.adjoint(
      block, recipe_.mode, carry(population, sample, block), range,
      gradient.fields[population].data() + static_cast<std::size_t>(block) * learnable * kBlock);
}

/// Drops the errors below the threshold.
template <class T>
void Backward<T>::select(std::size_t population, std::size_t sample, int block, Segment ticks,
                         Tick row, int count, const BatchSettings& settings, ErrorCount& errors) {
  const Stopwatch watch(times_.select);
  Errors<T>& own = errors_[population];
  const int width = own.shape().width(block);
  T* const rows = own.rows(sample, block) + row * width;
  // A readout's errors stand at the last tick alone, which no sampling may miss.
  const int stride =
      population == plan_.readout || network_.ticks < 4 * kHistogramStride ? 1 : kHistogramStride;
  if (recipe_.error_budget > 0) {
    for (int t = 0; t < count; ++t) {
      if ((ticks.first + row + t + settings.histogram_offset) % stride != 0) continue;
      for (int k = 0; k < width; ++k) {
        const auto error = static_cast<double>(rows[t * width + k]);
        if (error != 0) errors.histogram.add(error);
      }
    }
  }
  Lanes<T> squares = {}, dropped = {};
  kernels_.select_errors(rows, count, width, static_cast<T>(settings.thresholds[population]),
                         own.masks(sample, block) + row, squares.at, dropped.at);
  for (int k = 0; k < width; ++k) {
    errors.squares += static_cast<double>(squares.at[k]);
    errors.dropped += static_cast<double>(dropped.at[k]);
  }
}

/// When a population's errors are known for all samples: counts them and takes the gradients of the
/// weights into it.
template <class T>
void Backward<T>::finish(std::size_t population, Segment ticks, const ShardRecord<T>& record,
                         const BatchSettings& settings, ShardGradient<T>& gradient) {
  Errors<T>& errors = errors_[population];
  ErrorCount& count = gradient.errors[population];
  for (std::size_t s = 0; s < record.samples; ++s) {
    count.entries += network_.sizes[population] * static_cast<std::uint64_t>(ticks.ticks);
    if (!errors.live(s)) continue;
    const std::uint64_t events = errors.finish(s, ticks.ticks);
    count.events += events;
    if (events == 0 && segments_.count() == 1) errors.set_dead(s);
  }
  const auto filter = static_cast<T>(network_.neurons[population]->error_filter(recipe_.mode));
  const Stopwatch watch(times_.weights);
  for (const std::size_t k : network_.incoming[population]) {
    if (!plan_.learn[k]) continue;
    count.spikes += weight_gradient_.add(k, record, ticks, errors, filter, settings.orders[k],
                                         gradient.weights[k]);
  }
}

template class Backward<float>;
template class Backward<double>;

}  // namespace neurosim
