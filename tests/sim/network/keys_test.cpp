#include "sim/network/keys.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "models/registry.hpp"
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

std::string with_data(const std::string& data) {
  return "format: neurosim/1\ndata: { " + data +
         " }\npopulations:\n  pixels: { model: source, shape: [28, 28] }\n";
}

template <class Names>
Words names_of(const Names& names) {
  return Words(names.begin(), names.end());
}

void check_one_kind(std::span<const KeyInfo> table, const std::string& network) {
  CHECK(accepted({""}, [&](const std::string&) { return network; }) == listed(table, {""}));
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
          return with_projection("- { from: in, to: out, weights: 1, connect: { type: " + type +
                                 ", zzz: 1 } }");
        }) == listed(NetworkKeys::kConnect, types));
  Words sets;
  for (const DatasetName& set : kDatasets) sets.insert(std::string(set.name));
  CHECK(accepted(sets, [](const std::string& set) {
          return with_data("dataset: " + set + ", zzz: 1");
        }) == listed(NetworkKeys::kData, sets));
}

TEST_CASE("an unknown kind hides no misspelt key of its map") {
  const Malformed cases[] = {
      {"model",
       with_out("model: scr, sise: 4"),
       {},
       "unknown key \"sise\"; did you mean \"size\"?"},
      {"connection",
       with_projection("- { from: in, to: out, connect: { type: conv, kernal: 3 }, weights: 1 }"),
       {},
       "unknown key \"kernal\"; did you mean \"kernel\"?"},
      {"weights",
       with_projection("- { from: in, to: out, weights: { init: xavier, gian: 3 } }"),
       {},
       "unknown key \"gian\"; did you mean \"gain\"?"},
      {"drawn delay",
       with_projection("- { from: in, to: out, weights: 1, delay: { init: unifrm, hihg: 3 } }"),
       {},
       "unknown key \"hihg\"; did you mean \"high\"?"},
      {"dataset",
       with_data("dataset: mnits, smples: 3"),
       {},
       "unknown key \"smples\"; did you mean \"samples\"?"},
  };
  for (const Malformed& test : cases) {
    const std::string message = mistakes(test.text);
    CAPTURE(test.title);
    CAPTURE(message);
    CHECK(message.find(test.message) != std::string::npos);
    CHECK(message.find("unknown value") != std::string::npos);
  }
}

}  // namespace neurosim::test
