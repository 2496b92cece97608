// Which samples a training sees, and how its spikes are drawn.

#include "experiments/training_data.hpp"

#include <doctest/doctest.h>

#include "run_files.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using test::describe;
using test::refusal;
using test::RunFolder;

/// Digits into a readout; `top` and `populations` hold more of the same.
Description digits(const std::string& time = "steps: 20", const std::string& populations = "") {
  return describe("format: neurosim/1\nname: digits\nseed: 3\ntime: { " + time +
                  " }\n"
                  "data: { dataset: synthetic-digits, split: test, samples: 4, first: 2, "
                  "encoder: { gain: 0.3 } }\npopulations:\n"
                  "  pixels: { model: source, shape: [28, 28] }\n" +
                  populations +
                  "  classes: { model: leaky_readout, size: 10 }\n"
                  "projections: [{ from: pixels, to: classes, weights: 0.1, learn: true }]\n"
                  "record: { spikes: [pixels] }\n");
}

Description with_samples(Description description, double samples) {
  description.training[Training::kSamples] = {samples};
  return description;
}

TEST_CASE("training takes the training split from its first sample on") {
  const Description seen = training_description(with_samples(digits(), 7), "");
  REQUIRE(seen.data);
  CHECK(seen.data->split == "train");
  CHECK(seen.data->first == 0);
  CHECK(seen.data->samples == 7);
  const Samples samples(seen, "");
  CHECK(training_samples(seen, samples) == 7);

  Description mnist = with_samples(digits(), 7);
  mnist.data->dataset = "mnist";  // all of it is there, training.samples says what is used
  CHECK_FALSE(training_description(mnist, "").data->samples.has_value());
}

TEST_CASE("drawn digits have no end, so training.samples must be given") {
  const std::string said = refusal([] { training_description(digits(), ""); });
  CHECK(said.starts_with("net.yaml: training.samples: missing: "));
}

TEST_CASE("each pass draws other spikes of the same samples, simulations make pass 0") {
  const Description description = digits();
  const Samples samples(description, "");
  SampleInput first, again, second;
  samples.fill(1, 0, first);
  samples.fill(1, 0, again);
  samples.fill(1, 1, second);
  CHECK(first.sources == again.sources);
  CHECK_FALSE(first.sources == second.sources);
  CHECK(first.label == second.label);
}

TEST_CASE("recorded populations play the sources of their names, labels included") {
  const RunFolder folder;
  const std::string traces = folder.path("traces.h5");
  run_network(digits(), {.output = traces});
  const Description seen = training_description(digits(), traces);
  CHECK_FALSE(seen.data.has_value());
  CHECK(seen.populations[0].model == "spike_file");
  CHECK(std::get<SpikeFileSource>(*seen.populations[0].source) ==
        SpikeFileSource{.file = traces, .population = "pixels"});
  const Description original = digits();
  const Samples recorded(seen, ""), drawn(original, "");
  CHECK(training_samples(seen, recorded) == 4);
  CHECK(training_samples(with_samples(seen, 3), recorded) == 3);
  SampleInput a, b;
  for (std::size_t k = 0; k < 4; ++k) {
    recorded.fill(k, 5, a);  // a recording is the same in each pass
    drawn.fill(k, 0, b);
    CHECK(a.sources == b.sources);
    CHECK(a.label == b.label);
  }
  CHECK(refusal([&] { training_samples(with_samples(seen, 5), recorded); }) ==
        "net.yaml: training.samples: expected at most the 4 samples that there are, got 5");
}

TEST_CASE("recorded traces hold the blank steps already") {
  const RunFolder folder;
  const std::string traces = folder.path("traces.h5");
  const Description blank = digits("steps: 20, blank_steps: { before: 6, after: 3 }");
  run_network(blank, {.output = traces});
  const Description seen = training_description(blank, traces);
  CHECK(seen.time.total() == blank.time.total());
  const Samples recorded(seen, ""), drawn(blank, "");
  SampleInput a, b;
  recorded.fill(2, 1, a);
  drawn.fill(2, 0, b);
  CHECK(a.sources == b.sources);
  CHECK(a.sources[0].tick(0) >= 6);

  const Description noisy =
      digits("steps: 20, blank_steps: 6", "  noise: { model: poisson, size: 5, rate_hz: 10 }\n");
  CHECK(refusal([&] {
          training_description(noisy, traces);
        }).starts_with("net.yaml: time.blank_steps: "));
}

TEST_CASE("traces need a source to play, and training needs labels") {
  const Description list = describe(
      "format: neurosim/1\nname: list\ntime: { steps: 5 }\npopulations:\n"
      "  in: { model: spike_list, size: 1, spikes: [[0, 0]] }\n"
      "  out: { model: leaky_readout, size: 2 }\n"
      "projections: [{ from: in, to: out, weights: 1, learn: true }]\n");
  CHECK_THROWS_AS(training_description(list, "traces.h5"), UsageError);
  const Description seen = training_description(list, "");
  const Samples samples(seen, "");
  CHECK_FALSE(samples.labelled());
  CHECK(refusal([&] {
          training_samples(seen, samples);
        }).starts_with("net.yaml: populations: training needs labels"));
}

}  // namespace
}  // namespace neurosim
