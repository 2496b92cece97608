#include "sim/core/numerics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

/// Largest error of f against the exact function, relative to the exact value.
template <class T, class Function, class Exact>
double worst_error(Function f, Exact exact, double low, double high) {
  test::Draw draw(7);
  double worst = 0;
  for (int k = 0; k < 200000; ++k) {
    const auto x = static_cast<T>(draw.real(low, high));
    const long double truth = exact(static_cast<long double>(x));
    if (truth == 0) continue;
    worst = std::max(worst, static_cast<double>(std::fabs((f(x) - truth) / truth)));
  }
  return worst;
}

long double exact_tanh(long double x) { return std::tanh(x); }

TEST_CASE("tanh is accurate to a few units in the last place") {
  // 2 units in the last place of each type.
  const double float_bound = 2 * 0x1p-23, double_bound = 2 * 0x1p-52;
  for (const double width : {1e-6, 0.01, 0.5, 2.0, 20.0}) {
    CAPTURE(width);
    CHECK(worst_error<float>([](float x) { return tanh(x); }, exact_tanh, -width, width) <
          float_bound);
    CHECK(worst_error<double>([](double x) { return tanh(x); }, exact_tanh, -width, width) <
          double_bound);
  }
}

TEST_CASE_TEMPLATE("tanh keeps its symmetries and limits", T, float, double) {
  CHECK(tanh(T(0)) == T(0));
  CHECK(std::signbit(tanh(T(-0.0))));
  CHECK(tanh(std::numeric_limits<T>::infinity()) == T(1));
  CHECK(tanh(-std::numeric_limits<T>::max()) == T(-1));
  CHECK(std::isnan(tanh(std::numeric_limits<T>::quiet_NaN())));
  CHECK(tanh(std::numeric_limits<T>::denorm_min()) == std::numeric_limits<T>::denorm_min());
  test::Draw draw(3);
  for (int k = 0; k < 10000; ++k) {
    const auto x = static_cast<T>(draw.real(0, 25));
    CHECK(tanh(-x) == -tanh(x));
    CHECK(tanh(x) <= T(1));
  }
}

TEST_CASE("sigmoid follows its definition") {
  const auto exact = [](long double x) { return 1 / (1 + std::exp(-x)); };
  CHECK(worst_error<double>([](double x) { return sigmoid(x); }, exact, -5, 20) < 1e-13);
  CHECK(sigmoid(0.0) == 0.5);
}

TEST_CASE("log is accurate over all magnitudes") {
  const auto exact = [](long double x) { return std::log(x); };
  for (const double high : {1.0001, 2.0, 1e3, 1e300}) {
    CAPTURE(high);
    CHECK(worst_error<double>([](double x) { return neurosim::log(x); }, exact, high / 1e9, high) <
          4 * 0x1p-52);
  }
  CHECK(neurosim::log(1.0) == 0.0);
}

TEST_CASE("exp is accurate and ends at its limits") {
  const auto exact = [](long double x) { return std::exp(x); };
  for (const double width : {1e-9, 0.3, 1.0, 30.0, 700.0}) {
    CAPTURE(width);
    CHECK(worst_error<double>([](double x) { return neurosim::exp(x); }, exact, -width, width) <
          2 * 0x1p-52);
  }
  CHECK(neurosim::exp(0.0) == 1.0);
  CHECK(neurosim::exp(-700.0) > 0.0);
  CHECK(neurosim::exp(-700.1) == 0.0);
  CHECK(neurosim::exp(-std::numeric_limits<double>::infinity()) == 0.0);
  CHECK(neurosim::exp(700.0) == neurosim::exp(1e300));
  CHECK(std::isnan(neurosim::exp(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("cos_pi follows the cosine over half a turn") {
  const long double pi = std::acos(-1.0L);
  test::Draw draw(11);
  double worst = 0;
  for (int k = 0; k < 200000; ++k) {
    const double x = draw.real(0, 1);
    const long double truth = std::cos(pi * static_cast<long double>(x));
    worst = std::max(worst, static_cast<double>(std::fabs(cos_pi(x) - truth)));
  }
  CHECK(worst < 1e-15);
  CHECK(cos_pi(0.0) == 1.0);
  CHECK(cos_pi(1.0) == -1.0);
  CHECK(std::fabs(cos_pi(0.5)) < 1e-15);
}

TEST_CASE_TEMPLATE("power jumps to where repeated multiplication leads", T, float, double) {
  CHECK(power(T(0.9), 1) == T(0.9));
  CHECK(power(T(0.9), 0) == T(1));
  CHECK(power(T(1), 1000000000) == T(1));
  CHECK(power(T(0.9), 1000000000) == T(0));
  const T bound = 40 * std::numeric_limits<T>::epsilon();  // about one rounding a squaring
  for (int n = 1; n < 500; ++n) {
    const auto truth = static_cast<T>(std::pow(static_cast<long double>(T(0.97)), n));
    CHECK(std::fabs(power(T(0.97), n) - truth) <= bound * truth);
  }
}

}  // namespace
}  // namespace neurosim
