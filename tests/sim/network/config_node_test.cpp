#include "sim/network/config_node.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "tests/sim/network/malformed.hpp"
#include "tests/support/random_tests.hpp"

namespace neurosim::test {
namespace {

/// The value of `x: <text>` read as a T; nothing when it was reported instead.
template <class T>
std::optional<T> read_as(const std::string& text) {
  ConfigLog log("net.yaml");
  const ConfigValuePtr root = parse_config("x: " + text, log);
  T value{};
  ConfigMap map = ConfigNode(root, "", root->place, log).map();
  const bool read = map.get("x").read(value);
  try {
    log.throw_if_any();
    REQUIRE(read);
    return value;
  } catch (const ConfigError& error) {
    REQUIRE(!read);
    REQUIRE(error.diagnostics().size() == 1);
    return std::nullopt;
  }
}

}  // namespace

TEST_CASE("integers are decimal and complete") {
  CHECK(read_as<std::int64_t>("0") == 0);
  CHECK(read_as<std::int64_t>("-12") == -12);
  CHECK(read_as<std::int64_t>("+12") == 12);
  CHECK(read_as<std::int64_t>("9223372036854775807") == 9223372036854775807);
  CHECK(read_as<std::uint64_t>("18446744073709551615") == 18446744073709551615u);
  for (const char* text : {"010", "0x10", "1.0", "1e3", "1_000", "--1", "+", "\"1\"", "''", "1 2",
                           "[1]", "{ a: 1 }", "~", "9223372036854775808", ".inf", "one"}) {
    CAPTURE(text);
    CHECK(!read_as<std::int64_t>(text));
  }
  for (const char* text : {"-1", "18446744073709551616", "01", "1.5", "x"}) {
    CAPTURE(text);
    CHECK(!read_as<std::uint64_t>(text));
  }
}

TEST_CASE("reals are decimal and finite") {
  CHECK(read_as<double>("1") == 1.0);
  CHECK(read_as<double>("-.5") == -0.5);
  CHECK(read_as<double>("+2.") == 2.0);
  CHECK(read_as<double>("1e-3") == 1e-3);
  CHECK(read_as<double>("0.25E+2") == 25.0);
  CHECK(read_as<double>("3e38") == 3e38);
  for (const char* text : {".", "e3", "1e", "1e+", "00.5", "01", "0x1p3", ".nan", "nan", ".inf",
                           "-.Inf", "inf", "1e999", "-1e999", "4e38", "1,5", "1.2.3", "'1'", "~"}) {
    CAPTURE(text);
    CHECK(!read_as<double>(text));
  }
}

TEST_CASE("truth is written true or false") {
  CHECK(read_as<bool>("true") == true);
  CHECK(read_as<bool>("false") == false);
  for (const char* text : {"yes", "no", "on", "True", "1", "'true'", "~"}) {
    CAPTURE(text);
    CHECK(!read_as<bool>(text));
  }
}

TEST_CASE("texts may look like anything") {
  CHECK(read_as<std::string>("12") == "12");
  CHECK(read_as<std::string>("'it''s'") == "it's");
  CHECK(read_as<std::string>("\"a\\nb\"") == "a\nb");
  CHECK(read_as<std::string>("|\n  it's\n  \"so") == "it's\n\"so");
  CHECK(!read_as<std::string>("''"));
  CHECK(!read_as<std::string>(""));
  CHECK(!read_as<std::string>("[a]"));
}

TEST_CASE("the nearest name is one that could have been meant") {
  constexpr std::array<std::string_view, 5> kNames = {"size", "shape", "model", "xavier_uniform",
                                                      "p"};
  CHECK(nearest_name("sise", kNames) == "size");
  CHECK(nearest_name("szie", kNames) == "size");
  CHECK(nearest_name("Size", kNames) == "size");
  CHECK(nearest_name("shap", kNames) == "shape");
  CHECK(nearest_name("modell", kNames) == "model");
  CHECK(nearest_name("xavier", kNames) == "xavier_uniform");
  CHECK(!nearest_name("q", kNames));
  CHECK(!nearest_name("weights", kNames));
  CHECK(!nearest_name("", kNames));
  CHECK(!nearest_name(std::string(100000, 's'), kNames));
}

TEST_CASE("names in messages are short and printable") {
  CHECK(quoted("a\"b\\c\nd\te\x01") == "\"a\\\"b\\\\c\\nd\\te?\"");
  CHECK(quoted(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "...\"");
  CHECK(unknown_name("b", {}) == "\"b\"");
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(mistakes("format: neurosim/1\npopulations: { \"\xc3\xa9\": { model: source, size: 0 } }\n")
            .find("net.yaml:2:44: populations.\xc3\xa9.size: expected an integer >= 1, got 0") !=
        std::string::npos);
}

TEST_CASE("hostile nesting and aliases are stopped") {
  CHECK(mistakes("a: " + std::string(100, '[') + std::string(100, ']')) ==
        "net.yaml:1:67: nested more than 64 levels deep");
  CHECK(mistakes("a: " + std::string(100'000, '[')).ends_with("more than 64 levels deep"));
  std::string maps = "a: ";
  for (int k = 0; k < 100'000; ++k) maps += "{ a: ";
  CHECK(mistakes(maps).ends_with("more than 64 levels deep"));
  std::string laughs = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int k = 1; k < 20; ++k) {
    const std::string before = "*a" + std::to_string(k - 1);
    laughs += "a" + std::to_string(k) + ": &a" + std::to_string(k) + " [" + before;
    for (int n = 1; n < 10; ++n) laughs += ", " + before;
    laughs += "]\n";
  }
  CHECK(mistakes(laughs) ==
        "net.yaml:7:15: more than 2000000 values; put large arrays into an HDF5 file");
}

TEST_CASE("any damage to a file is either harmless or reported") {
  const std::string intact = assemble(
      {.projections = "- { from: in, to: out, connect: { type: fixed_indegree, indegree: 2 }, "
                      "weights: { init: normal, mean: 1 } }",
       .out = "model: src, size: 4, parameters: { bias: [-6, -6, -7, -6.5] }, learn: [bias]",
       .tail = "name: 'x y'\nrecord: { spikes: [out], states: { out: { variables: [h] } } }\n"
               "training: { epochs: 1000000, clip_norm: none, optimiser: sgd, beta1: 0.5 }\n"});
  REQUIRE(mistakes(intact) == "(accepted)");
  const std::string alphabet = "{}[]:,-'\"&*!|>#%@ \n\t019.eax\\\x04\xc3";
  for_each_seed(3000, [&](std::uint64_t seed) {
    Draw draw(seed);
    std::string text = intact;
    const std::size_t changes = 1 + draw.below(3);
    for (std::size_t k = 0; k < changes; ++k) {
      const std::size_t at = draw.below(text.size());
      const char c = alphabet[draw.below(alphabet.size())];
      switch (draw.below(3)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1 + draw.below(20));
      }
    }
    CAPTURE(text);
    // Nothing but ConfigError may come out, and its messages point into the text.
    try {
      const Description d = parse_description(text, "net.yaml");
      CHECK(to_yaml(parse_description(to_yaml(d), "net.yaml")) == to_yaml(d));
    } catch (const ConfigError& error) {
      for (const auto& diagnostic : error.diagnostics()) {
        CHECK(diagnostic.line >= 1);
        CHECK(diagnostic.column >= 1);
        CHECK(diagnostic.line <= std::count(text.begin(), text.end(), '\n') + 1);
      }
    }
  });
}

}  // namespace neurosim::test
