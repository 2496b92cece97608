#include <string_view>

#include "sim/core/error.hpp"
#include "sim/network/graph.hpp"
#include "sim/network/read_description.hpp"
#include "tools/graphviz.hpp"
#include "tools/markup.hpp"
#include "tools/report/page.hpp"

namespace neurosim::report {
namespace {

std::string note(std::string_view text) {
  return "<p class=\"note\">" + markup_escaped(text) + "</p>";
}

void erase_all(std::string& text, std::string_view part) {
  for (std::size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, part.size());
}

/// The element of an SVG file as HTML takes it: no prologue, and no name spaces, which look like
/// addresses.
std::string svg_element(std::string svg) {
  constexpr std::string_view kStart = "<svg";
  svg.erase(0, svg.find(kStart));
  erase_all(svg, " xmlns=\"http://www.w3.org/2000/svg\"");
  erase_all(svg, " xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
  return svg.insert(kStart.size(), " role=\"img\" aria-label=\"Graph of the network\"");
}

}  // namespace

std::string graph_picture(const std::string& network_yaml, const std::string& file) {
  std::string svg;
  try {
    const std::string dot = to_dot(parse_description(network_yaml, file));
    switch (dot_to_svg(dot, svg)) {
      case Graphviz::kDrawn:
        break;
      case Graphviz::kMissing:
        return note(
            "The network was not drawn: the program dot was not found. Install graphviz and write "
            "the report again.");
      case Graphviz::kFailed:
        return note("The network was not drawn: graphviz failed.");
    }
  } catch (const ConfigError& error) {
    return note(std::string("The network was not drawn: its description was not understood. ") +
                error.what());
  }
  // Graphviz escapes names; a script could only come from a fault in it.
  if (svg.find("<svg") == std::string::npos || svg.find("<script") != std::string::npos) {
    return note("The network was not drawn: graphviz gave no plain SVG.");
  }
  return svg_element(std::move(svg));
}

}  // namespace neurosim::report
