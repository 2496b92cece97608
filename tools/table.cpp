#include "tools/table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kGap = "  ";

}  // namespace

void Table::add_row(std::vector<std::string> cells) {
  NS_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    widths.push_back(std::max(column.width, display_width(column.title)));
  }
  for (const auto& row : rows_) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      widths[k] = std::max(widths[k], display_width(row[k]));
    }
  }
  return widths;
}

std::size_t Table::width() const {
  const auto all = widths();
  return std::accumulate(all.begin(), all.end(), kGap.size() * (all.size() - 1));
}

std::string Table::text(const Palette& palette) const {
  std::string result = heading(palette);
  for (const auto& cells : rows_) result += row(cells);
  return result;
}

std::string Table::heading(const Palette& palette) const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string result(palette.bold);
  result += line(titles, widths());
  result += palette.reset;
  return result + "\n";
}

std::string Table::row(const std::vector<std::string>& cells) const {
  NS_ASSERT(cells.size() == columns_.size());
  return line(cells, widths()) + "\n";
}

std::string Table::line(const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
  std::string result;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::size_t used = std::min(display_width(cells[k]), widths[k]);
    const std::string padding(widths[k] - used, ' ');
    if (k > 0) result += kGap;
    result += columns_[k].align == Align::kLeft ? cells[k] + padding : padding + cells[k];
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

}  // namespace neurosim
