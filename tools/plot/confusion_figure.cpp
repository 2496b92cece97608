#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/core/error.hpp"
#include "tools/plot/figures.hpp"

namespace neurosim {
namespace {

constexpr double kTop = 6.5;
constexpr double kLeastSide = 5;
constexpr double kScale = 15;             ///< room for the colour scale
constexpr std::size_t kMostBoxes = 64;    ///< more classes are drawn as an image
constexpr std::size_t kMostLetters = 14;  ///< of a class name

double row_sum(const Confusion& confusion, std::size_t label) {
  double sum = 0;
  for (std::size_t p = 0; p < confusion.classes.size(); ++p) {
    sum += static_cast<double>(confusion.at(label, p));
  }
  return sum;
}

/// Percent of the label's samples.
double share(const Confusion& confusion, std::size_t label, std::size_t prediction) {
  const double sum = row_sum(confusion, label);
  return sum > 0 ? 100 * static_cast<double>(confusion.at(label, prediction)) / sum : 0;
}

std::string matrix_rows(const Confusion& confusion) {
  std::string rows;
  const std::size_t count = confusion.classes.size();
  for (std::size_t label = 0; label < count; ++label) {
    const double sum = std::max(1.0, row_sum(confusion, label));
    for (std::size_t p = 0; p < count; ++p) {
      fmt::format_to(std::back_inserter(rows), "{:.4f}{}",
                     100 * static_cast<double>(confusion.at(label, p)) / sum,
                     p + 1 < count ? ' ' : '\n');
    }
  }
  return rows;
}

std::string box_rows(const Confusion& confusion) {
  std::string rows;
  for (std::size_t label = 0; label < confusion.classes.size(); ++label) {
    for (std::size_t p = 0; p < confusion.classes.size(); ++p) {
      fmt::format_to(std::back_inserter(rows), "{} {} {:.4f}\n", p, label,
                     share(confusion, label, p));
    }
  }
  return rows;
}

/// Counts in the cells, in a size that fits; zeros would only hide the others.
void write_counts(Script& script, const Confusion& confusion, double cell_mm) {
  constexpr double kDark = 55;        // percent, from which on white is easier to read
  constexpr double kMmAPoint = 0.21;  // width of a digit
  std::uint64_t largest = 0;
  for (const std::uint64_t value : confusion.counts) largest = std::max(largest, value);
  const auto digits = static_cast<double>(std::to_string(largest).size());
  const double points = std::clamp(cell_mm * 0.9 / (digits * kMmAPoint), 3.5, 7.0);
  for (std::size_t label = 0; label < confusion.classes.size(); ++label) {
    for (std::size_t p = 0; p < confusion.classes.size(); ++p) {
      if (confusion.at(label, p) == 0) continue;
      script.add(
          fmt::format("set label '{}' at first {}, first {} center front {} textcolor rgb {}",
                      confusion.at(label, p), p, label, script.font(points),
                      share(confusion, label, p) > kDark ? "'#FFFFFF'" : "'#000000'"));
    }
  }
}

struct ClassNames {
  std::vector<std::string> shown;
  double width_mm = 0;    ///< of the longest
  std::size_t every = 1;  ///< the classes that have room for a name
};

ClassNames class_names(const Confusion& confusion, double side_mm) {
  ClassNames names;
  for (const std::string& name : confusion.classes) {
    names.shown.push_back(shortened(name, kMostLetters));
    names.width_mm = std::max(names.width_mm, 0.85 * text_width_mm(names.shown.back()));
  }
  const auto most = static_cast<std::size_t>(std::max(1.0, side_mm / 3.2));
  for (const std::size_t every : {1, 2, 5, 10, 20, 50, 100, 200, 500}) {
    names.every = every;
    if (confusion.classes.size() / every <= most) break;
  }
  return names;
}

void name_classes(Script& script, const ClassNames& names, double cell_mm) {
  std::string list;
  for (std::size_t k = 0; k < names.shown.size(); k += names.every) {
    list += fmt::format("{}{} {}", k == 0 ? "" : ", ", gnuplot_text(names.shown[k]), k);
  }
  const bool upright = names.width_mm + 0.5 > cell_mm * static_cast<double>(names.every);
  script.add(fmt::format("set xtics {} scale 0 ({})",
                         upright ? "rotate by 90 right offset 0,0" : "norotate", list));
  script.add(fmt::format("set ytics scale 0 ({})", list));
}

void colour_scale(Script& script, const Box& box) {
  const Page& page = script.page();
  // From white to the blue of Okabe and Ito: light to dark also without colour.
  script.add("set palette defined (0 '#FFFFFF', 50 '#7FB8D8', 100 '#00507F')");
  script.add("set cbrange [0:100]");
  script.add(
      fmt::format("set colorbox vertical user origin screen {:.5f}, screen {:.5f} "
                  "size screen {:.5f}, screen {:.5f} noborder",
                  (box.right + 2.5) / page.width_mm, box.bottom / page.height_mm,
                  2.5 / page.width_mm, (box.top - box.bottom) / page.height_mm));
  script.add("set cbtics 25 scale 0");
  script.y_title("Share of label (%)", page.width_mm - 2);
}

void plot_cells(Script& script, const Confusion& confusion) {
  if (confusion.classes.size() > kMostBoxes) {
    script.add(fmt::format("plot {} matrix using 1:2:3 with image notitle",
                           script.data(matrix_rows(confusion))));
    return;
  }
  script.add("set style fill solid border rgb '#E0E0E0'");
  script.add(
      fmt::format("plot {} using 1:2:(0.5):(0.5):3 with boxxyerror fillcolor palette "
                  "linewidth 0.3 notitle",
                  script.data(box_rows(confusion))));
}

}  // namespace

std::string confusion_script(const Confusion& confusion, Page page) {
  NS_ASSERT(!confusion.classes.empty());
  const auto count = static_cast<double>(confusion.classes.size());
  const double names_mm = class_names(confusion, 50).width_mm;
  const double left = 6.5 + names_mm, below = 6.5 + std::max(names_mm, 2.5);
  double side = page.width_mm - left - kScale;
  page.height_mm = page_height(page, below + side + kTop, below + kLeastSide + kTop);
  side = std::min(side, page.height_mm - below - kTop);
  const double bottom = page.height_mm - kTop - side;
  const Box box{left, left + side, bottom, bottom + side};

  Script script(page);
  script.begin_panel(box);
  script.add("set border 15 lw 0.6");
  script.add(fmt::format("set title {} offset 0,-0.5 {}",
                         gnuplot_text(fmt::format("Accuracy {:.2f} % ({} of {})",
                                                  100 * static_cast<double>(confusion.correct) /
                                                      static_cast<double>(confusion.labelled),
                                                  confusion.correct, confusion.labelled)),
                         script.font(8)));
  script.x_title("Prediction", bottom - below + 2.2);
  script.y_title("Label", 2.2);
  script.x_range(-0.5, count - 0.5);
  script.y_range(count - 0.5, -0.5);
  name_classes(script, class_names(confusion, side), side / count);
  colour_scale(script, box);
  if (confusion.classes.size() <= kMostCountedClasses) {
    write_counts(script, confusion, side / count);
  }
  plot_cells(script, confusion);
  return script.text();
}

}  // namespace neurosim
