// Networks that learn: small, but through everything that training is made of.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/network/read_description.hpp"
#include "sim/train/toy.hpp"

namespace neurosim {
namespace {

/// The last epoch's metrics. Validation draws spikes that were never seen.
EpochMetrics train(const std::string& hidden, const std::string& training,
                   const std::string& more = "") {
  const Description description =
      parse_description(test::toy_network(hidden, training, more), "toy.yaml");
  const auto trainer = test::make_toy(description, 400);
  trainer->run({});
  return trainer->checkpoint().epochs.back();
}

constexpr const char* kRecipe = "epochs: 8, batch: 16, validation: 0.25";

TEST_CASE("networks of every kind learn which inputs fire more") {
  struct Case {
    const char* name;
    const char* hidden;
    const char* training;
    const char* more;
  };
  const Case cases[] = {
      {"src", test::kToySrc, "", ""},
      {"lif", test::kToyLif, "", ""},
      {"a recurrent src network", test::kToySrc, "", test::kToyLoop},
      {"a recurrent src network, full gradient", test::kToySrc, ", recurrent_gradient: full",
       test::kToyLoop},
      {"src with errors dropped", test::kToySrc, ", error_budget: 0.05", ""},
      {"src with sgd", test::kToySrc, ", optimiser: sgd, momentum: 0.9, learning_rate: 0.05", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.name));
    const EpochMetrics last = train(c.hidden, std::string(kRecipe) + c.training, c.more);
    CHECK(last.validation_accuracy > 0.95);
    CHECK(last.validation_loss < 0.3);
  }
}

TEST_CASE("the activity penalty makes networks quieter, down to the target") {
  for (const char* hidden : {test::kToySrc, test::kToyLif}) {
    CAPTURE(std::string(hidden));
    const double without = train(hidden, kRecipe).activity[1];
    const double with = train(hidden, std::string(kRecipe) + ", activity_penalty: 20").activity[1];
    CHECK(with < 0.5 * without);
    const double target = 0.8 * without;
    const double bounded =
        train(hidden,
              fmt::format("{}, activity_penalty: 20, activity_target: {:.6f}", kRecipe, target))
            .activity[1];
    CHECK(bounded > with);
    CHECK(bounded < without);
  }
}

TEST_CASE("a budget for dropped errors makes the backward pass sparse, and says what it dropped") {
  const EpochMetrics exact = train(test::kToySrc, std::string(kRecipe) + ", error_budget: 0");
  const EpochMetrics some = train(test::kToySrc, std::string(kRecipe) + ", error_budget: 0.01");
  for (const std::size_t population : {1, 2}) {
    CAPTURE(population);
    CHECK(exact.error_dropped[population] == 0);
    CHECK(some.error_density[population] <= exact.error_density[population]);
  }
  CHECK(some.error_dropped[1] > 0);
  CHECK(some.error_dropped[1] < 0.1);
  CHECK(some.error_density[1] < 0.5 * exact.error_density[1]);
}

}  // namespace
}  // namespace neurosim
