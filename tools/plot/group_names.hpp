#pragma once

#include <string>
#include <vector>

#include "tools/plot/script.hpp"

namespace neurosim {

/// Names below groups of bars, aslant where they would run into each other.
struct GroupNames {
  std::vector<std::string> shown;
  double width_mm = 0;  ///< of the longest
  bool aslant = false;
  double room_mm() const { return aslant ? 3 + 0.6 * width_mm : 5; }
};

/// For a plot `plot_mm` wide that begins `left_mm` from the page's edge. REQUIRES: names.
GroupNames group_names(const std::vector<std::string>& names, double plot_mm, double left_mm);

/// Puts them along the x axis, at 0, 1, ...
void name_groups(Script& script, const GroupNames& names);

}  // namespace neurosim
