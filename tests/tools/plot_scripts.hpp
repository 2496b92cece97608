#pragma once

#include <doctest/doctest.h>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "tools/plot/script.hpp"

// What tests of gnuplot scripts look for in them.
namespace neurosim {

inline constexpr Page kFreePage{.height_mm = 0};
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

/// The rows of data block `k`.
inline std::vector<std::string> block(const std::string& script, std::size_t k) {
  const std::string head = "$d" + std::to_string(k) + " << end_of_data\n";
  const std::size_t at = script.find(head);
  REQUIRE(at != std::string::npos);
  std::istringstream stream(script.substr(at + head.size()));
  std::vector<std::string> rows;
  for (std::string row; std::getline(stream, row) && row != "end_of_data";) rows.push_back(row);
  return rows;
}

}  // namespace neurosim
