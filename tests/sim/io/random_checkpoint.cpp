#include "random_checkpoint.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "support/random_tests.hpp"

namespace neurosim::test {
namespace {

/// Any real number, with what `==` cannot see: signed zeros, NaNs of several kinds.
template <class T>
T random_real(Draw& draw) {
  using Limits = std::numeric_limits<T>;
  const T special[] = {T{0},
                       -T{0},
                       Limits::infinity(),
                       Limits::denorm_min(),
                       Limits::quiet_NaN(),
                       -Limits::quiet_NaN()};
  return draw.chance(0.3) ? special[draw.below(std::size(special))]
                          : static_cast<T>(draw.real(-2, 2));
}

template <class T>
std::vector<T> random_values(std::uint64_t count, Draw& draw) {
  std::vector<T> values(count);
  for (T& value : values) {
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      value = std::uint64_t{draw.bits()} << 32 | draw.bits();
    } else {
      value = random_real<T>(draw);
    }
  }
  return values;
}

NamedArray random_array(const std::string& name, std::size_t axes, bool integers, Draw& draw) {
  NamedArray array{name, {}, {}};
  std::uint64_t count = 1;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    array.shape.push_back(draw.chance(0.1) ? 0 : 1 + draw.below(6));
    count *= array.shape.back();
  }
  if (integers && draw.chance(0.3)) {
    array.values = random_values<std::uint64_t>(count, draw);
  } else if (draw.chance(0.5)) {
    array.values = random_values<double>(count, draw);
  } else {
    array.values = random_values<float>(count, draw);
  }
  return array;
}

EpochMetrics random_epoch(std::size_t populations, Draw& draw) {
  EpochMetrics epoch{.epoch = draw.bits()};
  for (double* value :
       {&epoch.loss, &epoch.training_accuracy, &epoch.validation_loss, &epoch.validation_accuracy,
        &epoch.learning_rate, &epoch.gradient_norm, &epoch.seconds, &epoch.samples_per_second}) {
    *value = random_real<double>(draw);
  }
  for (auto* list : {&epoch.activity, &epoch.error_density, &epoch.error_dropped}) {
    *list = random_values<double>(populations, draw);
  }
  return epoch;
}

}  // namespace

Checkpoint random_checkpoint(std::uint64_t seed) {
  Draw draw(seed);
  Checkpoint checkpoint{.network_name = "net " + std::to_string(seed),
                        .network_yaml = "name: net\n# \xc3\xa9\n",
                        .version = "1.2.3",
                        .precision = draw.chance(0.5) ? "single" : "double",
                        .seed = std::uint64_t{draw.bits()} << 32 | draw.bits(),
                        .finished = draw.chance(0.5),
                        .validation_samples = random_values<std::uint64_t>(draw.below(4), draw)};
  for (std::size_t k = draw.below(4); k > 0; --k) {
    const std::string number = std::to_string(k);
    checkpoint.populations.push_back("p" + number);
    checkpoint.weights.push_back(random_array("w" + number, 1 + draw.below(2), false, draw));
    checkpoint.parameters.push_back(random_array("p" + number + "/bias", 1, false, draw));
    checkpoint.parameters.push_back(random_array("p" + number + "/a", 1, false, draw));
    for (const char* name : {"moment/w", "moment/p/bias/", "a"}) {
      checkpoint.state.push_back(random_array(name + number, draw.below(4), true, draw));
    }
  }
  for (std::size_t k = draw.below(4); k > 0; --k) {
    checkpoint.epochs.push_back(random_epoch(checkpoint.populations.size(), draw));
  }
  return checkpoint;
}

namespace {

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

void check_arrays(const std::vector<NamedArray>& read, const std::vector<NamedArray>& written) {
  REQUIRE(read.size() == written.size());
  for (std::size_t k = 0; k < read.size(); ++k) {
    CAPTURE(written[k].name);
    CHECK(read[k].name == written[k].name);
    CHECK(read[k].shape == written[k].shape);
    REQUIRE(read[k].values.index() == written[k].values.index());
    std::visit(
        [&](const auto& values) {
          CHECK(same_bits(values, std::get<std::decay_t<decltype(values)>>(written[k].values)));
        },
        read[k].values);
  }
}

std::vector<double> scalars(const EpochMetrics& epoch) {
  return {epoch.loss,
          epoch.training_accuracy,
          epoch.validation_loss,
          epoch.validation_accuracy,
          epoch.learning_rate,
          epoch.gradient_norm,
          epoch.seconds,
          epoch.samples_per_second};
}

}  // namespace

void check_checkpoint(const Checkpoint& read, const Checkpoint& written) {
  CHECK(read.network_name == written.network_name);
  CHECK(read.network_yaml == written.network_yaml);
  CHECK(read.version == written.version);
  CHECK(read.precision == written.precision);
  CHECK(read.seed == written.seed);
  CHECK(read.finished == written.finished);
  CHECK(read.populations == written.populations);
  CHECK(read.validation_samples == written.validation_samples);
  check_arrays(read.weights, written.weights);
  check_arrays(read.parameters, written.parameters);
  check_arrays(read.state, written.state);
  REQUIRE(read.epochs.size() == written.epochs.size());
  for (std::size_t e = 0; e < read.epochs.size(); ++e) {
    const auto &a = read.epochs[e], &b = written.epochs[e];
    CHECK(a.epoch == b.epoch);
    CHECK(same_bits(scalars(a), scalars(b)));
    CHECK(same_bits(a.activity, b.activity));
    CHECK(same_bits(a.error_density, b.error_density));
    CHECK(same_bits(a.error_dropped, b.error_dropped));
  }
}

Checkpoint small_checkpoint() {
  EpochMetrics epoch{.epoch = 1, .loss = 0.5};
  epoch.activity = epoch.error_density = epoch.error_dropped = {0.25, 0.75};
  return {.network_name = "small",
          .network_yaml = "name: small\n",
          .version = "1.2.3",
          .precision = "single",
          .seed = 7,
          .weights = {{"w", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6.5F}}},
          .parameters = {{"out/bias", {2}, std::vector<double>{-1, 0.1}}},
          .populations = {"in", "out"},
          .epochs = {epoch, epoch, epoch},
          .state = {{"moment/w", {2, 3}, std::vector<float>(6)}},
          .validation_samples = {3, 5}};
}

}  // namespace neurosim::test
