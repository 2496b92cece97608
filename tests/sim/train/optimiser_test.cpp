#include "sim/train/optimiser.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using Settings = std::vector<std::pair<Training::Field, FieldValue>>;

Recipe recipe_with(const Settings& settings) {
  std::vector<FieldValue> training = Training::defaults();
  for (const auto& [field, value] : settings) training[field] = value;
  return make_recipe(training);
}

TEST_CASE("the learning rate follows its schedule") {
  const Recipe cosine = recipe_with({{Training::kEpochs, {40}}, {Training::kLearningRate, {0.2}}});
  const Recipe step = recipe_with({{Training::kSchedule, {double{Training::kStep}}},
                                   {Training::kScheduleEpochs, {7}},
                                   {Training::kScheduleFactor, {0.3}},
                                   {Training::kLearningRate, {0.2}}});
  const Recipe none = recipe_with({{Training::kSchedule, {double{Training::kNoSchedule}}}});
  for (std::uint64_t epoch = 0; epoch < 40; ++epoch) {
    CAPTURE(epoch);
    const long double turn = std::acos(-1.0L) * static_cast<long double>(epoch) / 40;
    CHECK(std::fabs(learning_rate(cosine, epoch) - 0.1L * (1 + std::cos(turn))) < 1e-15);
    const long double steps = std::pow(0.3L, static_cast<long double>(epoch / 7));
    CHECK(std::fabs(learning_rate(step, epoch) / (0.2L * steps) - 1) < 1e-14);
    CHECK(learning_rate(none, epoch) == 0.005);
  }
  CHECK(learning_rate(cosine, 0) == 0.2);
  CHECK(learning_rate(step, 6) == 0.2);
  CHECK(learning_rate(step, 7) < 0.07);
}

TEST_CASE("the gradient is shortened to the bound, never lengthened") {
  const Recipe bound = recipe_with({{Training::kClipNorm, {2}}});
  CHECK(clip_scale(bound, 0) == 1);
  CHECK(clip_scale(bound, 1.9) == 1);
  CHECK(clip_scale(bound, 8) == 2 / (8 + 1e-6));
  CHECK(clip_scale(recipe_with({{Training::kClipNorm, {}}}), 1e9) == 1);
}

/// Runs some steps with an optimiser and with its formula in long double.
template <class T, class Formula>
void check_steps(const Recipe& recipe, bool decay, double tolerance, Formula formula) {
  test::Draw draw(decay ? 3 : 4);
  constexpr std::size_t kCount = 37;
  std::vector<T> values(kCount), mean(kCount, 0), square(kCount, 0), gradient(kCount);
  for (T& value : values) value = static_cast<T>(draw.real(-1, 1));
  std::vector<long double> truth(values.begin(), values.end()), m(kCount, 0), v(kCount, 0);
  for (std::uint64_t n = 1; n <= 30; ++n) {
    CAPTURE(n);
    const double rate = draw.real(0.001, 0.1), scale = draw.real(0.1, 1);
    for (T& g : gradient) g = static_cast<T>(draw.real(-2, 2));
    OptimiserStep<T>(recipe, rate, n, scale)
        .apply(gradient, decay, std::span(mean), std::span(square), std::span(values));
    for (std::size_t k = 0; k < kCount; ++k) {
      const long double g = scale * static_cast<long double>(gradient[k]) +
                            (decay ? recipe.weight_decay * truth[k] : 0);
      formula(g, static_cast<long double>(rate), n, m[k], v[k], truth[k]);
      CHECK(std::fabs(values[k] - truth[k]) < tolerance);
    }
  }
}

// Thirty steps with some roundings of values below 4 each.
template <class T>
constexpr double kTolerance = 30 * 8 * 4 * (std::is_same_v<T, float> ? 0x1p-24 : 0x1p-53);

TEST_CASE_TEMPLATE("adam follows its formula, with weight decay where it applies", T, float,
                   double) {
  const Recipe recipe = recipe_with({{Training::kBeta1, {0.8}},
                                     {Training::kBeta2, {0.95}},
                                     {Training::kEpsilon, {1e-3}},
                                     {Training::kWeightDecay, {0.1}}});
  const auto formula = [](long double g, long double rate, std::uint64_t n, long double& m,
                          long double& v, long double& w) {
    m = 0.8L * m + 0.2L * g;
    v = 0.95L * v + 0.05L * g * g;
    const auto steps = static_cast<long double>(n);
    const long double mean = m / (1 - std::pow(0.8L, steps));
    w -= rate * mean / (std::sqrt(v / (1 - std::pow(0.95L, steps))) + 1e-3L);
  };
  for (const bool decay : {false, true}) check_steps<T>(recipe, decay, kTolerance<T>, formula);
}

TEST_CASE_TEMPLATE("sgd keeps momentum, with weight decay where it applies", T, float, double) {
  for (const double momentum : {0.0, 0.9}) {
    CAPTURE(momentum);
    const Recipe recipe = recipe_with({{Training::kOptimiser, {double{Training::kSgd}}},
                                       {Training::kMomentum, {momentum}},
                                       {Training::kWeightDecay, {0.1}}});
    const auto formula = [&](long double g, long double rate, std::uint64_t, long double& m,
                             long double&, long double& w) {
      m = static_cast<long double>(momentum) * m + g;
      w -= rate * m;
    };
    for (const bool decay : {false, true}) check_steps<T>(recipe, decay, kTolerance<T>, formula);
  }
}

}  // namespace
}  // namespace neurosim
