#include "sim/network/config_difference.hpp"

#include <doctest/doctest.h>

namespace neurosim {
namespace {

ConfigValuePtr parse(const std::string& text) {
  ConfigLog log("net.yaml");
  ConfigValuePtr root = parse_config(text, log);
  log.throw_if_any();
  return root;
}

/// `path: a | b`, a line each.
std::string differences(const std::string& a, const std::string& b) {
  std::string text;
  for (const ConfigDifference& difference : config_differences(parse(a), parse(b))) {
    text += difference.path + ": " + difference.a.value_or("-") + " | " +
            difference.b.value_or("-") + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("equal configurations do not differ, however they are written") {
  CHECK(differences("a: 1\nb: { c: [x, y], d: ~ }", "b:\n  d:\n  c:\n    - 'x'\n    - y\na: 1\n")
            .empty());
}

TEST_CASE("values are found by their path, at any depth") {
  CHECK(differences("time: { steps: 5, step_ms: 1 }", "time: { steps: 6, step_ms: 1 }") ==
        "time.steps: 5 | 6\n");
  CHECK(differences("p: [{ to: a, delay: 1 }, { to: b }]", "p: [{ to: a, delay: 2 }, { to: c }]") ==
        "p.0.delay: 1 | 2\np.1.to: b | c\n");
}

TEST_CASE("what only one has is one value, however large") {
  CHECK(differences("a: 1\nx: { y: [1, { z: w }] }", "a: 1") == "x: { y: [1, { z: w }] } | -\n");
  CHECK(differences("a: 1", "a: 1\nb: []\nc: {}") == "b: - | []\nc: - | {}\n");
  CHECK(differences("p: [{ a: 1 }]", "p: [{ a: 1 }, { b: 2 }]") == "p.1: - | { b: 2 }\n");
}

TEST_CASE("lists of values are one value, and kinds are told apart") {
  CHECK(differences("n: [1, 2]", "n: [1, 2, 3]") == "n: [1, 2] | [1, 2, 3]\n");
  CHECK(differences("n: [[1, 0], [2, 1]]", "n: [[1, 0], [2, 2]]") ==
        "n: [[1, 0], [2, 1]] | [[1, 0], [2, 2]]\n");
  CHECK(differences("n: [1]", "n: 1") == "n: [1] | 1\n");
  CHECK(differences("n: ~", "n: none") == "n: ~ | none\n");
  CHECK(differences("n: 1", "n: 1.0") == "n: 1 | 1.0\n");
}

}  // namespace neurosim
