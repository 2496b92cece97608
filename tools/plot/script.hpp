#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

enum class PictureFormat { kSvg, kPng, kPdf };

struct Page {
  PictureFormat format = PictureFormat::kSvg;
  double width_mm = 85;  ///< one column of most journals
  double height_mm = 60;
};

/// Pixels of a PNG an inch, on a page that is as large as the others.
inline constexpr double kPngDotsPerInch = 300;

/// A rectangle on the page, in mm from its lower left corner.
struct Box {
  double left = 0, right = 0, bottom = 0, top = 0;
};

/// Any text as a word of a gnuplot script that stands for itself: nothing in it is a command, an
/// escape or markup. Control characters and bytes that are no UTF-8 become `?`.
std::string gnuplot_text(std::string_view text);

/// At most `most` characters, with an ellipsis in the middle for those left out: names of a family
/// often differ at the end. REQUIRES: most > 0.
std::string shortened(std::string_view text, std::size_t most);

/// A colour that the colour-blind can tell from its neighbours (Okabe and Ito), as `'#0072B2'`, and
/// a dash pattern. Both repeat, not together.
std::string series_colour(std::size_t series);
std::string series_dash(std::size_t series);

/// The distance of marks 1, 2 or 5 times a power of ten apart, so that at most `most` intervals
/// cover `span`. REQUIRES: both > 0.
double mark_distance(double span, double most);

/// Width of a text of the legend or an axis, in mm: at most, whatever the font.
double text_width_mm(std::string_view text);

struct LegendEntry {
  std::string name;
  std::string colour;
  std::string dash;     ///< of a line; empty: a filled square
  bool marker = false;  ///< a dot on the line
  double width = 1;     ///< of the line, in points
  int mark = 0;         ///< gnuplot's type of a point that stands in place of line and square
};

/// A gnuplot script for one page, built panel by panel.
class Script {
 public:
  explicit Script(const Page& page);

  const Page& page() const { return page_; }
  /// Appends a line.
  void add(std::string_view line);
  /// `font 'Helvetica,8'` for text of that many points.
  std::string font(double points) const;

  /// Numbers for `plot`; `rows` are whole lines. Returns the name of the block.
  std::string data(std::string_view rows);

  /// Starts a panel whose axes span the box, without titles and legend.
  void begin_panel(const Box& box);
  /// Titles of the panel, of its axes, and marks along them. A panel above another that has the
  /// same axis goes without numbers.
  void panel_title(std::string_view text);
  void panel_title_at(std::string_view text, double y_mm);
  void x_title(std::string_view text, double mm_above_page_end);
  void y_title(std::string_view text, double mm_from_page_edge = 2.6);
  void x_range(double low, double high);
  void y_range(double low, double high);
  void x_marks(double distance);
  void y_marks(double distance);
  void hide_x_numbers();

  /// Adds a legend to the panel, its upper left corner at (left, top), over at most
  /// `width` mm.
  void legend(const std::vector<LegendEntry>& entries, double left, double top, double width);

  /// The whole script.
  std::string text() const;

 private:
  std::string place(double x_mm, double y_mm) const;

  Page page_;
  Box box_;
  std::string text_;
  std::size_t blocks_ = 0;
};

/// The height that a page gets: the one asked for, or else `natural`. Throws UsageError where less
/// than `least` is asked for.
double page_height(const Page& page, double natural, double least);

/// Height of a legend, in mm; 0 without entries.
double legend_height(const std::vector<LegendEntry>& entries, double width_mm);

}  // namespace neurosim
