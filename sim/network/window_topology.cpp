// conv2d: target (o, y, x) takes source (i, sy y + ky - py, sx x + kx - px) with the kernel's entry
// [o, i, ky, kx], as PyTorch's Conv2d (a cross-correlation) does. pool2d: the same with o = i.
//
// Along one axis, source coordinate c is reached from the places p with 0 <= c + padding - stride p
// < kernel: a run of neighbours whose kernel entries descend by the stride. What sources share is
// the length of that run and the entry at its first place.

#include "sim/network/window_topology.hpp"

#include <algorithm>
#include <utility>

namespace neurosim {
namespace {

/// The places that reach a coordinate: `count` neighbours.
struct Run {
  std::int64_t entry = 0;  ///< of the kernel, at the first place
  std::int64_t count = 0;
  friend bool operator==(const Run&, const Run&) = default;
};

/// One axis of a window.
struct Axis {
  std::int64_t kernel, stride, padding;
  std::vector<Run> runs;                 ///< the different ones
  std::vector<std::uint32_t> run;        ///< [coordinate]: index into runs
  std::vector<std::size_t> first_place;  ///< [coordinate]

  Axis(const Window2d& window, std::size_t axis, std::size_t extent, std::size_t places)
      : kernel(window.kernel[axis]), stride(window.stride[axis]), padding(window.padding[axis]) {
    for (std::size_t c = 0; c < extent; ++c) add(static_cast<std::int64_t>(c), places);
  }

 private:
  void add(std::int64_t coordinate, std::size_t places) {
    const std::int64_t from_start = coordinate + padding;
    const std::int64_t first = std::max<std::int64_t>(0, from_start - kernel + stride) / stride;
    const std::int64_t last = std::min(static_cast<std::int64_t>(places) - 1, from_start / stride);
    const bool any = first <= last;
    const Run found = any ? Run{from_start - first * stride, last - first + 1} : Run{};
    const auto known = std::ranges::find(runs, found);
    run.push_back(static_cast<std::uint32_t>(known - runs.begin()));
    if (known == runs.end()) runs.push_back(found);
    first_place.push_back(any ? static_cast<std::size_t>(first) : 0);
  }
};

class Windows {
 public:
  Windows(const PopulationSpec& from, const PopulationSpec& to, const ConnectSpec& connect)
      : from_(*planes_of(from.shape)),
        to_(*planes_of(to.shape)),
        pool_(connect.kind == Connect::kPool2d),
        down_(connect.window, 0, from_.extent[0], to_.extent[0]),
        across_(connect.window, 1, from_.extent[1], to_.extent[1]) {}

  Topology topology() const {
    Topology topology;
    topology.row_begin = {0};
    // The planes of a pool share their rows: they differ in the first target only.
    const std::size_t inputs = pool_ ? 1 : from_.channels;
    for (std::size_t input = 0; input < inputs; ++input) {
      for (const Run& down : down_.runs) {
        for (const Run& across : across_.runs) add_row(input, down, across, topology);
      }
    }
    if (!pool_) {
      topology.kernel_shape = {to_.channels, from_.channels, static_cast<std::size_t>(down_.kernel),
                               static_cast<std::size_t>(across_.kernel)};
    }
    add_sources(topology);
    return topology;
  }

 private:
  /// Targets count from the row's first one.
  void add_row(std::size_t input, const Run& down, const Run& across, Topology& topology) const {
    for (std::size_t output = 0; output < (pool_ ? 1 : to_.channels); ++output) {
      for (std::int64_t y = 0; y < down.count; ++y) {
        for (std::int64_t x = 0; x < across.count; ++x) {
          topology.target.push_back(static_cast<NeuronId>(
              output * to_.size() + static_cast<std::size_t>(y) * to_.extent[1] +
              static_cast<std::size_t>(x)));
          if (pool_) continue;
          const auto entry = static_cast<std::size_t>(
              (down.entry - y * down_.stride) * across_.kernel + across.entry - x * across_.stride);
          const auto area = static_cast<std::size_t>(down_.kernel * across_.kernel);
          topology.file_order.push_back((output * from_.channels + input) * area + entry);
        }
      }
    }
    topology.row_begin.push_back(topology.target.size());
  }

  void add_sources(Topology& topology) const {
    for (std::size_t channel = 0; channel < from_.channels; ++channel) {
      for (std::size_t y = 0; y < from_.extent[0]; ++y) {
        for (std::size_t x = 0; x < from_.extent[1]; ++x) {
          const std::size_t plane = (pool_ ? 0 : channel) * down_.runs.size() + down_.run[y];
          topology.shared_row.push_back(
              static_cast<std::uint32_t>(plane * across_.runs.size() + across_.run[x]));
          topology.first_target.push_back(
              static_cast<NeuronId>((pool_ ? channel : 0) * to_.size() +
                                    down_.first_place[y] * to_.extent[1] + across_.first_place[x]));
        }
      }
    }
  }

  Planes from_, to_;
  bool pool_;
  Axis down_, across_;
};

}  // namespace

std::optional<Planes> planes_of(const std::vector<std::size_t>& shape) {
  if (shape.size() == 2) return Planes{1, {shape[0], shape[1]}};
  if (shape.size() == 3) return Planes{shape[0], {shape[1], shape[2]}};
  return std::nullopt;
}

std::array<std::size_t, 2> window_places(const Planes& from, const Window2d& window) {
  std::array<std::size_t, 2> places = {0, 0};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t room = static_cast<std::int64_t>(from.extent[axis]) +
                              2 * window.padding[axis] - window.kernel[axis];
    if (room >= 0) places[axis] = static_cast<std::size_t>(room / window.stride[axis] + 1);
  }
  return places;
}

Topology connect_window(const PopulationSpec& from, const PopulationSpec& to,
                        const ConnectSpec& connect) {
  return Windows(from, to, connect).topology();
}

}  // namespace neurosim
