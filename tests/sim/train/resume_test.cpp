// The same bits for any number of threads, and from any checkpoint on.

#include <doctest/doctest.h>

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/toy.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::first_difference;

struct Net {
  const char* name;
  const char* hidden;
  const char* training;
  const char* more;
};

// Batches of two shards, the second not full, and a last batch of one sample.
constexpr Net kNets[] = {
    {"src", test::kToySrc, "epochs: 9, batch: 12, error_budget: 0.01", ""},
    {"lif", test::kToyLif, "epochs: 9, batch: 12, optimiser: sgd, momentum: 0.9", ""},
    {"loop", test::kToySrc, "epochs: 9, batch: 12, recurrent_gradient: full", test::kToyLoop},
    {"stopping early", test::kToySrc,
     "epochs: 9, batch: 12, spikes: once, early_stopping: 2, learning_rate: 0.1, "
     "activity_penalty: 0.1",
     ""},
    {"convolution", test::kToyPlanes,
     "epochs: 9, batch: 12, early_stopping: 3, learning_rate: 0.05", test::kToyWindow},
};
constexpr std::size_t kSamples = 81;  // 73 to learn from, 8 for validation: 7 batches an epoch

Description describe(const Net& net) {
  return parse_description(test::toy_network(net.hidden, net.training, net.more), "toy.yaml");
}

TEST_CASE("any number of threads gives the same bits") {
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    const Description description = describe(net);
    const auto one = test::make_toy(description, kSamples, 1);
    test::run_batches(*one, 50);
    const Checkpoint expected = one->checkpoint();
    for (const unsigned threads : {2u, 3u, 5u}) {
      CAPTURE(threads);
      const auto trainer = test::make_toy(description, kSamples, threads);
      test::run_batches(*trainer, 50);
      CHECK(first_difference(trainer->checkpoint(), expected) == "");
    }
    // Something has been learned by then.
    CHECK(test::learned(expected) != test::learned(test::make_toy(description, 81)->checkpoint()));
  }
}

/// A toy in at least two segments.
std::unique_ptr<Trainer> in_segments(const Description& description) {
  const std::uint64_t whole = test::make_toy(description, kSamples)->memory().total();
  auto trainer = test::make_toy<float>(description, test::toy_data(description, kSamples),
                                       {.threads = 1, .max_memory = whole - 1});
  REQUIRE(trainer->memory().segments > 1);
  return trainer;
}

TEST_CASE(
    "a run in segments goes on from a checkpoint to the same bits, and sees the same errors") {
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    const Description description = describe(net);
    const auto whole = in_segments(description);
    test::run_batches(*whole, 20);
    const auto begun = in_segments(description);
    test::run_batches(*begun, 9);
    const auto resumed = in_segments(description);
    resumed->restore(begun->checkpoint());
    test::run_batches(*resumed, 11);
    CHECK(first_difference(resumed->checkpoint(), whole->checkpoint()) == "");

    // The first batch's errors, as far as they were sampled, are those of a run in one piece.
    const auto histogram = [&](Trainer& trainer) {
      test::run_batches(trainer, 1);
      return test::state_of(trainer.checkpoint(), "thresholds/hidden");
    };
    const std::vector<double> one = histogram(*test::make_toy(description, kSamples));
    const std::vector<double> many = histogram(*in_segments(description));
    REQUIRE(one.size() == many.size());
    for (std::size_t k = 0; k < one.size(); ++k) {
      CHECK(many[k] == doctest::Approx(one[k]).epsilon(1e-3));
    }
  }
}

TEST_CASE("a checkpoint of another number of samples is refused") {
  const Description description =
      parse_description(test::toy_network(test::kToySrc, "epochs: 2, validation: 0"), "toy.yaml");
  const auto begun = test::make_toy(description, 40);
  test::run_batches(*begun, 1);
  for (const std::size_t samples : {39, 41}) {
    CHECK_THROWS_WITH_AS(test::make_toy(description, samples)->restore(begun->checkpoint()),
                         doctest::Contains("was made with 40 samples, now there are"), DataError);
  }
}

TEST_CASE("a run that was stopped anywhere and resumed ends in the same bits") {
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    const Description description = describe(net);
    const auto whole = test::make_toy(description, kSamples);
    std::size_t batches = 0;
    REQUIRE(whole->run({.batch = [&](const BatchProgress&) { ++batches; }}));
    const Checkpoint expected = whole->checkpoint();
    CHECK(expected.finished);
    test::for_each_seed(20, [&](std::uint64_t seed) {
      test::Draw draw(seed);
      // Seven batches in a row stop at the end of an epoch, too.
      const std::size_t stop = seed <= 7 ? seed : 1 + draw.below(batches);
      CAPTURE(stop);
      const auto first = test::make_toy(description, kSamples);
      const bool finished = test::run_batches(*first, stop);
      const Checkpoint between = first->checkpoint();
      CHECK(between.finished == finished);
      CHECK(finished == (stop == batches));
      const auto second = test::make_toy(description, kSamples, 1 + seed % 2);
      second->restore(between);
      CHECK(first_difference(second->checkpoint(), between) == "");
      CHECK(second->run({}));
      CHECK(first_difference(second->checkpoint(), expected) == "");
      // The one that was stopped may go on, too.
      CHECK(first->run({}));
      CHECK(first_difference(first->checkpoint(), expected) == "");
    });
  }
}

TEST_CASE("a checkpoint taken in a hook can be resumed, at the end of an epoch as well") {
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    const Description description = describe(net);
    const auto whole = test::make_toy(description, kSamples);
    std::vector<Checkpoint> between;
    REQUIRE(whole->run(
        {.batch = [&](const BatchProgress&) { between.push_back(whole->checkpoint()); },
         .epoch = [&](const EpochMetrics&) { between.push_back(whole->checkpoint()); }}));
    const Checkpoint expected = whole->checkpoint();
    for (std::size_t k = 0; k < between.size(); k += k < 20 ? 1 : 7) {
      CAPTURE(k);
      const auto trainer = test::make_toy(description, kSamples);
      trainer->restore(between[k]);
      CHECK(trainer->run({}));
      CHECK(first_difference(trainer->checkpoint(), expected) == "");
    }
  }
}

/// The message of a checkpoint that does not fit.
std::string refusal(const Description& description, const Checkpoint& checkpoint) {
  try {
    test::make_toy(description, kSamples)->restore(checkpoint);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a checkpoint that does not fit is refused with what is wrong") {
  const Description description = describe(kNets[0]);
  const auto trainer = test::make_toy(description, kSamples);
  test::run_batches(*trainer, 9);
  const Checkpoint good = trainer->checkpoint();
  CHECK(refusal(description, good) == "");
  Checkpoint bad = good;
  bad.validation_samples[0] ^= 1;
  CHECK(refusal(description, bad) == "checkpoint: was made with other samples kept for validation");
  for (const NamedArray& array : good.state) {
    bad = good;
    std::erase_if(bad.state, [&](const NamedArray& other) { return other.name == array.name; });
    CHECK(refusal(description, bad) == "checkpoint: lacks " + array.name);
  }
  bad = good;
  bad.weights.clear();
  CHECK(refusal(description, bad) == "checkpoint: lacks in_to_hidden");
  bad = good;
  std::get<std::vector<float>>(bad.weights[0].values).push_back(0);
  CHECK(refusal(description, bad) == "checkpoint: in_to_hidden: expected 240 values, found 241");
  bad.weights[0].values = std::vector<double>(240);
  CHECK(refusal(description, bad) == "checkpoint: in_to_hidden is of another precision");
}

}  // namespace
}  // namespace neurosim
