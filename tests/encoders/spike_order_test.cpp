#include "encoders/spike_order.hpp"

#include <doctest/doctest.h>

#include "tests/encoders/statistics.hpp"

namespace neurosim {
namespace {

/// Neurons 5, 8, 11, ... of which each spikes every third tick or so, and past the end.
template <class Spikes>
void give(std::size_t neurons, std::uint32_t end, Spikes& spikes) {
  for (std::uint32_t k = 0; k < neurons; ++k) {
    const auto taker = spikes.taker(5 + 3 * k);
    std::uint32_t tick = k % 7;
    for (; tick < end; tick += 1 + (tick + k) % 5) taker.take(tick);
    for (int past = 0; past < 9; ++past) taker.take(std::min(tick++, end + kPastEnd - 1));
    taker.take(end + kPastEnd - 1);
  }
}

TEST_CASE("spike order: rows and keys give the same train, without what lies past the end") {
  TickRows rows;
  SpikeKeys keys;
  for (const std::uint32_t end : {1u, 2u, 150u, 90u}) {
    CAPTURE(end);
    SpikeTrain by_rows, by_keys;
    rows.reset(end, 40, 40);
    give(40, end, rows);
    REQUIRE(rows.held());
    rows.append_to(by_rows, 10);
    keys.reset(end);
    give(40, end, keys);
    keys.append_to(by_keys, 10);
    test::check_invariants(by_rows, 10, 10 + static_cast<Tick>(end), 5 + 3 * 40);
    CHECK(by_rows.spike_count() > 0);
    CHECK(by_rows == by_keys);
  }
}

TEST_CASE("spike order: a row that runs over is noticed, also the last one") {
  TickRows rows;
  rows.reset(3, 4, 2);
  for (NeuronId id = 0; id < 4; ++id) {
    const auto taker = rows.taker(id);
    if (id < 2) taker.take(0);
    taker.take(3);  // past the end: takes no room
    CHECK(rows.held());
  }
  for (const std::uint32_t tick : {0u, 2u}) {
    rows.reset(3, 4, 2);
    for (NeuronId id = 0; id < 4; ++id) {
      rows.taker(id).take(tick);
      CHECK(rows.held() == (id < 2));
    }
  }
}

TEST_CASE("spike order: rows that cannot be counted are refused") {
  CHECK(TickRows::can_hold(200, 784, 784));
  CHECK(TickRows::can_hold((std::size_t{1} << 31) - 1, 1, 1));
  CHECK(!TickRows::can_hold((std::size_t{1} << 31) - 1, 1, 2));
}

}  // namespace
}  // namespace neurosim
