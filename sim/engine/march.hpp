#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/core/sample_watch.hpp"
#include "sim/core/thread_team.hpp"
#include "sim/engine/row_split.hpp"
#include "sim/engine/sample.hpp"
#include "sim/engine/tracer.hpp"

namespace neurosim {

/// Runs a stage whose populations wait for one another or take sparse input.
///
/// Nothing that a population of the stage sends arrives before the stage's shortest delay, so as
/// many ticks make a window that is run at once: first the spikes that arrive within it are added
/// up, tick by tick, then each block runs through all of its ticks while its state is in the
/// first-level cache. The neurons are cut into parts, as many as it takes for a part's sums to stay
/// in the second-level cache and for every thread to have some; a part is run by one thread. Sums
/// are taken in the order of the reference engine whatever the window and the parts.
template <class T>
class March {
 public:
  /// Everything given must outlive this.
  March(const Network<T>& network, const Stage& stage, Sample<T>& sample, const Tracer& tracer,
        ThreadTeam& team, const Partition& partition);

  void run(SampleRecord& record, SampleWatch& watch);

 private:
  /// On cache lines of their own, since different threads move them.
  struct alignas(128) Places {
    std::vector<std::size_t, CacheLineAllocator<std::size_t>> of_delay;
  };
  /// One projection into a member, and the place in its source's spikes for each delay and part.
  struct Inlet {
    const Projection<T>* projection;
    RowSplit<T> split;
    std::vector<Places> places;  ///< [part]
  };
  struct Waiting {
    std::uint64_t touched = 0;  ///< ticks of the window with input
    bool awake = true;
  };
  struct Member {
    std::size_t index = 0;
    Population<T>* population = nullptr;
    std::size_t lanes = 0;         ///< with padding
    std::vector<int> first_block;  ///< [part + 1]
    std::vector<Inlet> inlets;
    AlignedVector<T> input;        ///< [tick of the window][receptor][lane]
    std::vector<Waiting> waiting;  ///< [block]
    std::vector<Tick> traced;      ///< [block]: first tick whose trace is not written yet

    std::size_t tick_stride() const {
      return lanes * static_cast<std::size_t>(population->neurons().receptors());
    }
  };

  void add_member(std::size_t index);
  void choose_parts(const Partition& partition);
  void begin();
  Tick next_arrival(const Member& member, const SampleRecord& record) const;
  void run_parts(std::size_t from, std::size_t to, Tick first, Tick end, SampleRecord& record);
  void run_part(Member& member, std::size_t part, Tick first, Tick end, SampleRecord& record);
  void deliver(Member& member, std::size_t part, Tick first, Tick end, const SampleRecord& record);
  void deliver_packet(Member& member, const Inlet& inlet, std::size_t group, std::size_t part,
                      const SpikePacket& packet, int slot);
  void deliver_rows(Member& member, const Inlet& inlet, std::size_t group, std::size_t part,
                    const SpikePacket& packet, int slot, T* input);
  void run_block(Member& member, std::size_t part, int block, Tick first, Tick end);
  void run_traced_block(Member& member, std::size_t part, int block, Tick first, Tick end,
                        SampleRecord& record);

  const Network<T>& network_;
  const Kernels<T>& kernels_;
  Sample<T>& sample_;
  const Tracer& tracer_;
  ThreadTeam& team_;
  Tick window_;
  std::size_t parts_ = 1;
  std::vector<Member> members_;
  /// Members that may run side by side, as [first, last) of members_: all, or one after the other
  /// where zero delays lead from one to the next.
  std::vector<std::pair<std::size_t, std::size_t>> phases_;
  std::size_t threads_ = 1;              ///< that have parts
  std::vector<std::uint8_t> any_awake_;  ///< [part]
};

}  // namespace neurosim
