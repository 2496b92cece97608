#include "models/registry.hpp"

#include <doctest/doctest.h>

#include <set>

#include "models/model_list.hpp"
#include "one_block.hpp"

namespace neurosim {
namespace {

TEST_CASE("the list has the models of the paper") {
  CHECK(models().size() == std::tuple_size_v<ModelList>);
  for (const char* name : {"src", "lif", "leaky_readout"}) {
    const ModelInfo* info = find_model(name);
    REQUIRE(info != nullptr);
    CHECK(info->name == name);
  }
  for (const char* name : {"", "SRC", "sr", "srcs", "source"}) CHECK(find_model(name) == nullptr);
  CHECK(find_model("src")->graded);
  CHECK(!find_model("lif")->graded);
  CHECK(find_model("lif")->spikes);
  CHECK(!find_model("leaky_readout")->spikes);
}

TEST_CASE("models and their fields are named once and explained") {
  std::set<std::string_view> names;
  for (const ModelInfo& model : models()) {
    CAPTURE(std::string(model.name));
    CHECK(names.insert(model.name).second);
    CHECK(!model.sentence.empty());
    CHECK(!model.variables.empty());
    CHECK(std::set(model.variables.begin(), model.variables.end()).size() ==
          model.variables.size());
    std::set<std::string_view> fields;
    for (const FieldInfo& field : model.fields) {
      CAPTURE(std::string(field.name));
      CHECK(fields.insert(field.name).second);
      CHECK(field.sentence.size() > 10);
      CHECK(!field.unit.empty());
    }
  }
}

TEST_CASE("a default is a value of its field") {
  for (const ModelInfo& model : models()) {
    CAPTURE(std::string(model.name));
    for (const FieldInfo& field : model.fields) {
      CAPTURE(std::string(field.name));
      const FieldValue value = default_value(field);
      CHECK(value.size() == (std::isnan(field.fallback) ? 0 : 1));
      if (value.empty()) {
        CHECK(field.optional);
        continue;
      }
      CHECK((field.kind == FieldKind::kChoice) == !field.choices.empty());
      if (field.kind == FieldKind::kChoice) {
        CHECK(value[0] >= 0);
        CHECK(value[0] < static_cast<double>(field.choices.size()));
        CHECK(std::set(field.choices.begin(), field.choices.end()).size() == field.choices.size());
        CHECK(!field.per_neuron);
      } else {
        CHECK(field.range.contains(value[0]));
      }
      if (field.kind != FieldKind::kReal) CHECK(value[0] == std::floor(value[0]));
    }
  }
}

TEST_CASE("the defaults together are accepted") {
  for (const ModelInfo& model : models()) {
    if (model.check == nullptr) continue;
    std::vector<FieldValue> values;
    for (const FieldInfo& field : model.fields) values.push_back(default_value(field));
    CHECK(model.check(values) == "");
  }
}

std::string src_check(const test::Settings& settings) {
  return SrcNeuron::check(test::values_with<SrcNeuron>(settings));
}
std::string lif_check(const test::Settings& settings) {
  return LifNeuron::check(test::values_with<LifNeuron>(settings));
}

TEST_CASE("an SRC bias above its bound is refused") {
  const std::string refused = "bias must not exceed bias_max";
  CHECK(src_check({{"bias", {-4}}}) == "");
  CHECK(src_check({{"bias", {-3.999}}}) == refused);
  CHECK(src_check({{"bias", {-6, -5, -4}}}) == "");
  CHECK(src_check({{"bias", {-6, -3, -5}}}) == refused);
  CHECK(src_check({{"bias", {3}}, {"bias_max", {}}}) == "");
  CHECK(src_check({{"bias", {-6}}, {"bias_max", {-7}}}) == refused);
}

TEST_CASE("a LIF neuron may not rest above its threshold") {
  const std::string refused = "rest must not exceed the threshold";
  CHECK(lif_check({{"rest", {1}}}) == "");
  CHECK(lif_check({{"rest", {1.01}}}) == refused);
  CHECK(lif_check({{"rest", {0.5}}, {"threshold", {1, 0.4}}}) == refused);
  CHECK(lif_check({{"rest", {0, 0.9}}, {"threshold", {1, 0.95}}}) == "");
  CHECK(lif_check({{"rest", {0, 0.9}}, {"threshold", {0.5}}}) == refused);
}

TEST_CASE("a refractory time needs the reset in the step of the spike") {
  // 1 is next_step.
  CHECK(lif_check({{"refractory_steps", {2}}, {"reset_timing", {1}}}) ==
        "refractory_steps needs reset_timing: same_step");
  CHECK(lif_check({{"refractory_steps", {2}}}) == "");
  CHECK(lif_check({{"reset_timing", {1}}}) == "");
}

}  // namespace
}  // namespace neurosim
