#include "datasets/digit_strokes.hpp"

#include <array>
#include <initializer_list>

namespace neurosim {
namespace {

/// Pieces a span between two control points is cut into.
constexpr int kPieces = 4;

/// Point at `t` in [0, 1] between b and c on the Catmull-Rom curve through a, b, c, d.
StrokePoint catmull_rom(StrokePoint a, StrokePoint b, StrokePoint c, StrokePoint d, double t) {
  const auto blend = [t](double p, double q, double r, double s) {
    return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
  };
  return {blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)};
}

/// A smooth curve through the points; two points give a straight line. Corners are made by ending
/// one stroke and beginning the next at the same place.
std::vector<StrokePoint> curve(std::initializer_list<StrokePoint> control) {
  const std::span<const StrokePoint> points(control.begin(), control.size());
  const std::size_t last = points.size() - 1;
  const bool closed = points[0].x == points[last].x && points[0].y == points[last].y;
  std::vector<StrokePoint> line = {points[0]};
  for (std::size_t k = 0; k < last; ++k) {
    const StrokePoint before = k > 0 ? points[k - 1] : closed ? points[last - 1] : points[0];
    const StrokePoint after = k + 1 < last ? points[k + 2] : closed ? points[1] : points[last];
    for (int piece = 1; piece <= kPieces; ++piece) {
      line.push_back(catmull_rom(before, points[k], points[k + 1], after,
                                 static_cast<double>(piece) / kPieces));
    }
  }
  return line;
}

std::vector<DigitShape> zero() {
  return {{curve({{.52, .02},
                  {.30, .10},
                  {.19, .34},
                  {.19, .66},
                  {.32, .92},
                  {.52, .98},
                  {.72, .89},
                  {.82, .62},
                  {.81, .32},
                  {.70, .09},
                  {.52, .02}})},
          // Written with a tail: the ends cross at the top.
          {curve({{.64, .10},
                  {.44, .04},
                  {.26, .20},
                  {.18, .48},
                  {.24, .82},
                  {.44, .97},
                  {.68, .90},
                  {.82, .60},
                  {.79, .26},
                  {.62, .06},
                  {.44, .10}})}};
}

std::vector<DigitShape> one() {
  return {{curve({{.51, .02}, {.50, .50}, {.49, .98}})},
          {curve({{.32, .24}, {.54, .02}}), curve({{.54, .02}, {.53, .50}, {.52, .98}})},
          {curve({{.34, .20}, {.52, .02}}), curve({{.52, .02}, {.52, .97}}),
           curve({{.30, .97}, {.74, .97}})}};
}

std::vector<DigitShape> two() {
  return {{curve({{.20, .26},
                  {.30, .09},
                  {.52, .02},
                  {.73, .12},
                  {.77, .32},
                  {.64, .56},
                  {.42, .78},
                  {.17, .96}}),
           curve({{.17, .96}, {.50, .94}, {.86, .95}})},
          // With a loop at the foot.
          {curve({{.22, .20},
                  {.36, .05},
                  {.58, .03},
                  {.74, .15},
                  {.74, .36},
                  {.60, .60},
                  {.40, .84},
                  {.24, .97},
                  {.14, .90},
                  {.22, .77},
                  {.40, .82},
                  {.62, .94},
                  {.88, .88}})}};
}

std::vector<DigitShape> three() {
  return {{curve({{.22, .15}, {.42, .03}, {.66, .08}, {.73, .25}, {.62, .41}, {.40, .47}}),
           curve({{.40, .47}, {.66, .54}, {.79, .72}, {.68, .92}, {.42, .98}, {.17, .88}})},
          // With a flat top.
          {curve({{.22, .05}, {.77, .05}}), curve({{.77, .05}, {.44, .40}}),
           curve({{.44, .40}, {.70, .48}, {.80, .70}, {.66, .92}, {.40, .98}, {.17, .88}})}};
}

std::vector<DigitShape> four() {
  return {{curve({{.28, .04}, {.23, .28}, {.18, .54}}), curve({{.18, .54}, {.50, .55}, {.86, .51}}),
           curve({{.73, .04}, {.70, .50}, {.65, .98}})},
          // Closed at the top.
          {curve({{.66, .02}, {.40, .34}, {.13, .65}}), curve({{.13, .65}, {.50, .65}, {.89, .63}}),
           curve({{.66, .02}, {.66, .50}, {.64, .98}})}};
}

std::vector<DigitShape> five() {
  return {
      {curve({{.80, .04}, {.34, .05}}), curve({{.34, .05}, {.27, .44}}),
       curve({{.27, .44}, {.50, .38}, {.73, .47}, {.80, .69}, {.66, .92}, {.40, .98}, {.17, .88}})},
      // In one go.
      {curve({{.80, .07},
              {.54, .04},
              {.36, .10},
              {.28, .28},
              {.38, .42},
              {.60, .50},
              {.75, .66},
              {.70, .88},
              {.48, .98},
              {.18, .93}})}};
}

std::vector<DigitShape> six() {
  return {{curve({{.68, .03},
                  {.43, .20},
                  {.26, .48},
                  {.23, .78},
                  {.42, .97},
                  {.66, .94},
                  {.79, .74},
                  {.67, .55},
                  {.45, .56},
                  {.25, .74}})},
          // With a straight back and a small belly.
          {curve({{.50, .02},
                  {.34, .30},
                  {.24, .60},
                  {.28, .88},
                  {.48, .98},
                  {.68, .90},
                  {.72, .70},
                  {.56, .60},
                  {.38, .66},
                  {.27, .82}})}};
}

std::vector<DigitShape> seven() {
  return {
      {curve({{.17, .06}, {.50, .06}, {.81, .05}}), curve({{.81, .05}, {.58, .48}, {.42, .98}})},
      // With a bar.
      {curve({{.17, .06}, {.50, .06}, {.81, .05}}), curve({{.81, .05}, {.60, .46}, {.44, .98}}),
       curve({{.36, .50}, {.80, .48}})},
      // With a hook.
      {curve({{.18, .22}, {.21, .06}}), curve({{.21, .06}, {.50, .05}, {.80, .06}}),
       curve({{.80, .06}, {.66, .44}, {.55, .98}})}};
}

std::vector<DigitShape> eight() {
  return {
      {curve({{.74, .14},
              {.52, .02},
              {.29, .11},
              {.28, .31},
              {.50, .47},
              {.74, .66},
              {.74, .88},
              {.50, .98},
              {.26, .88},
              {.26, .67},
              {.50, .47},
              {.72, .31},
              {.74, .14}})},
      // Two circles.
      {curve({{.50, .02}, {.31, .11}, {.31, .36}, {.50, .46}, {.69, .36}, {.69, .11}, {.50, .02}}),
       curve(
           {{.50, .46}, {.26, .57}, {.24, .86}, {.50, .98}, {.76, .86}, {.74, .57}, {.50, .46}})}};
}

std::vector<DigitShape> nine() {
  return {{curve({{.75, .20},
                  {.60, .05},
                  {.36, .06},
                  {.22, .24},
                  {.30, .45},
                  {.52, .49},
                  {.70, .36},
                  {.75, .20}}),
           curve({{.75, .20}, {.72, .58}, {.62, .98}})},
          // With a curved tail.
          {curve({{.75, .24},
                  {.60, .05},
                  {.38, .06},
                  {.24, .22},
                  {.28, .42},
                  {.48, .50},
                  {.68, .40},
                  {.75, .24}}),
           curve({{.75, .24}, {.78, .56}, {.68, .86}, {.48, .98}, {.26, .92}})}};
}

}  // namespace

std::span<const DigitShape> digit_shapes(std::size_t digit) {
  static const std::array<std::vector<DigitShape>, kDigits> shapes = {
      zero(), one(), two(), three(), four(), five(), six(), seven(), eight(), nine()};
  return shapes[digit];
}

}  // namespace neurosim
