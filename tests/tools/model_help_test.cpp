#include "tools/model_help.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kShapes[] = {"round", "square"};
constexpr std::array kFields = {
    FieldInfo{.name = "gain",
              .fallback = 0.5,
              .range = {0, 1},
              .per_neuron = true,
              .unit = "mV",
              .sentence = "how much"},
    FieldInfo{.name = "shape",
              .kind = FieldKind::kChoice,
              .fallback = 1,
              .choices = kShapes,
              .sentence = "what it looks like"},
    FieldInfo{.name = "limit",
              .kind = FieldKind::kInteger,
              .fallback = std::numeric_limits<double>::quiet_NaN(),
              .range = {.low = 1},
              .optional = true,
              .sentence = "a sentence that is long enough to be wrapped in narrow terminals"},
};
constexpr std::string_view kVariables[] = {"v", "w"};
constexpr ModelInfo kModel = {
    .name = "toy", .sentence = "a toy", .fields = kFields, .variables = kVariables, .graded = true};

}  // namespace

TEST_CASE("a model's help shows every field as the registry has it") {
  CHECK(model_text(kModel, 50) ==
        "toy: a toy\n"
        "\n"
        "  parameter  default    values\n"
        "  gain       0.5        number in [0, 1], in mV, or one a neuron\n"
        "      how much\n"
        "  shape      square     round, square\n"
        "      what it looks like\n"
        "  limit      none       integer >= 1, or none\n"
        "      a sentence that is long enough to be wrapped\n"
        "      in narrow terminals\n"
        "\n"
        "  state variables that can be recorded: v, w\n"
        "  spikes: graded, values in (0, 1]\n");
}

TEST_CASE("the help of all models names each of them") {
  const std::string text = models_help(80);
  for (const ModelInfo& model : models()) {
    CHECK(text.find(std::string(model.name) + ": ") != std::string::npos);
  }
}

TEST_CASE("an unknown model suggests the nearest") {
  CHECK_THROWS_WITH_AS(model_help("lfi", 80),
                       doctest::Contains("unknown model \"lfi\"; did you mean \"lif\"?"),
                       UsageError);
}

}  // namespace neurosim
