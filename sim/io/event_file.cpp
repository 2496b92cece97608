#include "sim/io/event_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/io/hdf5.hpp"

namespace neurosim {
namespace {

using hdf5::Dataset;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
constexpr std::uint64_t kBlock = 65536;
/// Coordinates are 16 bits wide.
constexpr std::size_t kMaxSide = 65536;
/// Differences of times must not overflow.
constexpr std::int64_t kMaxTime = std::int64_t{1} << 62;

struct Columns {
  Dataset t, x, y, p;
};

Columns find_columns(const hdf5::Group& root) {
  const std::array<std::array<const char*, 4>, 3> places = {
      {{"t", "x", "y", "p"},
       {"events/t", "events/x", "events/y", "events/p"},
       {"events/ts", "events/xs", "events/ys", "events/ps"}}};
  for (const auto& [t, x, y, p] : places) {
    // The first found names the place, so that one that lacks another is called incomplete.
    if (root.contains_dataset(t)) {
      return {root.dataset(t), root.dataset(x), root.dataset(y), root.dataset(p)};
    }
  }
  root.fail("expected the events as datasets t, x, y, p, here or in a group events, found no t");
}

void check_columns(const Columns& columns) {
  for (const Dataset* const column : {&columns.t, &columns.x, &columns.y, &columns.p}) {
    column->expect(hdf5::Kind::kInteger);
    if (column->shape().size() != 1) {
      column->fail(fmt::format("expected 1 axis, found {}", column->shape().size()));
    }
    if (column->rows() != columns.t.rows()) {
      column->fail(fmt::format("{} entries, but {} has {}", column->rows(), columns.t.path(),
                               columns.t.rows()));
    }
    column->expect_held();
  }
}

/// Reads a column block by block.
class Reader {
 public:
  explicit Reader(const Dataset& column) : column_(column), block_(kBlock) {}

  void load(std::uint64_t first, std::uint64_t count) {
    first_ = first;
    column_.read(first, count, block_.data());
  }
  /// Entry `k` of the block. Throws unless it is in [low, high].
  std::int64_t get(std::uint64_t k, std::int64_t low, std::int64_t high) const {
    const std::int64_t value = block_[k];
    if (value >= low && value <= high) return value;
    column_.fail(fmt::format("entry {}: expected a number in [{}, {}], found {}", first_ + k, low,
                             high, value));
  }

 private:
  const Dataset& column_;
  std::uint64_t first_ = 0;
  std::vector<std::int64_t> block_;
};

std::vector<Event> read_all(const Columns& columns, std::int64_t last_x, std::int64_t last_y) {
  Reader t(columns.t), x(columns.x), y(columns.y), p(columns.p);
  std::vector<Event> events;
  const std::uint64_t rows = columns.t.rows();
  for (std::uint64_t first = 0; first < rows; first += kBlock) {
    const std::uint64_t count = std::min(kBlock, rows - first);
    for (Reader* const column : {&t, &x, &y, &p}) column->load(first, count);
    for (std::uint64_t k = 0; k < count; ++k) {
      events.push_back({.t = t.get(k, 0, kMaxTime),
                        .x = static_cast<std::uint16_t>(x.get(k, 0, last_x)),
                        .y = static_cast<std::uint16_t>(y.get(k, 0, last_y)),
                        .p = static_cast<std::uint8_t>(p.get(k, -1, 1) == 1 ? 1 : 0)});
    }
  }
  return events;
}

/// Of one axis: as given, or such that the largest coordinate fits.
std::size_t side_of(const std::vector<Event>& events, std::size_t given,
                    std::uint16_t Event::*axis) {
  if (given != 0) return given;
  return std::size_t{std::ranges::max(events, {}, axis).*axis} + 1;
}

}  // namespace

bool is_hdf5(const std::string& path) {
  std::array<char, kSignature.size()> start = {};
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), start.size());
  return file.gcount() == static_cast<std::streamsize>(start.size()) &&
         std::string_view(start.data(), start.size()) == kSignature;
}

EventRecording read_hdf5_events(const std::string& path, std::size_t width, std::size_t height) {
  NS_ASSERT(width <= kMaxSide && height <= kMaxSide);
  const Columns columns = find_columns(hdf5::File::open(path).root());
  check_columns(columns);
  const auto last = [](std::size_t side) {
    return static_cast<std::int64_t>(side == 0 ? kMaxSide : side) - 1;
  };
  EventRecording recording;
  recording.events = read_all(columns, last(width), last(height));
  if (recording.events.empty() && (width == 0 || height == 0)) {
    columns.t.fail("no events, so that the size of the camera must be given");
  }
  recording.width = side_of(recording.events, width, &Event::x);
  recording.height = side_of(recording.events, height, &Event::y);
  if (!std::ranges::is_sorted(recording.events, {}, &Event::t)) {
    std::ranges::stable_sort(recording.events, {}, &Event::t);
  }
  return recording;
}

}  // namespace neurosim
