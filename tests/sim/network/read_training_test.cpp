#include <doctest/doctest.h>

#include <string_view>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

Description with_training(const std::string& keys) {
  return parse_description(with_tail("training: { " + keys + " }\n"), "net.yaml");
}

std::vector<std::size_t> learn_of(const std::string& out) {
  return parse_description(with_out(out), "net.yaml").populations[1].learn;
}

std::vector<std::string_view> names_of(const std::vector<std::size_t>& learn,
                                       std::string_view model) {
  std::vector<std::string_view> names;
  for (const std::size_t index : learn) names.push_back(find_model(model)->fields[index].name);
  return names;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Each text with the exact and complete message it gives.
const Malformed kMalformed[] = {
    {"every kind of value",
     with_tail("training:\n"
               "  epochs: 0\n"
               "  batch: 1.5\n"
               "  samples: all\n"
               "  validation: 1\n"
               "  spikes: twice\n"
               "  optimiser: adma\n"
               "  learning_rate: fast\n"
               "  beta1: [0.9]\n"
               "  clip_norm: 0\n"
               "  surrogate_slope: \"none\"\n"
               "  early_stopping: 1000001\n"),
     {},
     "net.yaml:9:11: training.epochs: expected an integer >= 1, got 0\n"
     "net.yaml:10:10: training.batch: expected an integer >= 1, got 1.5\n"
     "net.yaml:11:12: training.samples: expected an integer in [1, 2147483647] or none, got "
     "\"all\"\n"
     "net.yaml:12:15: training.validation: expected a number in [0, 1), got 1\n"
     "net.yaml:13:11: training.spikes: unknown value \"twice\" (known: each_epoch, once)\n"
     "net.yaml:14:14: training.optimiser: unknown value \"adma\"; did you mean \"adam\"? (known: "
     "adam, sgd)\n"
     "net.yaml:15:18: training.learning_rate: expected a number > 0, got \"fast\"\n"
     "net.yaml:16:10: training.beta1: expected a number in [0, 1), got a list of 1\n"
     "net.yaml:17:14: training.clip_norm: expected a number > 0, got 0\n"
     "net.yaml:18:20: training.surrogate_slope: expected a number > 0 or none, got the quoted text "
     "\"none\"\n"
     "net.yaml:19:19: training.early_stopping: expected an integer <= 1000000, got 1000001"},
    {"none where a number must be",
     with_tail("training: { epochs: none }\n"),
     {},
     "net.yaml:8:21: training.epochs: expected an integer in [1, 1000000], got \"none\""},
    {"a file where a number must be",
     with_tail("training: { momentum: { file: a.h5, dataset: m } }\n"),
     {},
     "net.yaml:8:23: training.momentum: expected a number in [0, 1), got a map"},
    {"misspelt key",
     with_tail("training: { clip_nrom: 1 }\n"),
     {},
     "net.yaml:8:13: training.clip_nrom: unknown key \"clip_nrom\"; did you mean \"clip_norm\"? "
     "(known: epochs, batch, samples, validation, validation_split, spikes, optimiser, "
     "learning_rate, beta1, beta2, "
     "epsilon, momentum, weight_decay, schedule, schedule_epochs, schedule_factor, clip_norm, "
     "relu_gradient, recurrent_gradient, surrogate, surrogate_slope, error_budget, "
     "activity_penalty, activity_target, ...)"},
    {"duplicate key",
     with_tail("training: { epochs: 1, epochs: 2 }\n"),
     {},
     "net.yaml:8:24: training.epochs: duplicate key; first given on line 8"},
    {"training is a list",
     with_tail("training: [epochs]\n"),
     {},
     "net.yaml:8:11: training: expected a map, got a list of 1"},
    {"training of nothing",
     with_tail("training:\n"),
     {},
     "net.yaml:8:1: training: expected a map, got nothing"},
    {"misspelt training",
     with_tail("trainign: { epochs: 1 }\n"),
     {},
     "net.yaml:8:1: trainign: unknown key \"trainign\"; did you mean \"training\"? (known: format, "
     "name, seed, precision, time, data, populations, projections, record, training)"},
    {"override out of range",
     with_tail("training: { epochs: 3 }\n"),
     {"training.batch=0"},
     "--set training.batch=0: training.batch: expected an integer >= 1, got 0"},
    {"keys that do not fit together",
     with_tail("training: { validation: 0, early_stopping: 5 }\n"),
     {},
     "net.yaml:8:11: training: early_stopping needs validation samples: set validation above 0"},
    {"together with mistakes elsewhere",
     with_tail("sed: 1\n"
               "training: { epochs: 0 }\n"),
     {},
     "net.yaml:8:1: sed: unknown key \"sed\"; did you mean \"seed\"? (known: format, name, seed, "
     "precision, time, data, populations, projections, record, training)\n"
     "net.yaml:9:21: training.epochs: expected an integer >= 1, got 0"},
};

}  // namespace

TEST_CASE("without a training section every value is its default") {
  CHECK(parse_description(assemble({}), "net.yaml").training == Training::defaults());
  CHECK(with_training("").training == Training::defaults());
  REQUIRE(Training::defaults().size() == Training::kFieldCount);
}

TEST_CASE("every kind of training value is read, the others keep their defaults") {
  const auto training = with_training(
                            "epochs: 20, samples: 500, validation: 0.25, optimiser: sgd, "
                            "clip_norm: none, early_stopping: 7, surrogate_slope: 1e1, "
                            "schedule: none")
                            .training;
  auto expected = Training::defaults();
  expected[Training::kEpochs] = {20};
  expected[Training::kSamples] = {500};
  expected[Training::kValidation] = {0.25};
  expected[Training::kOptimiser] = {Training::kSgd};
  expected[Training::kClipNorm] = {};
  expected[Training::kEarlyStopping] = {7};
  expected[Training::kSurrogateSlope] = {10};
  expected[Training::kSchedule] = {Training::kNoSchedule};
  CHECK(training == expected);
  CHECK(training != Training::defaults());
}

TEST_CASE("the ends of a range are read where they belong to it") {
  CHECK(with_training("epochs: 1").training[Training::kEpochs] == FieldValue{1});
  CHECK(with_training("epochs: 1000000").training[Training::kEpochs] == FieldValue{1000000});
  CHECK(with_training("samples: 2147483647").training[Training::kSamples] ==
        FieldValue{2147483647});
  CHECK(with_training("validation: 0").training[Training::kValidation] == FieldValue{0});
}

TEST_CASE("an override may add a training section") {
  const Description d =
      parse_description(assemble({}), "net.yaml", {{"training", "{ epochs: 3, clip_norm: none }"}});
  CHECK(d.training[Training::kEpochs] == FieldValue{3});
  CHECK(d.training[Training::kClipNorm].empty());
  CHECK(d.training[Training::kBatch] == Training::defaults()[Training::kBatch]);
}

TEST_CASE("malformed training") {
  for (const Malformed& row : kMalformed) {
    CAPTURE(row.title);
    CHECK(mistakes(row.text, row.overrides) == row.message);
  }
}

TEST_CASE("what learns is kept in the order of the model's fields") {
  using Names = std::vector<std::string_view>;
  CHECK(names_of(learn_of("model: src, size: 4, learn: [initial_hs, \"bias\"]"), "src") ==
        Names{"bias", "initial_hs"});
  CHECK(names_of(learn_of("model: lif, size: 4, learn: [threshold, leak]"), "lif") ==
        Names{"leak", "threshold"});
}

TEST_CASE("nothing learns unless it is said") {
  for (const char* learn : {"", ", learn: none", ", learn: []"}) {
    CAPTURE(learn);
    CHECK(learn_of(std::string("model: src, size: 4") + learn).empty());
    CHECK(learn_of(std::string("model: leaky_readout, size: 4") + learn).empty());
  }
}

TEST_CASE("training and what learns are written out in full") {
  Description d = with_training("epochs: 1000000, clip_norm: none, error_budget: 0");
  d.populations[1].learn = learn_of("model: src, size: 4, learn: [initial_h, bias]");
  const std::string text = to_yaml(d);
  CAPTURE(text);
  CHECK(holds(text, ", learn: [bias, initial_h] }\n"));
  for (const FieldInfo& field : Training::kFields) {
    CAPTURE(field.name);
    CHECK(holds(text, "\n  " + std::string(field.name) + ": "));
  }
  CHECK(holds(text, "\ntraining:\n  epochs: 1000000\n  batch: 64\n  samples: none\n"));
  CHECK(holds(text, "\n  optimiser: adam\n"));
  CHECK(holds(text, "\n  clip_norm: none\n"));
  const Description again = parse_description(text, "net.yaml");
  CHECK(again.training == d.training);
  CHECK(again.populations[1].learn == d.populations[1].learn);
  CHECK(to_yaml(again) == text);
}

}  // namespace neurosim::test
