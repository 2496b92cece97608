#include <doctest/doctest.h>

#include "sim/engine/engine.hpp"

namespace neurosim {
namespace {

SampleRecord record_with(const SpikeTrain& train, double state) {
  SampleRecord record;
  record.sample = 4;
  record.ticks = 10;
  record.spikes = {train};
  record.spiking_ticks = {{0, 0, 0}};
  record.final_states = {{0.5, state, 0.25}};
  return record;
}

SpikeTrain train_of(std::initializer_list<std::pair<Tick, NeuronId>> spikes) {
  SpikeTrain train;
  for (const auto& [tick, id] : spikes) train.append(tick, id);
  return train;
}

TEST_CASE("equal records have no difference") {
  const SampleRecord record = record_with(train_of({{1, 0}, {2, 1}}), 0);
  CHECK(first_difference(record, record, {"hidden"}) == "");
}

TEST_CASE("the first differing spike is named") {
  const SampleRecord a = record_with(train_of({{1, 0}, {2, 1}, {5, 2}}), 0);
  const SampleRecord b = record_with(train_of({{1, 0}, {3, 1}, {5, 2}}), 0);
  CHECK(first_difference(a, b, {"hidden"}) ==
        "sample 4, tick 2, hidden neuron 1: spike against silence");
  CHECK(first_difference(b, a, {"hidden"}) ==
        "sample 4, tick 2, hidden neuron 1: silence against spike");
  const SampleRecord none = record_with(SpikeTrain(), 0);
  CHECK(first_difference(a, none, {"hidden"}) ==
        "sample 4, tick 1, hidden neuron 0: spike against silence");
}

TEST_CASE("a differing value or state is named with both values") {
  SpikeTrain x, y;
  x.append(3, 1, 0.5);
  y.append(3, 1, 0.75);
  CHECK(first_difference(record_with(x, 0), record_with(y, 0), {"hidden"}) ==
        "sample 4, tick 3, hidden neuron 1: spike 0.5 against spike 0.75");
  CHECK(first_difference(record_with(x, 1), record_with(x, 2), {"hidden"}) ==
        "sample 4, tick 9, hidden neuron 1: state 1 against 2");
}

}  // namespace
}  // namespace neurosim
