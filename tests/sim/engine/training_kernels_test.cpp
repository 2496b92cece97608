// The trainer's loops against plain C++, for every instruction set that this processor has: all
// must give the same bits.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "sim/core/aligned.hpp"
#include "sim/network/kernels.hpp"
#include "support/random_tests.hpp"

#if defined(__x86_64__)
namespace neurosim::avx2 {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace neurosim::avx2
namespace neurosim::avx512 {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace neurosim::avx512
#endif
namespace neurosim::baseline {
Kernels<float> kernels_float();
Kernels<double> kernels_double();
}  // namespace neurosim::baseline

namespace neurosim {
namespace {

template <class T>
struct Target {
  const char* name;
  Kernels<T> kernels;
};

template <class T>
Kernels<T> pick(Kernels<float> (*single)(), Kernels<double> (*full)()) {
  if constexpr (std::is_same_v<T, float>) {
    return single();
  } else {
    return full();
  }
}

template <class T>
std::vector<Target<T>> targets() {
  std::vector<Target<T>> list = {
      {"baseline", pick<T>(&baseline::kernels_float, &baseline::kernels_double)}};
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2) list.push_back({"avx2", pick<T>(&avx2::kernels_float, &avx2::kernels_double)});
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    list.push_back({"avx512", pick<T>(&avx512::kernels_float, &avx512::kernels_double)});
  }
#endif
  return list;
}

/// Calls check(kernels, draw, width) for many seeds, widths 16 .. 64 and all targets.
template <class T, class Check>
void for_each_target(Check check) {
  const auto all = targets<T>();
  test::for_each_seed(24, [&](std::uint64_t seed) {
    const int width = kLaneGroup * static_cast<int>(1 + seed % (kBlock / kLaneGroup));
    CAPTURE(width);
    for (const Target<T>& target : all) {
      CAPTURE(std::string(target.name));
      check(target.kernels, test::Draw(seed), width);
    }
  });
}

template <class T>
AlignedVector<T> random_values(test::Draw& draw, std::size_t count, double zeros = 0) {
  AlignedVector<T> values(count);
  for (T& value : values) value = draw.chance(zeros) ? T(0) : static_cast<T>(draw.real(-1, 1));
  return values;
}

/// Compares bits, so that NaN equals NaN and 0 differs from -0.
template <class A, class B>
bool same_bits(const A& a, const B& b) {
  static_assert(std::is_same_v<typename A::value_type, typename B::value_type>);
  if (a.size() != b.size() || a.empty()) return a.size() == b.size();  // memcmp takes no nullptr
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(typename A::value_type)) == 0;
}

TEST_CASE_TEMPLATE("multiply_dense gives what deliver_dense gives spike by spike", T, float,
                   double) {
  for_each_target<T>([](const Kernels<T>& kernels, test::Draw draw, int width) {
    const auto w = static_cast<std::size_t>(width);
    const std::size_t rows = draw.below(20), count = 1 + draw.below(kBlock), a_width = kBlock;
    // Many zeros: the list of errors leaves them out, the dense product does not.
    const AlignedVector<T> a = random_values<T>(draw, rows * a_width, 0.7);
    const AlignedVector<T> b = random_values<T>(draw, count * w);
    AlignedVector<T> out = random_values<T>(draw, rows * w), plain = out, by_list = out;
    kernels.multiply_dense(a.data(), static_cast<int>(a_width), static_cast<int>(rows),
                           static_cast<int>(count), b.data(), width, out.data());
    for (std::size_t t = 0; t < rows; ++t) {
      std::vector<NeuronId> ids;
      std::vector<double> values;
      for (std::size_t j = 0; j < count; ++j) {
        const T value = a[t * a_width + j];
        for (std::size_t k = 0; k < w; ++k) {
          plain[t * w + k] = fma(value, b[j * w + k], plain[t * w + k]);
        }
        if (value == T(0)) continue;
        ids.push_back(static_cast<NeuronId>(j));
        values.push_back(static_cast<double>(value));
      }
      if (ids.empty()) continue;  // empty values would mean ones
      T* const row = by_list.data() + t * w;
      kernels.deliver_dense(b.data(), width, ids, values, row, row);
    }
    REQUIRE(same_bits(out, plain));
    REQUIRE(same_bits(out, by_list));
  });
}

TEST_CASE_TEMPLATE("filter_backward sums from the last row to the first", T, float, double) {
  for_each_target<T>([](const Kernels<T>& kernels, test::Draw draw, int width) {
    const auto w = static_cast<std::size_t>(width);
    const std::size_t count = draw.below(30);
    const auto factor = static_cast<T>(draw.chance(0.2) ? 0 : draw.real(0, 1));
    const AlignedVector<T> rows = random_values<T>(draw, count * w);
    AlignedVector<T> carry = random_values<T>(draw, w), plain_carry = carry;
    AlignedVector<T> in_place = rows, apart(rows.size()), plain = rows;
    AlignedVector<T> carry_in_place = carry;
    for (std::size_t t = count; t-- > 0;) {
      for (std::size_t k = 0; k < w; ++k) {
        plain[t * w + k] = fma(factor, plain_carry[k], rows[t * w + k]);
        plain_carry[k] = plain[t * w + k];
      }
    }
    kernels.filter_backward(rows.data(), static_cast<int>(count), width, factor, carry.data(),
                            apart.data());
    kernels.filter_backward(in_place.data(), static_cast<int>(count), width, factor,
                            carry_in_place.data(), in_place.data());
    REQUIRE(same_bits(apart, plain));
    REQUIRE(same_bits(in_place, plain));
    REQUIRE(same_bits(carry, plain_carry));
    REQUIRE(same_bits(carry_in_place, plain_carry));
  });
}

TEST_CASE_TEMPLATE("filter_forward sums from the first row to the last", T, float, double) {
  for_each_target<T>([](const Kernels<T>& kernels, test::Draw draw, int width) {
    const auto w = static_cast<std::size_t>(width);
    const std::size_t count = draw.below(30);
    const auto factor = static_cast<T>(draw.real(0, 1));
    AlignedVector<T> rows = random_values<T>(draw, count * w), plain = rows;
    for (std::size_t k = w; k < plain.size(); ++k) plain[k] = fma(factor, plain[k - w], plain[k]);
    kernels.filter_forward(rows.data(), static_cast<int>(count), width, factor);
    REQUIRE(same_bits(rows, plain));
  });
}

TEST_CASE_TEMPLATE("select_errors drops what is small, keeps NaN, and adds up", T, float, double) {
  for_each_target<T>([](const Kernels<T>& kernels, test::Draw draw, int width) {
    const auto w = static_cast<std::size_t>(width);
    const std::size_t count = 1 + draw.below(20);
    const T threshold = draw.chance(0.3) ? T(0) : static_cast<T>(draw.real(0, 1));
    AlignedVector<T> rows = random_values<T>(draw, count * w, 0.3);
    rows[draw.below(rows.size())] = std::numeric_limits<T>::quiet_NaN();
    rows[draw.below(rows.size())] = T(-0.0);
    rows[draw.below(rows.size())] = threshold;  // kept: the histogram's bins hold their lower edge
    rows[draw.below(rows.size())] = -threshold;
    AlignedVector<T> plain = rows;
    AlignedVector<T> squares = random_values<T>(draw, kBlock), dropped = squares;
    AlignedVector<T> plain_squares = squares, plain_dropped = dropped;
    std::vector<std::uint64_t> masks(count, ~std::uint64_t{0}), plain_masks(count, 0);
    for (std::size_t t = 0; t < count; ++t) {
      for (std::size_t k = 0; k < w; ++k) {
        T& value = plain[t * w + k];
        plain_squares[k] += value * value;
        if (std::fabs(value) < threshold) {
          plain_dropped[k] += value * value;
          value = T(0);
        }
        if (value != T(0)) plain_masks[t] |= std::uint64_t{1} << k;
      }
    }
    kernels.select_errors(rows.data(), static_cast<int>(count), width, threshold, masks.data(),
                          squares.data(), dropped.data());
    REQUIRE(same_bits(rows, plain));
    REQUIRE(masks == plain_masks);
    REQUIRE(same_bits(squares, plain_squares));
    REQUIRE(same_bits(dropped, plain_dropped));
  });
}

TEST_CASE_TEMPLATE("adam takes the same step everywhere", T, float, double) {
  for_each_target<T>([](const Kernels<T>& kernels, test::Draw draw, int) {
    const std::size_t count = draw.below(100);
    const AdamStep<T> s = {.scale = static_cast<T>(draw.real(0.1, 1)),
                           .decay = static_cast<T>(draw.chance(0.5) ? 0 : draw.real(0, 0.1)),
                           .beta1 = static_cast<T>(0.9),
                           .one_minus_beta1 = static_cast<T>(1 - 0.9),
                           .beta2 = static_cast<T>(0.999),
                           .one_minus_beta2 = static_cast<T>(1 - 0.999),
                           .rate = static_cast<T>(draw.real(1e-4, 0.1)),
                           .root_of_bias2 = static_cast<T>(draw.real(1, 30)),
                           .epsilon = static_cast<T>(1e-8)};
    const AlignedVector<T> gradient = random_values<T>(draw, count, 0.2);
    AlignedVector<T> mean = random_values<T>(draw, count), values = random_values<T>(draw, count);
    AlignedVector<T> square = random_values<T>(draw, count);
    for (T& v : square) v *= v;
    AlignedVector<T> plain_mean = mean, plain_square = square, plain_values = values;
    for (std::size_t k = 0; k < count; ++k) {
      const T g = fma(s.decay, plain_values[k], s.scale * gradient[k]);
      plain_mean[k] = fma(s.one_minus_beta1, g, s.beta1 * plain_mean[k]);
      plain_square[k] = fma(s.one_minus_beta2, g * g, s.beta2 * plain_square[k]);
      const T root = fma(std::sqrt(plain_square[k]), s.root_of_bias2, s.epsilon);
      plain_values[k] -= s.rate * (plain_mean[k] / root);
    }
    kernels.adam(s, count, gradient.data(), mean.data(), square.data(), values.data());
    REQUIRE(same_bits(mean, plain_mean));
    REQUIRE(same_bits(square, plain_square));
    REQUIRE(same_bits(values, plain_values));
  });
}

/// A model's fields drawn so that every branch of its adjoint comes up.
template <class Model>
std::vector<FieldValue> draw_fields(test::Draw& draw) {
  std::vector<FieldValue> values;
  for (const FieldInfo& field : Model::kInfo.fields) values.push_back(default_value(field));
  if constexpr (std::is_same_v<Model, SrcNeuron>) {
    if (draw.chance(0.5)) values[SrcNeuron::kSlowGateSlope] = {10};
    values[SrcNeuron::kSlowGate] = {static_cast<double>(draw.below(2))};
    values[SrcNeuron::kZ] = {draw.real(0, 0.5)};
    values[SrcNeuron::kOutput] = {static_cast<double>(draw.below(2))};
  }
  if constexpr (std::is_same_v<Model, LifNeuron>) {
    values[LifNeuron::kReset] = {static_cast<double>(draw.below(3))};
    values[LifNeuron::kResetTiming] = {static_cast<double>(draw.below(2))};
    values[LifNeuron::kInitialV] = {draw.real(0, 1)};
  }
  if constexpr (std::is_same_v<Model, LeakyReadout>) {
    if (draw.chance(0.5)) values[LeakyReadout::kAlpha].assign(kBlock, 0.97);
  }
  return values;
}

/// Runs a block forwards with a tape and back again, with the kernels and with the plain C++ of
/// this file: tape, errors, carry and gradients must agree.
template <class Model, std::size_t kIndex, class T>
void check_adjoint(const Kernels<T>& kernels, test::Draw draw, int width) {
  const std::vector<FieldValue> values = draw_fields<Model>(draw);
  const GradientMode mode = {.bypass_relu = draw.chance(0.5),
                             .full_recurrence = draw.chance(0.5),
                             .surrogate = static_cast<Surrogate>(draw.below(4)),
                             .surrogate_slope = draw.real(1, 30)};
  const auto parameters = Model::template parameters<T>(values, 1);
  typename Model::template Cells<T> cells;
  for (int lane = 0; lane < kBlock; ++lane) {
    Model::fill(cells, lane, values, static_cast<std::size_t>(lane));
  }
  typename Model::template State<T> state_a, state_b;
  Model::reset(parameters, cells, state_a);
  Model::reset(parameters, cells, state_b);
  const int ticks = static_cast<int>(1 + draw.below(40));
  const auto tape_size = static_cast<std::size_t>(ticks * Model::tape_rows(mode) * kBlock);
  AlignedVector<T> tape_a(tape_size), tape_b(tape_size);
  StepContext context = {.width = width};
  for (int t = 0; t < ticks; ++t) {
    Lanes<T> input = {}, output;
    for (T& x : input.at) x = draw.chance(0.3) ? static_cast<T>(draw.real(-1, 3)) : T(0);
    context.tick = t;
    const auto place = static_cast<std::size_t>(t * Model::tape_rows(mode) * kBlock);
    const bool any = tape_size > 0;
    kernels.step[kIndex](&parameters, &cells, &state_a, input.at, context, output.at,
                         {any ? tape_a.data() + place : nullptr, &mode});
    Model::step(parameters, cells, state_b, input.at, context, output.at,
                Tape<T>{any ? tape_b.data() + place : nullptr, &mode});
  }
  REQUIRE(same_bits(tape_a, tape_b));

  const auto size = static_cast<std::size_t>(ticks * width);
  const AlignedVector<T> d_output = random_values<T>(draw, size, 0.3);
  AlignedVector<T> error_a = d_output, error_b(size);  // in place, and apart
  AlignedVector<T> d_a(4 * kBlock), d_b(4 * kBlock);
  typename Model::template Carry<T> carry_a = {}, carry_b = {};
  const Tick first = draw.chance(0.5) ? 0 : 5;
  AdjointRange<T> range = {.first = first, .ticks = ticks, .width = width, .tape = tape_b.data()};
  range.d_output = range.error = error_a.data();
  kernels.adjoint[kIndex](&parameters, &cells, mode, &carry_a, range, d_a.data());
  range.d_output = d_output.data();
  range.error = error_b.data();
  Model::adjoint(parameters, cells, mode, carry_b, range, d_b.data());
  REQUIRE(same_bits(error_a, error_b));
  REQUIRE(same_bits(d_a, d_b));
  REQUIRE(std::memcmp(&carry_a, &carry_b, sizeof carry_a) == 0);
}

TEST_CASE_TEMPLATE("adjoints give the same bits on every instruction set", T, float, double) {
  for (int round = 0; round < 4; ++round) {
    for_each_target<T>([&](const Kernels<T>& kernels, test::Draw draw, int width) {
      for (int k = 0; k < 10 * round; ++k) draw.bits();  // other draws in each round
      check_adjoint<SrcNeuron, 0, T>(kernels, draw, width);
      check_adjoint<LifNeuron, 1, T>(kernels, draw, width);
      check_adjoint<LeakyReadout, 2, T>(kernels, draw, width);
    });
  }
}

}  // namespace
}  // namespace neurosim
