#include "tools/model_help.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "sim/core/error.hpp"
#include "sim/network/training.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kShapes[] = {"round", "square"};
constexpr std::array kFields = {
    FieldInfo{.name = "gain",
              .fallback = 0.5,
              .range = {0, 1},
              .per_neuron = true,
              .learnable = Learnable::kPerNeuron,
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
              .learnable = Learnable::kAsGiven,
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
        "  parameter  default  values\n"
        "  gain       0.5      number in [0, 1], in mV, or one a neuron; learnable\n"
        "      how much\n"
        "  shape      square   round, square\n"
        "      what it looks like\n"
        "  limit      none     integer >= 1, or none; learnable\n"
        "      a sentence that is long enough to be wrapped\n"
        "      in narrow terminals\n"
        "\n"
        "  state variables that can be recorded: v, w\n"
        "  `learn: [...]` takes, as one value a neuron: gain\n"
        "  `learn: [...]` takes, as many values as given: limit\n"
        "  spikes: graded, values in (0, 1]\n");
}

TEST_CASE("a model without learnable parameters says nothing of them") {
  CHECK(model_help("leaky_readout", 80).find("learn") == std::string::npos);
  CHECK(model_help("src", 80).find(
            "`learn: [...]` takes, as one value a neuron: bias, initial_h, initial_hs\n") !=
        std::string::npos);
}

TEST_CASE("the help of training shows every key with its default and values") {
  const std::string text = training_help(80);
  CAPTURE(text);
  const auto has = [&text](const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  for (const FieldInfo& field : Training::kFields) {
    CAPTURE(field.name);
    CHECK(has("\n  " + std::string(field.name) + " "));
    CHECK(has(wrapped(field.sentence, 80, 6)));
    if (!field.choices.empty()) CHECK(has("  " + comma_list(field.choices) + "\n"));
  }
  CHECK(
      has("\n  key                 default     values\n"
          "  epochs              100         integer in [1, 1000000]\n"
          "      passes over the training samples\n"));
  CHECK(has("\n  validation          0.1         number in [0, 1)\n"));
  CHECK(has("\n  clip_norm           1           number > 0, or none\n"));
  CHECK(has("\n  spikes              each_epoch  each_epoch, once\n"));
  CHECK(has("\n  samples             none        integer in [1, 2147483647], or none\n"));
}

TEST_CASE("no line of the help is wider than a terminal of 80 columns") {
  for (const std::string& text :
       {training_help(80), model_help("src", 80), model_help("lif", 80)}) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      CAPTURE(text.substr(at, end - at));
      CHECK(end - at <= 80);
      at = end + 1;
    }
  }
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
