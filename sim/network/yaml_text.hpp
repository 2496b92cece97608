#pragma once

#include <string>
#include <string_view>

namespace neurosim {

/// A number in the fewest digits that read back as the same double.
std::string number_text(double value);

/// A text as a YAML scalar that reads back as the same text, quoted only where that is needed.
std::string scalar_text(std::string_view text);

}  // namespace neurosim
