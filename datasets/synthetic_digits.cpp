#include "datasets/synthetic_digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "datasets/digit_strokes.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kSide = 28;

// How much the writers differ. Lengths in pixels unless said otherwise.
constexpr double kHeight = 19;           // of the average digit, as in MNIST's 20 x 20 box
constexpr double kAspect = 0.95;         // width of the stroke table's box per its height
constexpr double kScaleSpread = 0.13;    // +-, of the size and, separately, of the width
constexpr double kShift = 1.7;           // +-, along each axis
constexpr double kSlantSpread = 0.34;    // +-, sideways per height
constexpr double kHalfTurnSpread = 0.1;  // +-, tangent of half the angle: +-11 degrees
constexpr double kBend = 0.22;           // +-, of the digit's box, at each of 4 x 4 handles
constexpr double kReachLow = 1.3;        // distance from the stroke's middle to where ink ends
constexpr double kReachHigh = 2.1;
constexpr double kSoftEdge = 1.1;           // ink fades to nothing over this distance
constexpr double kInkLow = 0.80;            // of white, per pixel
constexpr std::uint32_t kMostSpecks = 6;    // stray pixels an image, 0 to this many
constexpr std::uint32_t kSpeckLevels = 96;  // their brightness, 1 to this

/// What a draw is for; with the split it makes up the third word of the place.
enum class Purpose : std::uint32_t { kOrder = 0, kDrawing = 1 };

/// The random numbers of one image, or of the order of ten labels, one after another.
class Draws {
 public:
  Draws(const SyntheticDigitsOptions& options, Purpose purpose, std::size_t index)
      : seed_(options.seed),
        place_{.a = static_cast<std::uint32_t>(index),
               .b = 0,
               .c = static_cast<std::uint32_t>(options.split) << 1 |
                    static_cast<std::uint32_t>(purpose)} {}

  std::uint32_t bits() {
    if (used_ == block_.size()) {
      block_ = random_bits(seed_, Stream::kSyntheticDigits, place_);
      ++place_.b;
      used_ = 0;
    }
    return block_[used_++];
  }
  /// Uniform in (low, high).
  double between(double low, double high) { return low + (high - low) * open_unit(bits()); }
  /// Uniform in (-spread, spread).
  double around(double spread) { return between(-spread, spread); }
  /// Uniform in 0 .. count - 1, to within 2^-32.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(std::uint64_t{bits()} * count >> 32);
  }

 private:
  std::uint64_t seed_;
  Place place_;
  std::array<std::uint32_t, 4> block_ = {};
  std::size_t used_ = 4;
};

/// One writer's hand: where a point of the digit's box comes to lie in the image.
class Hand {
 public:
  explicit Hand(Draws& draws) {
    for (StrokePoint& handle : handles_) handle = {draws.around(kBend), draws.around(kBend)};
    const double height = kHeight * (1 + draws.around(kScaleSpread));
    const double width = height * kAspect * (1 + draws.around(kScaleSpread));
    const double slant = draws.around(kSlantSpread);
    // Cosine and sine from the tangent of half the angle: no call of libm, same bits everywhere.
    const double half = draws.around(kHalfTurnSpread);
    const double cosine = (1 - half * half) / (1 + half * half);
    const double sine = 2 * half / (1 + half * half);
    // Rotation x slant x scale.
    xx_ = cosine * width;
    xy_ = -(cosine * slant + sine) * height;
    yx_ = sine * width;
    yy_ = (cosine - sine * slant) * height;
    centre_ = {kSide / 2.0 + draws.around(kShift), kSide / 2.0 + draws.around(kShift)};
  }

  StrokePoint place(StrokePoint p) const {
    const StrokePoint shift = bend(p);
    const double x = p.x + shift.x - 0.5;
    const double y = p.y + shift.y - 0.5;
    return {centre_.x + xx_ * x + xy_ * y, centre_.y + yx_ * x + yy_ * y};
  }

 private:
  /// Smooth displacement: a Bezier patch over the box, so that strokes that meet still meet.
  StrokePoint bend(StrokePoint p) const {
    const std::array<double, 4> across = bernstein(p.x);
    const std::array<double, 4> down = bernstein(p.y);
    StrokePoint sum;
    for (std::size_t row = 0; row < 4; ++row) {
      for (std::size_t column = 0; column < 4; ++column) {
        const double weight = down[row] * across[column];
        sum.x += weight * handles_[4 * row + column].x;
        sum.y += weight * handles_[4 * row + column].y;
      }
    }
    return sum;
  }

  static std::array<double, 4> bernstein(double t) {
    const double s = 1 - t;
    return {s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t};
  }

  std::array<StrokePoint, 16> handles_;
  double xx_, xy_, yx_, yy_;
  StrokePoint centre_;
};

/// Squared distance of each pixel's centre to the nearest stroke, where it is below `reach`.
class Canvas {
 public:
  explicit Canvas(double reach) : reach_(reach) { squared_.fill(reach * reach); }

  void draw(StrokePoint a, StrokePoint b) {
    const auto [left, right] = span(std::min(a.x, b.x), std::max(a.x, b.x));
    const auto [top, bottom] = span(std::min(a.y, b.y), std::max(a.y, b.y));
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double per_length = length > 0 ? 1 / length : 0;
    for (std::size_t row = top; row < bottom; ++row) {
      const double y = static_cast<double>(row) + 0.5 - a.y;
      for (std::size_t column = left; column < right; ++column) {
        const double x = static_cast<double>(column) + 0.5 - a.x;
        const double along = std::clamp((x * dx + y * dy) * per_length, 0.0, 1.0);
        const double rest_x = x - along * dx;
        const double rest_y = y - along * dy;
        double& best = squared_[row * kSide + column];
        best = std::min(best, rest_x * rest_x + rest_y * rest_y);
      }
    }
  }

  /// Share of ink at a pixel, 0 to 1.
  double ink(std::size_t pixel) const {
    return std::clamp((reach_ - std::sqrt(squared_[pixel])) * (1 / kSoftEdge), 0.0, 1.0);
  }

 private:
  /// Pixels [first, second) whose centres may lie within reach of [low, high].
  std::pair<std::size_t, std::size_t> span(double low, double high) const {
    const double last = static_cast<double>(kSide);
    return {static_cast<std::size_t>(std::clamp(low - reach_, 0.0, last)),
            static_cast<std::size_t>(std::clamp(high + reach_ + 1, 0.0, last))};
  }

  double reach_;
  std::array<double, kSide * kSide> squared_;
};

/// Uneven ink, and a few stray pixels; all else stays exactly 0.
void develop(const Canvas& canvas, Draws& draws, std::span<std::uint8_t> pixels) {
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    const double ink = canvas.ink(k);
    const double level = ink > 0 ? ink * draws.between(kInkLow, 1.0) : 0.0;
    pixels[k] = static_cast<std::uint8_t>(level * 255 + 0.5);
  }
  const std::uint32_t specks = draws.below(kMostSpecks + 1);
  for (std::uint32_t k = 0; k < specks; ++k) {
    std::uint8_t& pixel = pixels[draws.below(static_cast<std::uint32_t>(pixels.size()))];
    pixel = std::max(pixel, static_cast<std::uint8_t>(1 + draws.below(kSpeckLevels)));
  }
}

class SyntheticDigits final : public ImageDataset {
 public:
  explicit SyntheticDigits(const SyntheticDigitsOptions& options) : options_(options) {
    NS_ASSERT(options.samples >= 1 && options.samples <= kMaxSyntheticDigits);
  }

  std::size_t size() const override { return options_.samples; }
  std::size_t rows() const override { return kSide; }
  std::size_t columns() const override { return kSide; }
  std::size_t class_count() const override { return kDigits; }

  int label(std::size_t index) const override {
    NS_ASSERT(index < size());
    Draws draws(options_, Purpose::kOrder, index / kDigits);
    std::array<int, kDigits> order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (std::uint32_t left = kDigits; left > 1; --left) {
      std::swap(order[left - 1], order[draws.below(left)]);
    }
    return order[index % kDigits];
  }

  void image(std::size_t index, std::span<std::uint8_t> pixels) const override {
    NS_ASSERT(index < size() && pixels.size() == kSide * kSide);
    Draws draws(options_, Purpose::kDrawing, index);
    const std::span<const DigitShape> shapes = digit_shapes(static_cast<std::size_t>(label(index)));
    const DigitShape& shape = shapes[draws.below(static_cast<std::uint32_t>(shapes.size()))];
    const Hand hand(draws);
    Canvas canvas(draws.between(kReachLow, kReachHigh));
    for (const std::vector<StrokePoint>& stroke : shape) {
      StrokePoint from = hand.place(stroke[0]);
      for (std::size_t k = 1; k < stroke.size(); ++k) {
        const StrokePoint to = hand.place(stroke[k]);
        canvas.draw(from, to);
        from = to;
      }
    }
    develop(canvas, draws, pixels);
  }

 private:
  SyntheticDigitsOptions options_;
};

}  // namespace

std::unique_ptr<ImageDataset> make_synthetic_digits(const SyntheticDigitsOptions& options) {
  return std::make_unique<SyntheticDigits>(options);
}

}  // namespace neurosim
