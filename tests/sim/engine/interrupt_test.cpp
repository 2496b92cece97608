#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"

namespace neurosim {
namespace {

/// Neurons that spike by themselves for hours, so that no run of a test comes to its end.
Description endless(bool recurrent) {
  std::string text =
      "format: neurosim/1\n"
      "time: { steps: 100000000 }\n"
      "populations:\n"
      "  in: { model: spike_list, size: 4, spikes: [[1, 2]] }\n"
      "  out: { model: src, size: 200, parameters: { bias: -4 } }\n"
      "projections:\n"
      "  - { from: in, to: out, weights: 0.1 }\n";
  if (recurrent) text += "  - { from: out, to: out, weights: 0.001, delay: 2 }\n";
  return parse_description(text, "net.yaml");
}

/// Runs a sample and interrupts it when a part of it is done.
void run_and_interrupt(Engine& engine) {
  std::atomic<bool> interrupt = false;
  SampleWatch watch;
  watch.begin(&interrupt);
  std::thread other([&] {
    while (watch.done() == 0) std::this_thread::yield();
    interrupt = true;
  });
  SampleInput input{.sources = {SpikeTrain()}};
  input.sources[0].append(1, 2);
  SampleRecord record;
  engine.run(0, input, record, watch);
  other.join();
  CHECK(watch.gave_up());
  CHECK(watch.done() > 0);
  CHECK(watch.done() < 1);
}

TEST_CASE("an interrupted sample ends in the middle of a stage, whatever runs it") {
  for (const bool recurrent : {false, true}) {
    CAPTURE(recurrent);
    const Network<float> network = compile<float>(endless(recurrent), &test::no_files);
    run_and_interrupt(*make_event_engine(network, {}));
    run_and_interrupt(
        *make_event_engine(network, {}, {.threads = 3, .part_bytes = 4096, .fewest_blocks = 1}));
    run_and_interrupt(*make_reference_engine(network, {}));
  }
}

}  // namespace
}  // namespace neurosim
