#include "tools/report/page.hpp"

#include <array>
#include <string_view>

#include "sim/core/error.hpp"
#include "tools/markup.hpp"

// Made from the files of this folder and of dygraphs by neurosim_embed().
// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared
#define NEUROSIM_ASSET(name)    \
  extern "C" const char name[]; \
  extern "C" const std::uint64_t name##_size;
NEUROSIM_ASSET(report_page_html)
NEUROSIM_ASSET(report_page_css)
NEUROSIM_ASSET(report_data_js)
NEUROSIM_ASSET(report_charts_js)
NEUROSIM_ASSET(report_raster_js)
NEUROSIM_ASSET(report_tables_js)
NEUROSIM_ASSET(report_sample_js)
NEUROSIM_ASSET(report_run_js)
NEUROSIM_ASSET(report_training_js)
NEUROSIM_ASSET(report_main_js)
NEUROSIM_ASSET(report_dygraph_js)
NEUROSIM_ASSET(report_dygraph_css)
#undef NEUROSIM_ASSET
// NOLINTEND(bugprone-macro-parentheses)

namespace neurosim::report {
namespace {

/// A style or script without the line that would have a browser's debugger fetch another file.
std::string without_source_map(std::string_view text) {
  std::string result(text.substr(0, text.rfind("# sourceMappingURL=")));
  if (result.size() == text.size()) return result;
  result.resize(result.size() - 2);  // `//` or `/*`
  return result;
}

std::string styles() {
  return without_source_map({report_dygraph_css, report_dygraph_css_size}) + "\n" +
         std::string(report_page_css, report_page_css_size);
}

std::string scripts() {
  const std::array<std::string_view, 8> own = {{
      {report_data_js, report_data_js_size},
      {report_charts_js, report_charts_js_size},
      {report_raster_js, report_raster_js_size},
      {report_tables_js, report_tables_js_size},
      {report_sample_js, report_sample_js_size},
      {report_run_js, report_run_js_size},
      {report_training_js, report_training_js_size},
      {report_main_js, report_main_js_size},
  }};
  std::string text = without_source_map({report_dygraph_js, report_dygraph_js_size});
  text += "\n(() => {\n\"use strict\";\n";
  for (const std::string_view part : own) text += part;
  return text + "})();\n";
}

/// JSON that may stand in a script element: no `<` ends or opens anything there.
std::string json_in_script(const nlohmann::ordered_json& data) {
  const std::string json =
      data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::string text;
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string block_elements(const std::vector<std::string>& blocks) {
  std::string text;
  for (const std::string& block : blocks) {
    text += "<script type=\"application/octet-stream\" class=\"block\">" + block + "</script>\n";
  }
  return text;
}

}  // namespace

std::string page_text(const Page& page) {
  struct Place {
    std::string_view mark;
    std::string text;
  };
  // In the order of page.html; what is put in is not searched for marks.
  const std::array<Place, 6> places = {{{"@TITLE@", markup_escaped(page.title)},
                                        {"@STYLE@", styles()},
                                        {"@GRAPH@", page.graph},
                                        {"@DATA@", json_in_script(page.data)},
                                        {"@BLOCKS@", block_elements(page.blocks)},
                                        {"@SCRIPT@", scripts()}}};
  std::string_view frame(report_page_html, report_page_html_size);
  std::string text;
  for (const Place& place : places) {
    const std::size_t at = frame.find(place.mark);
    NS_ASSERT(at != std::string_view::npos);
    text += frame.substr(0, at);
    text += place.text;
    frame.remove_prefix(at + place.mark.size());
  }
  return text.append(frame);
}

}  // namespace neurosim::report
