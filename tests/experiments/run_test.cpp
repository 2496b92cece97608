// What a run computes: the same for every thread number and engine, and what its summary says.

#include "experiments/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "experiments/measures.hpp"
#include "models/src_neuron.hpp"
#include "run_files.hpp"

namespace neurosim {
namespace {

using test::Contents;
using test::kHidden;
using test::kLast;
using test::kPixels;
using test::kSmallSamples;
using test::kSmallTicks;

Contents contents_of_run(const Description& description, RunOptions options) {
  const test::RunFolder folder;
  options.output = folder.path("run.h5");
  run_network(description, options);
  return test::read_contents(options.output);
}

/// What engines may count differently: how many neurons they looked at.
void forget_updates(Contents& contents) {
  std::erase_if(contents, [](const auto& entry) {
    return entry.first.ends_with("/updates_done") || entry.first.ends_with("/updates_skipped");
  });
}

TEST_CASE("the number of threads changes nothing in the output") {
  for (const char* precision : {"precision: single", "precision: double"}) {
    CAPTURE(std::string(precision));
    const Description description = test::small_network(precision);
    const Contents one = contents_of_run(description, {.threads = 1});
    CHECK(one.at("/neurosim/samples/index").numbers.size() == kSmallSamples);
    CHECK(one.at("/spikes/hidden/node_ids").numbers.size() > 1000);
    CHECK(one.at("/spikes/last/node_ids").numbers.size() > 300);
    CHECK(one.at("/report/hidden_h/data").numbers.size() == kSmallSamples * kSmallTicks * 3);
    for (const unsigned threads : {2u, 5u}) {
      CAPTURE(threads);
      CHECK(test::differences(one, contents_of_run(description, {.threads = threads})).empty());
    }
  }
}

TEST_CASE("both engines write the same output, and a checked run too") {
  const Description description = test::small_network();
  Contents event = contents_of_run(description, {.threads = 2});
  Contents reference =
      contents_of_run(description, {.engine = EngineKind::kReference, .threads = 2});
  const Contents checked = contents_of_run(description, {.check = Check::kBoth, .threads = 2});
  CHECK(test::differences(event, checked).empty());
  CHECK(!test::differences(event, reference).empty());  // the counters below
  forget_updates(event);
  forget_updates(reference);
  CHECK(event.size() > 30);
  CHECK(test::differences(event, reference).empty());
}

TEST_CASE("another seed gives another run") {
  Description description = test::small_network();
  const Contents before = contents_of_run(description, {});
  CHECK(test::differences(before, contents_of_run(description, {})).empty());
  description.seed = 8;
  const auto changed = test::differences(before, contents_of_run(description, {}));
  for (const char* path : {"/spikes/pixels/node_ids", "/spikes/hidden/node_ids",
                           "/neurosim/samples/readout", "/report/hidden_h/data"}) {
    CAPTURE(std::string(path));
    CHECK(std::ranges::count(changed, path) == 1);
  }
}

TEST_CASE("the prediction is the class of the largest readout at the last step") {
  Description description = test::small_network();
  description.seed = 3;  // predictions of this seed are of several classes
  const test::RunFolder folder;
  run_network(description, {.output = folder.path("run.h5")});
  const Results results(folder.path("run.h5"));
  const auto predictions = results.predictions();
  REQUIRE(predictions.size() == kSmallSamples);
  for (std::size_t s = 0; s < kSmallSamples; ++s) {
    const auto readout = results.readout(s);
    REQUIRE(readout.size() == 10);
    CHECK(predictions[s] == std::ranges::max_element(readout) - readout.begin());
    // The trace of the readout ends in the values that decide.
    const StateTrace trace = results.trace(1, s);
    REQUIRE(trace.variables == std::vector<std::string>{"v"});
    const std::vector<double> last(trace.values.end() - 10, trace.values.end());
    CHECK(last == readout);
  }
  CHECK(std::ranges::max(predictions) != std::ranges::min(predictions));
}

TEST_CASE("recorded states are those that gave the spikes") {
  const Description description = test::small_network();
  const test::RunFolder folder;
  run_network(description, {.output = folder.path("run.h5")});
  const Results results(folder.path("run.h5"));
  std::size_t spikes = 0;
  for (std::size_t s = 0; s < kSmallSamples; ++s) {
    const StateTrace trace = results.trace(0, s);
    REQUIRE(trace.variables == std::vector<std::string>{"h", "hs"});
    REQUIRE(trace.neurons == std::vector<NeuronId>{0, 33, 69});
    // Eq. 5f: s = ReLU(h), for every tick and recorded neuron.
    std::vector<double> outputs(kSmallTicks * 3, 0.0);
    const SpikeTrain raster = results.raster(kHidden, s);
    REQUIRE(raster.graded());
    for (std::size_t k = 0; k < raster.packet_count(); ++k) {
      const SpikePacket packet = raster.packet(k);
      for (std::size_t n = 0; n < packet.ids.size(); ++n) {
        const auto lane = std::ranges::find(trace.neurons, packet.ids[n]) - trace.neurons.begin();
        if (lane == 3) continue;
        outputs[static_cast<std::size_t>(packet.tick * 3 + lane)] = packet.values[n];
        ++spikes;
      }
    }
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      REQUIRE(outputs[k] == std::max(trace.values[k], 0.0));
    }
  }
  CHECK(spikes > 50);
}

TEST_CASE("binary output of an SRC population is recorded as binary spikes") {
  const test::RunFolder folder;
  Description description = test::small_network();
  description.populations[kHidden].parameters[SrcNeuron::kOutput] = FieldValue{SrcNeuron::kBinary};
  run_network(description, {.output = folder.path("run.h5"), .check = Check::kBoth});
  const Results results(folder.path("run.h5"));
  CHECK_FALSE(results.header().populations[kHidden].graded);
  std::size_t spikes = 0;
  for (std::size_t s = 0; s < kSmallSamples; ++s) {
    const SpikeTrain raster = results.raster(kHidden, s);
    CHECK_FALSE(raster.graded());
    spikes += raster.spike_count();
    const StateTrace trace = results.trace(0, s);
    for (std::size_t lane = 0; lane < trace.neurons.size(); ++lane) {
      double steps = 0;
      for (std::size_t t = 0; t < kSmallTicks; ++t) steps += trace.values[t * 3 + lane] > 0.5;
      CHECK(results.activity(kHidden, s)[trace.neurons[lane]] ==
            doctest::Approx(steps / kSmallTicks));
    }
  }
  CHECK(spikes > 50);
}

TEST_CASE("double precision keeps digits that single precision has not") {
  const test::RunFolder folder;
  run_network(test::small_network(), {.output = folder.path("single.h5")});
  run_network(test::small_network("precision: double"), {.output = folder.path("double.h5")});
  const Results single(folder.path("single.h5")), twice(folder.path("double.h5"));
  CHECK(single.header().precision == "single");
  CHECK(twice.header().precision == "double");
  const auto fits_float = [](double x) { return static_cast<double>(static_cast<float>(x)) == x; };
  const SpikeTrain a = single.raster(kHidden, 0), b = twice.raster(kHidden, 0);
  CHECK(std::ranges::all_of(a.values(), fits_float));
  CHECK(!std::ranges::all_of(b.values(), fits_float));
  // Inputs are drawn, not computed: they are the same.
  CHECK(test::rasters(single, kPixels) == test::rasters(twice, kPixels));
  // The first spikes, before roundings could add up to anything.
  REQUIRE(a.packet_count() > 0);
  CHECK(a.tick(0) == b.tick(0));
  CHECK(a.packet(0).values[0] == doctest::Approx(b.packet(0).values[0]).epsilon(1e-3));
}

TEST_CASE("the summary adds up what the file holds") {
  const Description description = test::small_network();
  const test::RunFolder folder;
  const RunSummary summary =
      run_network(description, {.output = folder.path("run.h5"), .threads = 3});
  const Results results(folder.path("run.h5"));
  CHECK(summary.samples == kSmallSamples);
  CHECK(summary.samples_planned == kSmallSamples);
  CHECK(!summary.interrupted);
  CHECK(results.complete());
  const auto labels = results.labels(), predictions = results.predictions();
  CHECK(summary.labelled == kSmallSamples);
  std::size_t correct = 0;
  for (std::size_t s = 0; s < labels.size(); ++s) correct += labels[s] == predictions[s];
  CHECK(summary.correct == correct);
  REQUIRE(summary.populations.size() == 4);
  for (std::size_t p = 0; p < 4; ++p) {
    CAPTURE(p);
    const PopulationSummary& population = summary.populations[p];
    const PopulationTotals totals = results.population(p);
    CHECK(population.name == results.header().populations[p].name);
    CHECK(population.neurons == results.header().populations[p].size);
    CHECK(population.spike_events == totals.spikes);
    CHECK(population.updates_done == totals.updates_done);
    CHECK(population.updates_skipped == totals.updates_skipped);
    if (!population.spikes) continue;
    CHECK(population.silent_neurons == totals.silent_neurons);
    CHECK(population.activity == doctest::Approx(totals.mean_activity).epsilon(1e-6));
    std::uint64_t events = 0, onsets = 0;
    for (const SpikeTrain& train : test::rasters(results, p)) {
      events += train.spike_count();
      onsets += counted_spikes(train, results.header().populations[p]).spike_count();
    }
    CHECK(events == totals.spikes);
    CHECK(onsets == totals.onsets);
    CHECK((onsets < events) == (population.model == "src"));
    // One step is one millisecond.
    CHECK(population.mean_rate_hz ==
          doctest::Approx(1000.0 * static_cast<double>(onsets) /
                          static_cast<double>(kSmallSamples * kSmallTicks * population.neurons)));
  }
  CHECK(summary.populations[kPixels].updates_done == 0);
  CHECK(summary.populations[kHidden].synaptic_operations ==
        results.projection(0).synaptic_operations + results.projection(2).synaptic_operations);
  // All to all: each pixel's spike reaches all 70 neurons.
  CHECK(results.projection(0).synaptic_operations ==
        70 * summary.populations[kPixels].spike_events);
  CHECK(summary.populations[kLast].spike_events > 0);
}

TEST_CASE("progress counts every sample, in order") {
  for (const unsigned threads : {1u, 4u}) {
    std::vector<std::pair<std::size_t, std::size_t>> seen, expected;
    run_network(test::small_network(),
                {.threads = threads, .progress = [&](std::size_t done, std::size_t total) {
                   seen.emplace_back(done, total);
                 }});
    for (std::size_t k = 1; k <= kSmallSamples; ++k) expected.emplace_back(k, kSmallSamples);
    CHECK(seen == expected);
  }
}

TEST_CASE("an interrupted run keeps what it did, and says so") {
  const Description description = test::small_network();
  const test::RunFolder folder;
  run_network(description, {.output = folder.path("whole.h5")});
  const Results whole(folder.path("whole.h5"));
  for (const unsigned threads : {1u, 2u}) {
    CAPTURE(threads);
    std::atomic<bool> interrupt = false;
    const std::string path = folder.path("part.h5");
    const RunSummary summary =
        run_network(description, {.output = path,
                                  .existing = OutputFile::kReplaceExisting,
                                  .threads = threads,
                                  .interrupt = &interrupt,
                                  .progress = [&](std::size_t, std::size_t) { interrupt = true; }});
    const Results part(path);
    CHECK(part.complete() == !summary.interrupted);
    CHECK(part.samples() == summary.samples);
    CHECK(summary.samples_planned == kSmallSamples);
    // At most four samples a thread are in flight when the first one is reported.
    CHECK(summary.samples >= 1);
    CHECK(summary.samples <= 1 + 4 * threads);
    CHECK(summary.interrupted == (summary.samples < kSmallSamples));
    for (std::size_t s = 0; s < part.samples(); ++s) {
      CHECK(part.raster(kLast, s) == whole.raster(kLast, s));
      CHECK(part.readout(s) == whole.readout(s));
      CHECK(part.labels()[s] == whole.labels()[s]);
    }
  }
  std::atomic<bool> interrupt = true;
  const RunSummary none =
      run_network(description, {.output = folder.path("none.h5"), .interrupt = &interrupt});
  CHECK(none.samples == 0);
  CHECK(none.interrupted);
  CHECK(Results(folder.path("none.h5")).samples() == 0);
  CHECK(!Results(folder.path("none.h5")).complete());
}

}  // namespace
}  // namespace neurosim
