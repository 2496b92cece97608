#include "tools/table.hpp"

#include <algorithm>

#include "sim/core/error.hpp"

namespace neurosim {

void Table::add_row(std::vector<std::string> cells) {
  NS_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(const Palette& palette) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(display_width(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      widths[k] = std::max(widths[k], display_width(row[k]));
    }
  }
  std::string result(palette.bold);
  result += line(titles, widths);
  result += palette.reset;
  result += '\n';
  for (const auto& row : rows_) result += line(row, widths) + "\n";
  return result;
}

std::string Table::line(const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
  std::string result;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::string padding(widths[k] - display_width(cells[k]), ' ');
    if (k > 0) result += "  ";
    result += columns_[k].align == Align::kLeft ? cells[k] + padding : padding + cells[k];
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

}  // namespace neurosim
