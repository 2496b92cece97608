#include "sim/network/keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "models/registry.hpp"
#include "sim/network/rounding.hpp"
#include "sim/network/spellings.hpp"
#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

using Words = std::set<std::string>;

Words words_of(std::string_view list) {
  Words words;
  std::istringstream text{std::string(list)};
  for (std::string word; std::getline(text >> std::ws, word, ',');) words.insert(word);
  return words;
}

/// The keys that the reader names where a map of `network` has the key `zzz`.
Words accepted_keys(const std::string& network) {
  const std::string message = mistakes(network);
  CAPTURE(message);
  const std::size_t place = message.find("unknown key \"zzz\"");
  REQUIRE(place != std::string::npos);
  const std::size_t begin = message.find("(known: ", place) + 8;
  return words_of(message.substr(begin, message.find(')', begin) - begin));
}

/// Each key with the kinds that have it, as the reader accepts them; `network` has a map of a kind.
template <class Network>
std::map<std::string, Words> accepted(const Words& kinds, Network network) {
  std::map<std::string, Words> keys;
  for (const std::string& kind : kinds) {
    for (const std::string& key : accepted_keys(network(kind))) keys[key].insert(kind);
  }
  return keys;
}

/// The same as the table has it. `all` stands for a key that names no kinds.
std::map<std::string, Words> listed(std::span<const KeyInfo> table, const Words& all,
                                    const Words& neurons = {}) {
  std::map<std::string, Words> keys;
  for (const KeyInfo& key : table) {
    const bool of_neurons = key.only == "neurons";
    const Words kinds = key.only.empty() ? all : of_neurons ? neurons : words_of(key.only);
    CHECK(keys.emplace(key.name, kinds).second);
  }
  return keys;
}

template <class Names>
Words names_of(const Names& names) {
  return Words(names.begin(), names.end());
}

void check_one_kind(std::span<const KeyInfo> table, const std::string& network) {
  CHECK(accepted({""}, [&](const std::string&) { return network; }) == listed(table, {""}));
}

/// The keys that the reader misses in `network`, of those in the table, but for `also`.
Words missed(std::span<const KeyInfo> table, const std::string& network, const Words& also = {}) {
  const std::string message = mistakes(network);
  Words keys;
  for (const KeyInfo& key : table) {
    const std::string name(key.name);
    if (also.contains(name)) continue;
    if (message.find("missing key \"" + name + "\"") != std::string::npos) keys.insert(name);
  }
  return keys;
}

/// The keys that must be given in a map of this kind according to the table, but for `kind_key`.
Words required(std::span<const KeyInfo> table, std::string_view kind,
               std::string_view kind_key = "") {
  Words keys;
  for (const KeyInfo& key : table) {
    const bool has = key.only.empty() || words_of(key.only).contains(std::string(kind));
    if (key.required && has && key.name != kind_key) keys.insert(std::string(key.name));
  }
  return keys;
}

/// What may be written for a key, as the table has it.
std::string values_of(std::span<const KeyInfo> table, std::string_view name) {
  const auto key = std::ranges::find(table, name, &KeyInfo::name);
  REQUIRE(key != table.end());
  return std::string(key->values);
}

std::string with_default(std::string_view what, double value) {
  std::ostringstream text;
  text << what << " (" << value << ")";
  return text.str();
}

/// Weights of a kind that have the key `zzz`.
std::string with_weights(const std::string& kind) {
  const std::string connect = kind == "class_groups" ? kind : "all_to_all";
  const std::string keys = kind == "class_groups" ? ""
                           : kind == "file"       ? "file: w.h5, dataset: w, "
                                                  : "init: " + kind + ", ";
  return with_projection("- { from: in, to: out, connect: " + connect + ", weights: { " + keys +
                         "zzz: 1 } }");
}

}  // namespace

TEST_CASE("the keys of maps that come in one kind are those that the readers accept") {
  check_one_kind(NetworkKeys::kTop, with_tail("zzz: 1\n"));
  check_one_kind(NetworkKeys::kTime,
                 "format: neurosim/1\ntime: { zzz: 1 }\npopulations: { a: { model: src } }\n");
  check_one_kind(NetworkKeys::kProjection,
                 with_projection("- { from: in, to: out, weights: 1, zzz: 1 }"));
  check_one_kind(NetworkKeys::kRecord, with_tail("record: { zzz: 1 }\n"));
}

TEST_CASE("the keys of populations name the kinds that have them") {
  Words neurons;
  for (const ModelInfo& model : models()) neurons.insert(std::string(model.name));
  Words kinds = names_of(kSourceNames);
  kinds.insert(neurons.begin(), neurons.end());
  // A spike_file names either a population or datasets.
  auto keys = accepted(kinds, [](const std::string& kind) {
    return with_out("model: " + kind + ", size: 4, zzz: 1");
  });
  const auto datasets = accepted({"spike_file"}, [](const std::string& kind) {
    return with_out("model: " + kind + ", size: 4, steps: a, zzz: 1");
  });
  for (const auto& [key, kind] : datasets) keys[key].insert(kind.begin(), kind.end());
  CHECK(keys == listed(NetworkKeys::kPopulation, kinds, neurons));
}

TEST_CASE("the keys of connections and data name the kinds that have them") {
  const Words types = names_of(kConnectNames);
  CHECK(accepted(types, [](const std::string& type) {
          return with_connect("type: " + type + ", zzz: 1");
        }) == listed(NetworkKeys::kConnect, types));
  Words sets;
  for (const DatasetName& set : kDatasets) sets.insert(std::string(set.name));
  CHECK(accepted(sets, [](const std::string& set) {
          return with_data("dataset: " + set + ", zzz: 1");
        }) == listed(NetworkKeys::kData, sets));
}

TEST_CASE("the keys of weights name the kinds that have them, each with its default") {
  Words kinds = names_of(kWeightInitNames);
  kinds.insert({"file", "class_groups"});
  CHECK(accepted(kinds, with_weights) == listed(NetworkKeys::kWeights, kinds));
  const auto check = [](auto weights) {
    visit_keys(weights, [](const char* key, double value, const Range&) {
      CHECK(values_of(NetworkKeys::kWeights, key) == with_default("number", value));
    });
  };
  check(ConstantWeights{});
  check(UniformWeights{});
  check(NormalWeights{});
  check(XavierUniformWeights{});
  check(ClassGroupWeights{});
}

TEST_CASE("the keys that must be given are those that the readers miss") {
  const auto connect = std::span(NetworkKeys::kConnect);
  const auto population = std::span(NetworkKeys::kPopulation);
  const auto data = std::span(NetworkKeys::kData);
  // What is left out must be given in some cases only: the sentences say so.
  CHECK(missed(NetworkKeys::kWeights,
               with_projection("- { from: in, to: out, weights: { value: 1 } }")) == Words{"init"});
  CHECK(missed(NetworkKeys::kWeights,
               with_projection("- { from: in, to: out, weights: { file: w.h5 } }")) ==
        Words{"dataset"});
  CHECK(missed(NetworkKeys::kTop, "name: a\n") == required(NetworkKeys::kTop, ""));
  CHECK(missed(NetworkKeys::kProjection, with_projection("- { name: a }"), {"weights"}) ==
        required(NetworkKeys::kProjection, ""));
  CHECK(missed(connect, with_connect("p: 0.5")) == Words{"type"});
  CHECK(missed(population, with_out("size: 4")) == Words{"model"});
  CHECK(missed(data, with_data("first: 4")) == Words{"dataset"});
  for (const std::string_view type : kConnectNames) {
    CAPTURE(type);
    CHECK(missed(connect, with_connect("type: " + std::string(type))) ==
          required(connect, type, "type"));
  }
  for (const std::string_view model : kSourceNames) {
    CAPTURE(model);
    CHECK(missed(population, with_out("model: " + std::string(model)), {"size", "population"}) ==
          required(population, model, "model"));
  }
  for (const DatasetName& set : kDatasets) {
    CAPTURE(set.name);
    CHECK(missed(data, with_data("dataset: " + std::string(set.name)), {"samples"}) ==
          required(data, set.name, "dataset"));
  }
}

TEST_CASE("defaults and ranges of the keys are those of the description") {
  const Description description;
  const auto whole = [](auto value) { return with_default("integer", static_cast<double>(value)); };
  CHECK(values_of(NetworkKeys::kTop, "seed") == whole(description.seed));
  CHECK(values_of(NetworkKeys::kTime, "steps") == whole(description.time.steps));
  CHECK(values_of(NetworkKeys::kTime, "step_ms") ==
        with_default("number", description.time.step_ms));
  CHECK(values_of(NetworkKeys::kTime, "blank_steps") == whole(description.time.blank_before));
  CHECK(values_of(NetworkKeys::kProjection, "receptor") == whole(ProjectionSpec{}.receptor));
  CHECK(values_of(NetworkKeys::kPopulation, "keep_every") == whole(SpikeFileSource{}.keep_every));
  CHECK(values_of(NetworkKeys::kPopulation, "first_step") == whole(SpikeFileSource{}.first_step));
  CHECK(values_of(NetworkKeys::kData, "first") == whole(DataSpec{}.first));
  CHECK(values_of(NetworkKeys::kData, "hold_out") == "{ share: 0.1, stratified: false }");
  CHECK(HoldOut{}.share == 0.1);
  CHECK_FALSE(HoldOut{}.stratified);
  CHECK(values_of(NetworkKeys::kProjection, "bits") == "integer " + std::to_string(kFewestBits) +
                                                           " to " + std::to_string(kMostBits) +
                                                           ", or none (default)");
  CHECK(values_of(NetworkKeys::kProjection, "storage")
            .starts_with(kStorageNames[static_cast<std::size_t>(ProjectionSpec{}.storage)]));
  CHECK(values_of(NetworkKeys::kTop, "precision")
            .starts_with(kPrecisionNames[static_cast<std::size_t>(description.precision)]));
}

}  // namespace neurosim::test
