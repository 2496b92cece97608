#include "sim/core/spike_train.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace neurosim {
namespace {

TEST_CASE("a train groups spikes into packets by tick") {
  SpikeTrain train;
  CHECK(train.packet_count() == 0);
  train.append(3, 1);
  train.append(3, 7);
  train.append(10, 0);
  REQUIRE(train.packet_count() == 2);
  CHECK(train.spike_count() == 3);
  CHECK_FALSE(train.graded());
  CHECK(train.packet(0).tick == 3);
  CHECK(train.packet(0).ids.size() == 2);
  CHECK(train.packet(0).ids[1] == 7);
  CHECK(train.packet(0).values.empty());
  CHECK(train.packet(1).ids[0] == 0);
  train.clear();
  CHECK(train == SpikeTrain());
}

TEST_CASE("graded spikes keep their values beside their ids") {
  SpikeTrain train;
  train.append(1, 4, 0.25);
  train.append(2, 2, 0.5);
  train.append(2, 3, 0.75);
  CHECK(train.graded());
  CHECK(train.packet(1).values[0] == 0.5);
  CHECK(train.packet(1).values[1] == 0.75);
}

TEST_CASE("packets are what their spikes are one by one") {
  const std::vector<NeuronId> ids = {2, 5, 9};
  const std::vector<double> values = {1.5, -2, 0.25};
  SpikeTrain one_by_one, packets, binary_one_by_one, binary_packets;
  for (const Tick tick : {4, 7}) {
    for (std::size_t k = 0; k < 3; ++k) one_by_one.append(tick, ids[k], values[k]);
    for (const NeuronId id : ids) binary_one_by_one.append(tick, id);
    packets.append_packet(tick, ids, values);
    binary_packets.append_packet(tick, ids);
  }
  CHECK(packets == one_by_one);
  CHECK(binary_packets == binary_one_by_one);
  CHECK(packets != binary_packets);
}

}  // namespace
}  // namespace neurosim
