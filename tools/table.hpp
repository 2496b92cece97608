#pragma once

#include <string>
#include <vector>

#include "tools/terminal.hpp"

namespace neurosim {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kRight;
  std::size_t width = 0;  ///< at least; for rows that are printed before the later ones are known
};

/// Rows of text in aligned columns, two spaces apart.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: one cell a column.
  void add_row(std::vector<std::string> cells);

  std::size_t width() const;

  /// The titles and all rows, each ending with a newline, without trailing spaces.
  std::string text(const Palette& palette = {}) const;

  /// The line of titles, and one row by itself, for tables that are printed as they grow.
  std::string heading(const Palette& palette = {}) const;
  std::string row(const std::vector<std::string>& cells) const;

 private:
  std::vector<std::size_t> widths() const;
  std::string line(const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace neurosim
