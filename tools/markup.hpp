#pragma once

#include <string>
#include <string_view>

namespace neurosim {

/// Text as it stands in SVG and HTML, also within quoted attributes. Control characters, which may
/// not stand in XML at all, become spaces, but for line breaks and tabs.
std::string markup_escaped(std::string_view text);

}  // namespace neurosim
