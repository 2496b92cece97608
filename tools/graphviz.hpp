#pragma once

#include <string>

namespace neurosim {

enum class Graphviz { kDrawn, kMissing, kFailed };

/// Has the program `dot` draw a graph in the DOT language; `svg` receives the whole SVG file.
/// kMissing: it is not on the PATH. kFailed: it said why on standard error.
Graphviz dot_to_svg(const std::string& dot, std::string& svg);

}  // namespace neurosim
