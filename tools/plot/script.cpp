#include "tools/plot/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/error.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kPointsPerInch = 72, kSvgPixelsPerInch = 96;
constexpr double kTextPoints = 8, kNumberPoints = 7;
constexpr double kLegendRowMm = 3.8, kLegendSampleMm = 7;
/// Of one character of text, in wide fonts.
constexpr double kCharacterMm = 1.6;

// Without yellow, which is too faint for thin lines.
constexpr std::array kColours = {"'#0072B2'", "'#D55E00'", "'#009E73'", "'#CC79A7'",
                                 "'#E69F00'", "'#56B4E9'", "'#000000'"};
constexpr std::array kDashes = {"1", "(9,3)", "(3,2.5)", "(9,3,2,3)"};

/// Length of the UTF-8 sequence that begins a text; 0: it is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((static_cast<unsigned char>(text[k]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Sizes follow so that text, lines (1 = 1 pt) and points (1 = 2.2 mm) are as large in each format:
/// the terminals of gnuplot have units of their own.
std::string terminal_line(const Page& page) {
  const double dots = kPngDotsPerInch / kMmPerInch, pixels = kSvgPixelsPerInch / kMmPerInch;
  switch (page.format) {
    case PictureFormat::kPng:
      return fmt::format(
          "set terminal pngcairo size {:.0f},{:.0f} noenhanced font 'Helvetica,8' "
          "fontscale 3.125 linewidth 4.1667 dashlength 1.6 pointscale 4.1667 background 'white'",
          page.width_mm * dots, page.height_mm * dots);
    case PictureFormat::kPdf:
      return fmt::format(
          "set terminal pdfcairo size {:.3f}cm,{:.3f}cm noenhanced font 'Helvetica,8' "
          "fontscale 0.75 linewidth 2 dashlength 1.6 pointscale 1",
          page.width_mm / 10, page.height_mm / 10);
    case PictureFormat::kSvg:
      break;
  }
  // standalone: images go into the file, not beside it.
  return fmt::format(
      "set terminal svg size {:.0f},{:.0f} standalone noenhanced font 'Helvetica,10.667' "
      "linewidth 1.3333 background 'white'",
      page.width_mm * pixels, page.height_mm * pixels);
}

double entry_width(const std::vector<LegendEntry>& entries) {
  double width = 0;
  for (const LegendEntry& entry : entries) width = std::max(width, text_width_mm(entry.name));
  return width + kLegendSampleMm + 2;
}

std::size_t legend_columns(const std::vector<LegendEntry>& entries, double width_mm) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(width_mm / entry_width(entries)));
}

}  // namespace

std::string gnuplot_text(std::string_view text) {
  // Within single quotes, gnuplot knows one escape: '' for a quote.
  std::string word = "'";
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      word += '?';
    } else if (text.front() == '\'') {
      word += "''";
    } else {
      word += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return word + "'";
}

std::string shortened(std::string_view text, std::size_t most) {
  NS_ASSERT(most > 0);
  std::vector<std::string_view> letters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(sequence_length(text), 1);
    letters.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  const std::size_t first = most / 2, last = most - 1 - std::min(first, most - 1);
  std::string kept;
  for (std::size_t k = 0; k < letters.size(); ++k) {
    if (letters.size() <= most || k < first || k + last >= letters.size()) {
      kept += letters[k];
    } else if (k == first) {
      kept += "\u2026";
    }
  }
  return kept;
}

std::string series_colour(std::size_t series) { return kColours[series % kColours.size()]; }
std::string series_dash(std::size_t series) { return kDashes[series % kDashes.size()]; }

double mark_distance(double span, double most) {
  NS_ASSERT(span > 0 && most > 0);
  const double least = span / most;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= least * (1 - 1e-9)) return power * factor;
  }
  return power * 10;
}

double text_width_mm(std::string_view text) {
  return kCharacterMm * static_cast<double>(display_width(text));
}

double page_height(const Page& page, double natural, double least) {
  if (page.height_mm == 0) return std::max(natural, least);
  if (page.height_mm >= least) return page.height_mm;
  throw UsageError(fmt::format("--height-mm: this figure needs at least {} mm, got {}",
                               std::ceil(least), page.height_mm));
}

double legend_height(const std::vector<LegendEntry>& entries, double width_mm) {
  if (entries.empty()) return 0;
  const std::size_t columns = legend_columns(entries, width_mm);
  return kLegendRowMm * static_cast<double>((entries.size() + columns - 1) / columns) + 0.6;
}

Script::Script(const Page& page) : page_(page) {
  const bool svg = page.format == PictureFormat::kSvg;
  add("set encoding utf8");
  add(terminal_line(page));
  add("set border 3 lw 0.6");
  // SVG has longer marks and puts numbers farther off.
  add(fmt::format("set tics nomirror out scale {} {}", svg ? 0.35 : 0.7, font(kNumberPoints)));
  if (svg) add("set xtics offset 0,0.5");
  add("unset key");
  add("set multiplot");
}

void Script::add(std::string_view line) {
  text_ += line;
  text_ += '\n';
}

std::string Script::font(double points) const {
  const double unit = page_.format == PictureFormat::kSvg ? kSvgPixelsPerInch / kPointsPerInch : 1;
  return fmt::format("font 'Helvetica,{:.2f}'", points * unit);
}

std::string Script::data(std::string_view rows) {
  const std::string name = fmt::format("$d{}", blocks_++);
  add(name + " << end_of_data");
  text_ += rows;
  add("end_of_data");
  return name;
}

std::string Script::place(double x_mm, double y_mm) const {
  return fmt::format("screen {:.5f}, screen {:.5f}", x_mm / page_.width_mm, y_mm / page_.height_mm);
}

void Script::begin_panel(const Box& box) {
  NS_ASSERT(box.left < box.right && box.bottom < box.top);
  box_ = box;
  for (const char* line : {"unset label", "unset arrow", "unset object", "set xtics autofreq",
                           "set ytics autofreq", "set format x '%g'", "set format y '%g'"}) {
    add(line);
  }
  add(fmt::format("set lmargin at screen {:.5f}", box.left / page_.width_mm));
  add(fmt::format("set rmargin at screen {:.5f}", box.right / page_.width_mm));
  add(fmt::format("set bmargin at screen {:.5f}", box.bottom / page_.height_mm));
  add(fmt::format("set tmargin at screen {:.5f}", box.top / page_.height_mm));
}

void Script::panel_title(std::string_view text) { panel_title_at(text, box_.top + 2); }

void Script::panel_title_at(std::string_view text, double y_mm) {
  add(fmt::format("set label {} at {} left {}", gnuplot_text(text), place(box_.left, y_mm),
                  font(kTextPoints)));
}

void Script::x_title(std::string_view text, double mm_above_page_end) {
  add(fmt::format("set label {} at {} center {}", gnuplot_text(text),
                  place((box_.left + box_.right) / 2, mm_above_page_end), font(kTextPoints)));
}

void Script::y_title(std::string_view text, double mm_from_page_edge) {
  add(fmt::format("set label {} at {} center rotate by 90 {}", gnuplot_text(text),
                  place(mm_from_page_edge, (box_.bottom + box_.top) / 2), font(kTextPoints)));
}

void Script::x_range(double low, double high) { add(fmt::format("set xrange [{}:{}]", low, high)); }
void Script::y_range(double low, double high) { add(fmt::format("set yrange [{}:{}]", low, high)); }
void Script::x_marks(double distance) { add(fmt::format("set xtics {}", distance)); }
void Script::y_marks(double distance) { add(fmt::format("set ytics {}", distance)); }
void Script::hide_x_numbers() { add("set format x ''"); }

void Script::legend(const std::vector<LegendEntry>& entries, double left, double top,
                    double width) {
  if (entries.empty()) return;
  const std::size_t columns = legend_columns(entries, width);
  bool widened = false;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const LegendEntry& entry = entries[k];
    // The SVG terminal joins arrows of one colour and width to a path and forgets their dashes.
    widened = k > 0 && entries[k - 1].colour == entry.colour && !widened;
    const double x = left + static_cast<double>(k % columns) * entry_width(entries);
    const double y = top - kLegendRowMm * (static_cast<double>(k / columns) + 0.5);
    const double end = x + kLegendSampleMm - 1.2;
    if (entry.mark != 0) {
      add(fmt::format("set label '' at {} point pointtype {} pointsize 0.5 linecolor rgb {}",
                      place(end - 1.2, y), entry.mark, entry.colour));
    } else if (entry.dash.empty()) {
      add(fmt::format(
          "set object rectangle from {} to {} fillcolor rgb {} fillstyle solid noborder",
          place(end - 2.4, y - 1.2), place(end, y + 1.2), entry.colour));
    } else {
      add(fmt::format("set arrow from {} to {} nohead linecolor rgb {} dashtype {} linewidth {}",
                      place(x, y), place(end, y), entry.colour, entry.dash,
                      widened ? entry.width * 1.001 : entry.width));
    }
    if (entry.marker) {
      add(fmt::format("set label '' at {} point pointtype 7 pointsize 0.4 linecolor rgb {}",
                      place((x + end) / 2, y), entry.colour));
    }
    add(fmt::format("set label {} at {} left {}", gnuplot_text(entry.name),
                    place(x + kLegendSampleMm, y), font(kTextPoints)));
  }
}

std::string Script::text() const { return text_ + "unset multiplot\n"; }

}  // namespace neurosim
