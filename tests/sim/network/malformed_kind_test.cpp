#include <doctest/doctest.h>

#include <algorithm>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

const std::string kIn = "- { from: in, to: out, weights: 1 }\n  ";

std::string with_weights(const std::string& weights) {
  return with_projection("- { from: in, to: out, weights: { " + weights + " } }");
}
std::string with_loop(const std::string& delay) {
  return with_projection(kIn + "- { from: out, to: out, weights: 1, " + delay + " }");
}
std::string with_pool(const std::string& weights) {
  return "format: neurosim/1\npopulations:\n  in: { model: poisson, shape: [4, 4], rate_hz: 20 }\n"
         "  out: { model: lif, shape: [2, 2] }\nprojections:\n"
         "  - { from: in, to: out, connect: { type: pool2d, kernel: 2 }, weights: { " +
         weights + " } }\n";
}
std::string with_bias(const std::string& bias) {
  return with_out("model: src, size: 4, parameters: { bias: { " + bias + " } }");
}

// Each with a part of the message about a misspelt key.
const Malformed kUnknownKinds[] = {
    {"model", with_out("model: scr, sise: 4, learn: [bias]"), {}, "sise\"; did you mean \"size"},
    {"connection",
     with_connect("type: conv, kernal: 3, stride: 2"),
     {},
     "kernal\"; did you mean \"kernel"},
    {"weights", with_weights("init: xavier, gian: 3, low: 1"), {}, "gian\"; did you mean \"gain"},
    {"weights of a file",
     with_weights("init: file, fiel: w.h5, dataset: w"),
     {},
     "fiel\"; did you mean \"file"},
    {"weights of an unknown connection",
     with_projection("- { from: in, to: out, connect: all, weights: { init: uniform, hihg: 3 } }"),
     {},
     "hihg\"; did you mean \"high"},
    {"groups of an unknown connection",
     with_projection(
         "- { from: in, to: out, connect: class, weights: { excitatory: 1, inhib: 0 } }"),
     {},
     "unknown key \"inhib"},
    {"drawn delay of a loop",
     with_projection(kIn +
                     "- { from: out, to: out, weights: 1, delay: { init: unifrm, hihg: 3 } }"),
     {},
     "hihg\"; did you mean \"high"},
    {"drawn parameter",
     with_bias("init: unifrm, hihg: 3, low: 1"),
     {},
     "hihg\"; did you mean \"high"},
    {"dataset",
     with_data("dataset: mnits, smples: 3, encoder: { type: event_frames }"),
     {},
     "smples\"; did you mean \"samples"},
    {"dataset, with an encoder without a name",
     with_data("dataset: nmnits, encoder: { bins: tonic, vales: counts }"),
     {},
     "vales\"; did you mean \"values"},
    {"dataset, with hold_out",
     with_data("dataset: image-fils, hold_out: { shrae: 0.1 }"),
     {},
     "shrae\"; did you mean \"share"},
    {"encoder",
     with_data("dataset: mnist, encoder: { type: latncy, tau: 5, thresold: 0.1 }"),
     {},
     "thresold\"; did you mean \"threshold"},
};

const Malformed kOneMistake[] = {
    {"weights without init", with_weights("low: 0, high: 1"), {}, "missing key \"init\""},
    {"weights with a misspelt init",
     with_weights("inti: normal, mean: 1"),
     {},
     "unknown key \"inti\"; did you mean \"init\"?"},
    {"parameter without init", with_bias("low: -6, high: -5"), {}, "missing key \"init\""},
    {"parameter with a misspelt init",
     with_bias("inti: uniform, low: -6, high: -5"),
     {},
     "unknown key \"inti\"; did you mean \"init\"?"},
    {"malformed low of a loop's delay",
     with_loop("delay: { init: uniform, low: a, high: 3 }"),
     {},
     "delay.low: expected a number"},
    {"misspelt low of a loop's delay",
     with_loop("delay: { init: uniform, lwo: 3, high: 5 }"),
     {},
     "unknown key \"lwo\""},
    {"misspelt mean of a delay",
     with_loop("delay: { init: normal, maen: 5 }"),
     {},
     "unknown key \"maen\""},
    {"misspelt high of weights",
     with_weights("init: uniform, low: 3, hihg: 5"),
     {},
     "unknown key \"hihg\""},
    {"misspelt delay of a loop", with_loop("dealy: 3"), {}, "unknown key \"dealy\""},
    {"key of weights in a delay",
     with_loop("delay: { init: constant, value: 5 }"),
     {},
     "unknown value \"constant\""},
    {"parameter of a file",
     with_bias("fiel: w.h5, dataset: b"),
     {},
     "unknown key \"fiel\"; did you mean \"file\"?"},
    {"pooled weights", with_pool("value: 1"), {}, "missing key \"init\""},
    {"pooled groups", with_pool("excitatory: 1"), {}, "need connect: class_groups"},
    {"misspelt type of an encoder",
     with_data("dataset: mnist, encoder: { tpye: latency, tau: 5, clip: false }"),
     {},
     "unknown key \"tpye\"; did you mean \"type\"?"},
    {"groups of an unknown connection",
     with_projection("- { from: in, to: out, connect: clas, weights: {} }"),
     {},
     "unknown value \"clas\""},
    {"delay of a loop", with_loop("delay: one"), {}, "expected an integer"},
};

}  // namespace

TEST_CASE("an unknown kind hides no misspelt key of its map, and blames no right one") {
  for (const Malformed& test : kUnknownKinds) {
    const std::string message = mistakes(test.text);
    CAPTURE(test.title);
    CAPTURE(message);
    CHECK(message.find(test.message) != std::string::npos);
    CHECK(message.find("unknown value") != std::string::npos);
    CHECK(std::ranges::count(message, '\n') == 1);
  }
}

TEST_CASE("a missing or misspelt init, and a malformed delay, are one mistake") {
  for (const Malformed& test : kOneMistake) {
    const std::string message = mistakes(test.text);
    CAPTURE(test.title);
    CAPTURE(message);
    CHECK(message.find(test.message) != std::string::npos);
    CHECK(std::ranges::count(message, '\n') == 0);
  }
}

}  // namespace neurosim::test
