#pragma once

#include <string>
#include <vector>

#include "sim/network/read_description.hpp"

namespace neurosim::test {

struct Malformed {
  std::string title;
  std::string text;
  std::vector<std::string> overrides;  ///< as after `--set`
  std::string message;
};

/// Every message about `text`, read as net.yaml, one a line.
inline std::string mistakes(const std::string& text, const std::vector<std::string>& changes = {}) {
  std::vector<Override> overrides;
  for (const std::string& change : changes) overrides.push_back(parse_override(change));
  try {
    parse_description(text, "net.yaml", overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "(accepted)";
}

/// A small valid network, of which a test replaces one part.
struct Parts {
  std::string projections = "- { from: in, to: out, weights: 1 }";
  std::string out = "model: src, size: 4";
  std::string tail = "";  ///< more populations, or keys at the top
};

inline std::string assemble(const Parts& parts) {
  return "format: neurosim/1\ntime: { steps: 10 }\nprojections:\n  " + parts.projections +
         "\npopulations:\n  in: { model: poisson, size: 4, rate_hz: 20 }\n  out: { " + parts.out +
         " }\n" + parts.tail;
}

inline std::string with_projection(const std::string& projections) {
  return assemble({.projections = projections});
}
inline std::string with_out(const std::string& out) { return assemble({.out = out}); }
inline std::string with_connect(const std::string& connect) {
  return with_projection("- { from: in, to: out, weights: 1, connect: { " + connect + " } }");
}
inline std::string with_data(const std::string& keys) {
  return "format: neurosim/1\npopulations: { in: { model: source, size: 4 } }\ndata: { " + keys +
         " }\n";
}
inline std::string with_tail(const std::string& tail) { return assemble({.tail = tail}); }

}  // namespace neurosim::test
