#include "tools/plot/group_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr double kNamesTurned = 0.82;  ///< width of a name aslant, as part of its length

}  // namespace

GroupNames group_names(const std::vector<std::string>& names, double plot_mm, double left_mm) {
  NS_ASSERT(!names.empty());
  const double group_mm = plot_mm / static_cast<double>(names.size());
  // A name aslant ends below its group; the first one begins on the page.
  const double letters = (left_mm + group_mm / 2) / kNamesTurned / text_width_mm("n");
  GroupNames groups;
  for (const std::string& name : names) {
    groups.shown.push_back(shortened(name, static_cast<std::size_t>(letters)));
    groups.width_mm = std::max(groups.width_mm, text_width_mm(groups.shown.back()));
  }
  groups.aslant = groups.width_mm + 1 > group_mm;
  return groups;
}

void name_groups(Script& script, const GroupNames& names) {
  std::string list;
  for (std::size_t k = 0; k < names.shown.size(); ++k) {
    list += fmt::format("{}{} {}", k == 0 ? "" : ", ", gnuplot_text(names.shown[k]), k);
  }
  script.add(fmt::format("set xtics {} scale 0 ({})",
                         names.aslant ? "rotate by 35 right offset 0,0" : "norotate", list));
}

}  // namespace neurosim
