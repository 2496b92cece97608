#include "sim/engine/march.hpp"

#include <algorithm>

#include "sim/engine/event_queue.hpp"

namespace neurosim {
namespace {

/// Ticks at once where nothing of the stage waits for itself.
constexpr Tick kFreeWindow = 16;

/// Asks for the beginning of a row before the one before it is done: rows lie anywhere in memory.
template <class Row>
void prefetch(const Row& row, bool one_weight) {
  constexpr std::size_t kLine = 16, kMost = 16 * kLine;  // of 4 bytes
  for (std::size_t k = 0; k < std::min(row.count, kMost); k += kLine) {
    __builtin_prefetch(row.target + k);
    if (!one_weight) __builtin_prefetch(row.weight + k);
  }
}

/// The shortest delay between populations of a stage; kFreeWindow where nothing leads back.
template <class T>
Tick shortest_delay(const Network<T>& network, const Stage& stage) {
  Tick shortest = kFreeWindow;
  bool any = false;
  for (const Projection<T>& projection : network.projections) {
    const auto within = [&](std::size_t p) { return std::ranges::count(stage.populations, p) > 0; };
    if (!within(projection.from) || !within(projection.to)) continue;
    shortest = any ? std::min(shortest, projection.delays.back()) : projection.delays.back();
    any = true;
  }
  return shortest;
}

}  // namespace

template <class T>
March<T>::March(const Network<T>& network, const Stage& stage, Sample<T>& sample,
                const Tracer& tracer, ThreadTeam& team, const Partition& partition)
    : network_(network), kernels_(kernels<T>()), sample_(sample), tracer_(tracer), team_(team) {
  const Tick shortest = shortest_delay(network, stage);
  window_ = std::clamp<Tick>(shortest, 1, kMostWindow);
  for (const std::size_t index : stage.populations) add_member(index);
  choose_parts(partition);
  if (shortest > 0) {
    phases_ = {{0, members_.size()}};
  } else {
    for (std::size_t m = 0; m < members_.size(); ++m) phases_.emplace_back(m, m + 1);
  }
}

template <class T>
void March<T>::add_member(std::size_t index) {
  Member& member = members_.emplace_back();
  member.index = index;
  member.population = &sample_.population(index);
  const auto blocks = static_cast<std::size_t>(member.population->neurons().blocks());
  member.lanes = blocks * kBlock;
  // An odd number of cache lines: the ticks' rows must not share the same sets of the cache.
  if (blocks % 2 == 0) member.lanes += kLaneGroup;
  member.input.assign(static_cast<std::size_t>(window_) * member.tick_stride(), T(0));
  member.waiting.assign(blocks, {});
  member.traced.assign(blocks, 0);
}

/// Cuts every member into the same number of parts.
template <class T>
void March<T>::choose_parts(const Partition& partition) {
  std::size_t bytes = 0, blocks = 0;
  for (const Member& member : members_) {
    bytes += member.input.size() * sizeof(T);
    blocks += member.waiting.size();
  }
  threads_ = std::clamp<std::size_t>(blocks / partition.fewest_blocks, 1, team_.threads());
  parts_ = std::max<std::size_t>(1, (bytes + partition.part_bytes - 1) / partition.part_bytes);
  parts_ = (parts_ + threads_ - 1) / threads_ * threads_;
  any_awake_.assign(parts_, 1);
  for (Member& member : members_) {
    std::vector<NeuronId> first_targets;
    for (std::size_t part = 0; part <= parts_; ++part) {
      const std::size_t block = part * member.waiting.size() / parts_;
      member.first_block.push_back(static_cast<int>(block));
      first_targets.push_back(static_cast<NeuronId>(block * kBlock));
    }
    for (const std::size_t p : network_.incoming[member.index]) {
      const Projection<T>& projection = network_.projections[p];
      member.inlets.push_back({&projection, RowSplit<T>(projection, first_targets), {}});
    }
  }
}

template <class T>
void March<T>::begin() {
  std::ranges::fill(any_awake_, 1);
  for (Member& member : members_) {
    member.population->split(parts_);
    std::ranges::fill(member.waiting, Waiting());
    std::ranges::fill(member.traced, 0);
    for (Inlet& inlet : member.inlets) {
      inlet.places.resize(parts_);
      for (Places& places : inlet.places) {
        places.of_delay.assign(inlet.projection->delays.size(), 0);
      }
    }
  }
}

template <class T>
void March<T>::run(SampleRecord& record, SampleWatch& watch) {
  begin();
  for (Tick first = 0; first < network_.ticks;) {
    if (watch.interrupted()) return;
    watch.reach(static_cast<double>(first) / static_cast<double>(network_.ticks));
    const Tick end = std::min(first + window_, network_.ticks);
    std::ranges::fill(any_awake_, 0);
    for (const auto& [from, to] : phases_) {
      run_parts(from, to, first, end, record);
      for (std::size_t m = from; m < to; ++m) {
        Member& member = members_[m];
        member.population->take_spikes(record.spikes[member.index],
                                       record.spiking_ticks[member.index]);
      }
    }
    first = end;
    if (std::ranges::any_of(any_awake_, [](std::uint8_t awake) { return awake != 0; })) continue;
    Tick next = kNever;
    for (const Member& member : members_) next = std::min(next, next_arrival(member, record));
    first = std::clamp(next, end, network_.ticks);
  }
  for (Member& member : members_) {
    for (std::size_t block = 0; block < member.traced.size(); ++block) {
      const auto b = static_cast<int>(block);
      if (!tracer_.watches(member.index, b)) continue;
      tracer_.write(*member.population, member.index, b, member.traced[block], network_.ticks,
                    record);
    }
  }
}

/// Each thread runs the same parts in every window, so that they stay in its cache.
template <class T>
void March<T>::run_parts(std::size_t from, std::size_t to, Tick first, Tick end,
                         SampleRecord& record) {
  const auto work = [&](unsigned thread) {
    for (std::size_t part = thread; part < parts_ && thread < threads_; part += threads_) {
      for (std::size_t m = from; m < to; ++m) run_part(members_[m], part, first, end, record);
    }
  };
  threads_ == 1 ? work(0) : team_.for_each_thread(work);
}

/// Of the events that no window has taken yet; all parts have taken the same ones.
template <class T>
Tick March<T>::next_arrival(const Member& member, const SampleRecord& record) const {
  Tick next = kNever;
  for (const Inlet& inlet : member.inlets) {
    const SpikeTrain& train = record.spikes[inlet.projection->from];
    for (std::size_t group = 0; group < inlet.projection->delays.size(); ++group) {
      const std::size_t place = inlet.places[0].of_delay[group];
      if (place == train.packet_count()) continue;
      next = std::min(next, train.tick(place) + inlet.projection->delays[group]);
    }
  }
  return next;
}

template <class T>
void March<T>::run_part(Member& member, std::size_t part, Tick first, Tick end,
                        SampleRecord& record) {
  deliver(member, part, first, end, record);
  bool any_awake = false;
  for (int block = member.first_block[part]; block < member.first_block[part + 1]; ++block) {
    const Waiting& waiting = member.waiting[static_cast<std::size_t>(block)];
    if (!waiting.awake && waiting.touched == 0) continue;
    if (tracer_.watches(member.index, block)) {
      run_traced_block(member, part, block, first, end, record);
    } else {
      run_block(member, part, block, first, end);
    }
    any_awake = any_awake || waiting.awake;
  }
  if (any_awake) any_awake_[part] = 1;
}

template <class T>
void March<T>::deliver(Member& member, std::size_t part, Tick first, Tick end,
                       const SampleRecord& record) {
  for (Inlet& inlet : member.inlets) {
    const Projection<T>& projection = *inlet.projection;
    const SpikeTrain& train = record.spikes[projection.from];
    const std::size_t groups = projection.delays.size();
    for (std::size_t group = 0; group < groups; ++group) {
      std::size_t& place = inlet.places[part].of_delay[group];
      for (; place < train.packet_count(); ++place) {
        const Tick arrival = train.tick(place) + projection.delays[group];
        if (arrival >= end) break;
        deliver_packet(member, inlet, group, part, train.packet(place),
                       static_cast<int>(arrival - first));
      }
    }
  }
}

template <class T>
void March<T>::deliver_packet(Member& member, const Inlet& inlet, std::size_t group,
                              std::size_t part, const SpikePacket& packet, int slot) {
  const Projection<T>& projection = *inlet.projection;
  T* const input = member.input.data() + static_cast<std::size_t>(slot) * member.tick_stride() +
                   static_cast<std::size_t>(projection.receptor) * member.lanes;
  if (!projection.dense) {
    deliver_rows(member, inlet, group, part, packet, slot, input);
    return;
  }
  for (int block = member.first_block[part]; block < member.first_block[part + 1]; ++block) {
    T* const sum = input + static_cast<std::size_t>(block) * kBlock;
    kernels_.deliver_dense(projection.slab(block), member.population->neurons().width(block),
                           packet.ids, packet.values, sum, sum);
    member.waiting[static_cast<std::size_t>(block)].touched |= std::uint64_t{1} << slot;
  }
}

template <class T>
void March<T>::deliver_rows(Member& member, const Inlet& inlet, std::size_t group, std::size_t part,
                            const SpikePacket& packet, int slot, T* input) {
  const Projection<T>& projection = *inlet.projection;
  const std::size_t groups = projection.delays.size();
  const std::uint64_t bit = std::uint64_t{1} << slot;
  const auto begin = static_cast<std::size_t>(member.first_block[part]);
  const auto end = static_cast<std::size_t>(member.first_block[part + 1]);
  bool all_touched = false;
  const auto row_of = [&](std::size_t k) {
    auto row = projection.row(packet.ids[k], group);
    inlet.split.narrow(row, packet.ids[k] * groups + group, part, parts_, projection.one_weight());
    return row;
  };
  auto next = row_of(0);
  for (std::size_t k = 0; k < packet.ids.size(); ++k) {
    const auto row = next;
    if (k + 1 < packet.ids.size()) {
      next = row_of(k + 1);
      prefetch(next, projection.one_weight());
    }
    const T value = packet.values.empty() ? T(1) : static_cast<T>(packet.values[k]);
    projection.deliver(kernels_, row, value, input);
    if (all_touched) continue;
    // A row with many targets touches most blocks; finding out which would cost as much as the
    // delivery, and a block that is touched for nothing does not change. Decided by the whole row,
    // so that as many updates are done and counted however the blocks are cut into parts.
    if (projection.row(packet.ids[k], group).count * 4 >= member.waiting.size()) {
      all_touched = true;
      continue;
    }
    for (std::size_t s = 0; s < row.count; ++s) {
      member.waiting[(row.first_target + row.target[s]) / kBlock].touched |= bit;
    }
  }
  if (!all_touched) return;
  for (std::size_t block = begin; block < end; ++block) member.waiting[block].touched |= bit;
}

template <class T>
void March<T>::run_block(Member& member, std::size_t part, int block, Tick first, Tick end) {
  const auto b = static_cast<std::size_t>(block);
  Waiting& waiting = member.waiting[b];
  BlockRun<T> run;
  run.context.input_stride = member.lanes;
  run.ticks = static_cast<int>(end - first);
  run.input = member.input.data() + b * kBlock;
  run.tick_stride = member.tick_stride();
  run.touched = waiting.touched;
  run.awake = waiting.awake;
  member.population->run(block, first, run, part);
  waiting.touched = 0;
  waiting.awake = run.awake;
}

/// Tick by tick, so that every state can be read.
template <class T>
void March<T>::run_traced_block(Member& member, std::size_t part, int block, Tick first, Tick end,
                                SampleRecord& record) {
  const auto b = static_cast<std::size_t>(block);
  Waiting& waiting = member.waiting[b];
  const std::uint64_t touched = waiting.touched;
  T* const input = member.input.data();
  for (Tick tick = first; tick < end; ++tick) {
    const auto slot = static_cast<std::size_t>(tick - first);
    waiting.touched = touched >> slot & 1;
    if (!waiting.awake && waiting.touched == 0) continue;
    tracer_.write(*member.population, member.index, block, member.traced[b], tick, record);
    member.traced[b] = tick;
    BlockRun<T> run;
    run.context.input_stride = member.lanes;
    run.ticks = 1;
    run.input = input + slot * member.tick_stride() + b * kBlock;
    run.touched = waiting.touched;
    run.awake = waiting.awake;
    member.population->run(block, tick, run, part);
    waiting.awake = run.awake;
  }
  waiting.touched = 0;
}

template class March<float>;
template class March<double>;

}  // namespace neurosim
