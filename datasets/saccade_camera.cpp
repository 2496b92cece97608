#include "datasets/saccade_camera.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal.hpp"

namespace neurosim {
namespace {

constexpr double kStart = 0.08;         // share of a saccade before the image moves
constexpr double kStop = 0.83;          // and after which it rests again
constexpr double kSubstepPixels = 0.5;  // intensities are taken to be straight lines over this way
constexpr std::int64_t kClockUs = 100;  // how finely the end of a substep is looked for
constexpr double kLeastShare = 0.25;    // of the threshold, that the least pixel keeps

/// Where the image is at a time, in pixels to the right and down from the sensor's middle.
struct Pose {
  std::int64_t t = 0;  ///< us
  double x = 0, y = 0;
};

/// The bottom of the triangle is the middle of its width.
Pose pose_at(std::int64_t t, std::int64_t saccade_us, double amplitude) {
  constexpr double kCornerX[] = {-0.5, 0, 0.5, -0.5};
  constexpr double kCornerY[] = {-0.5, 0.5, -0.5, -0.5};
  const auto saccade = static_cast<std::size_t>(std::min<std::int64_t>(t / saccade_us, 2));
  const auto into = static_cast<double>(t - static_cast<std::int64_t>(saccade) * saccade_us);
  const double share = into / static_cast<double>(saccade_us);
  const double s = std::clamp((share - kStart) / (kStop - kStart), 0.0, 1.0);
  const double way = s * s * (3 - 2 * s);
  const auto between = [&](const double* corner) {
    return amplitude * (corner[saccade] + way * (corner[saccade + 1] - corner[saccade]));
  };
  return {t, between(kCornerX), between(kCornerY)};
}

/// Poses a substep's way from each other, and where the image starts and stops: a substep across
/// a rest would spread the events of its way over the rest.
std::vector<Pose> make_path(std::int64_t saccade_us, double amplitude) {
  const auto part = [&](double share) {
    return static_cast<std::int64_t>(share * static_cast<double>(saccade_us));
  };
  const std::int64_t move = part(kStart);
  const std::int64_t rest = part(kStop) + 1;
  std::vector<Pose> path = {pose_at(0, saccade_us, amplitude)};
  for (std::int64_t start = 0; start < 3 * saccade_us; start += saccade_us) {
    path.push_back(pose_at(start + move, saccade_us, amplitude));
    for (std::int64_t t = move + kClockUs; t < rest; t += kClockUs) {
      const Pose pose = pose_at(start + t, saccade_us, amplitude);
      const double dx = pose.x - path.back().x;
      const double dy = pose.y - path.back().y;
      if (dx * dx + dy * dy >= kSubstepPixels * kSubstepPixels) path.push_back(pose);
    }
    path.push_back(pose_at(start + rest, saccade_us, amplitude));
  }
  path.push_back(pose_at(3 * saccade_us, saccade_us, amplitude));
  return path;
}

/// Columns [begin, end).
struct Range {
  std::size_t begin = std::numeric_limits<std::size_t>::max(), end = 0;
  void add(std::size_t first, std::size_t past) {
    begin = std::min(begin, first);
    end = std::max(end, past);
  }
};

/// Orders as (t, y, x, p), since t < 2^31 and x, y < 2^16.
std::uint64_t key_of(std::int64_t t, std::size_t y, std::size_t x, std::uint64_t p) {
  return static_cast<std::uint64_t>(t) << 33 | std::uint64_t{y} << 17 | std::uint64_t{x} << 1 | p;
}

Event event_of(std::uint64_t key) {
  return {.t = static_cast<std::int64_t>(key >> 33),
          .x = static_cast<std::uint16_t>(key >> 1),
          .y = static_cast<std::uint16_t>(key >> 17),
          .p = static_cast<std::uint8_t>(key & 1)};
}

/// Kept per thread between recordings, so that only the recording itself is allocated.
struct Scratch {
  std::vector<std::uint8_t> image;
  std::vector<float> canvas;        ///< intensity over the sensor and a margin around it
  std::vector<Range> ink;           ///< of each row of the canvas
  std::vector<Range> lit;           ///< of each row of the sensor: pixels that may see ink
  std::vector<float> seen, before;  ///< intensity at a pixel, now and at the substep before
  std::vector<float> high, low;     ///< intensities that make an event; blind: all do
  std::vector<double> sees_from;    ///< us, end of the pixel's blind time
  std::vector<std::uint8_t> hits;   ///< of a row, with a word's room more
  std::vector<std::uint64_t> keys;  ///< see key_of()
  std::vector<std::uint64_t> sorted;
  std::vector<std::uint32_t> bucket;
};

class SaccadeDataset final : public EventDataset {
 public:
  SaccadeDataset(std::unique_ptr<ImageDataset> images, const SaccadeCamera& camera)
      : images_(std::move(images)),
        camera_(camera),
        saccade_us_(static_cast<std::int64_t>(camera.saccade_ms * 1000 + 0.5)),
        path_(make_path(saccade_us_, camera.amplitude)),
        margin_(static_cast<std::size_t>(camera.amplitude / 2) + 2),
        stride_(camera.width + 2 * margin_),
        noise_seed_(derived_seed(camera.seed, Stream::kCamera, {.a = 1})) {
    for (std::size_t k = 0; k < intensity_.size(); ++k) {
      const double brightness = static_cast<double>(k) / 255;
      intensity_[k] = static_cast<float>(camera.black + (1 - camera.black) * brightness);
    }
    draw_thresholds();
    while ((3 * saccade_us_) >> bucket_shift_ >= kMostBuckets) ++bucket_shift_;
  }

  std::size_t size() const override { return images_->size(); }
  std::size_t class_count() const override { return images_->class_count(); }
  std::string class_name(std::size_t label) const override { return images_->class_name(label); }
  int label(std::size_t index) const override { return images_->label(index); }
  std::size_t width() const override { return camera_.width; }
  std::size_t height() const override { return camera_.height; }

  void recording(std::size_t index, EventRecording& recording) const override {
    NS_ASSERT(index < size());
    thread_local Scratch scratch;
    scratch.keys.clear();
    paint(index, scratch);
    find_lit(scratch);
    begin(scratch);
    for (std::size_t k = 1; k < path_.size(); ++k) {
      std::swap(scratch.seen, scratch.before);
      look(path_[k], scratch);
      compare(path_[k - 1].t, path_[k].t, scratch);
    }
    add_noise(index, scratch);
    write(scratch, recording);
  }

 private:
  static constexpr std::int64_t kMostBuckets = 8192;

  void draw_thresholds() {
    const std::uint64_t seed = derived_seed(camera_.seed, Stream::kCamera, {.a = 0});
    const double least = kLeastShare * camera_.threshold;
    const auto threshold = [&](double normal) {
      return std::max(camera_.threshold + camera_.threshold_spread * normal, least);
    };
    for (std::uint32_t pixel = 0; pixel < camera_.width * camera_.height; ++pixel) {
      const NormalPair normal = random_normal_pair(seed, Stream::kCamera, {.c = pixel});
      on_.push_back(static_cast<float>(exp(threshold(normal.first))));
      off_.push_back(static_cast<float>(exp(-threshold(normal.second))));
    }
  }

  /// The image in the middle of the canvas; what has no room there is cut off.
  void paint(std::size_t index, Scratch& scratch) const {
    const std::size_t rows = images_->rows();
    const std::size_t columns = images_->columns();
    scratch.image.resize(rows * columns);
    images_->image(index, scratch.image);
    const std::size_t canvas_rows = camera_.height + 2 * margin_;
    scratch.canvas.assign(canvas_rows * stride_, intensity_[0]);
    scratch.ink.assign(canvas_rows, {});
    // Twice the way from the canvas' to the image's first row or column; halved, rounded down.
    const auto offset = [](std::size_t room, std::size_t size) {
      const std::int64_t twice = static_cast<std::int64_t>(room) - static_cast<std::int64_t>(size);
      return twice >> 1;
    };
    const std::int64_t top = offset(canvas_rows, rows);
    const std::int64_t left = offset(stride_, columns);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::int64_t y = top + static_cast<std::int64_t>(row);
      if (y < 0 || y >= static_cast<std::int64_t>(canvas_rows)) continue;
      const auto canvas_row = static_cast<std::size_t>(y);
      for (std::size_t column = 0; column < columns; ++column) {
        const std::uint8_t brightness = scratch.image[row * columns + column];
        const std::int64_t x = left + static_cast<std::int64_t>(column);
        if (brightness == 0 || x < 0 || x >= static_cast<std::int64_t>(stride_)) continue;
        const auto canvas_column = static_cast<std::size_t>(x);
        scratch.canvas[canvas_row * stride_ + canvas_column] = intensity_[brightness];
        scratch.ink[canvas_row].add(canvas_column, canvas_column + 1);
      }
    }
  }

  /// The image comes less than margin - 1 from where it is painted: sensor pixel x sees columns
  /// x + 1 to x + 2 margin - 1 of the canvas.
  void find_lit(Scratch& scratch) const {
    scratch.lit.assign(camera_.height, {});
    for (std::size_t y = 0; y < camera_.height; ++y) {
      Range ink;
      for (std::size_t row = y + 1; row < y + 2 * margin_; ++row) {
        ink.add(scratch.ink[row].begin, scratch.ink[row].end);
      }
      if (ink.begin >= ink.end) continue;
      const std::size_t reach = 2 * margin_ - 1;
      const std::size_t begin = ink.begin > reach ? ink.begin - reach : 0;
      const std::size_t end = std::min(ink.end - 1, camera_.width);
      if (begin < end) scratch.lit[y] = {begin, end};
    }
  }

  /// What the pixels that are lit see, with the image at `pose`.
  void look(const Pose& pose, Scratch& scratch) const {
    const auto part = [this](double way) {
      const double at = static_cast<double>(margin_) - way;
      const auto whole = static_cast<std::size_t>(at);
      return std::pair(whole, static_cast<float>(at - static_cast<double>(whole)));
    };
    const auto [column, right] = part(pose.x);
    const auto [row, below] = part(pose.y);
    const float weights[] = {(1 - right) * (1 - below), right * (1 - below), (1 - right) * below,
                             right * below};
    for (std::size_t y = 0; y < camera_.height; ++y) {
      const Range lit = scratch.lit[y];
      if (lit.begin >= lit.end) continue;
      const float* const upper = scratch.canvas.data() + (y + row) * stride_ + column + lit.begin;
      float* const seen = scratch.seen.data() + y * camera_.width + lit.begin;
      interpolate(upper, upper + stride_, weights, lit.end - lit.begin, seen);
    }
  }

  static void interpolate(const float* upper, const float* lower, const float (&weights)[4],
                          std::size_t count, float* __restrict seen) {
    const float w00 = weights[0], w01 = weights[1], w10 = weights[2], w11 = weights[3];
    for (std::size_t x = 0; x < count; ++x) {
      seen[x] = (w00 * upper[x] + w01 * upper[x + 1]) + (w10 * lower[x] + w11 * lower[x + 1]);
    }
  }

  /// Every pixel compares with what it sees first.
  void begin(Scratch& scratch) const {
    const std::size_t pixels = camera_.width * camera_.height;
    for (auto* const of : {&scratch.seen, &scratch.before, &scratch.high, &scratch.low}) {
      of->resize(pixels);
    }
    scratch.sees_from.assign(pixels, 0);
    scratch.hits.assign(camera_.width + sizeof(std::uint64_t), 0);
    look(path_.front(), scratch);
    for (std::size_t y = 0; y < camera_.height; ++y) {
      for (std::size_t x = scratch.lit[y].begin; x < scratch.lit[y].end; ++x) {
        const std::size_t pixel = y * camera_.width + x;
        compare_with(scratch.seen[pixel], pixel, scratch);
      }
    }
  }

  /// A sum of logarithms is a product: no logarithm is needed.
  void compare_with(float intensity, std::size_t pixel, Scratch& scratch) const {
    scratch.high[pixel] = intensity * on_[pixel];
    scratch.low[pixel] = intensity * off_[pixel];
  }

  static_assert(std::endian::native == std::endian::little);
  /// Few pixels have events in a substep: eight at once are passed over.
  void compare(std::int64_t from, std::int64_t to, Scratch& scratch) const {
    for (std::size_t y = 0; y < camera_.height; ++y) {
      const Range lit = scratch.lit[y];
      if (lit.begin >= lit.end) continue;
      const std::size_t first = y * camera_.width + lit.begin;
      const std::size_t count = lit.end - lit.begin;
      std::uint8_t* const hits = scratch.hits.data();
      find_hits(scratch.seen.data() + first, scratch.high.data() + first,
                scratch.low.data() + first, count, hits);
      std::memset(hits + count, 0, sizeof(std::uint64_t));
      for (std::size_t k = 0; k < count; k += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, hits + k, sizeof eight);
        for (; eight != 0; eight &= eight - 1) {
          const std::size_t x =
              lit.begin + k + static_cast<std::size_t>(std::countr_zero(eight)) / 8;
          watch(y, x, static_cast<double>(from), static_cast<double>(to), scratch);
        }
      }
    }
  }

  static void find_hits(const float* seen, const float* high, const float* low, std::size_t count,
                        std::uint8_t* __restrict hits) {
    for (std::size_t k = 0; k < count; ++k) {
      hits[k] =
          static_cast<std::uint8_t>((seen[k] >= high[k] ? 1 : 0) | (seen[k] <= low[k] ? 1 : 0));
    }
  }

  /// The events of one pixel in a substep, over which its intensity is a straight line.
  void watch(std::size_t y, std::size_t x, double from, double to, Scratch& scratch) const {
    const std::size_t pixel = y * camera_.width + x;
    const float seen = scratch.seen[pixel];
    const double start = scratch.before[pixel];
    const double slope = (seen - start) / (to - from);
    double& sees_from = scratch.sees_from[pixel];
    for (bool blind = scratch.high[pixel] == kBlind;; blind = true) {
      if (blind) {
        if (sees_from >= to) {
          scratch.high[pixel] = kBlind;
          return;
        }
        compare_with(static_cast<float>(start + slope * (sees_from - from)), pixel, scratch);
      }
      const bool on = seen >= scratch.high[pixel];
      if (!on && seen > scratch.low[pixel]) return;
      const double target = on ? scratch.high[pixel] : scratch.low[pixel];
      const double t = std::clamp(from + (target - start) / slope, std::max(sees_from, from), to);
      scratch.keys.push_back(key_of(static_cast<std::int64_t>(t), y, x, on ? 1 : 0));
      sees_from = t + 1000 * camera_.refractory_ms;
    }
  }

  /// Gaps between a pixel's noise events are exponential: most often the first is beyond the end.
  void add_noise(std::size_t index, Scratch& scratch) const {
    const auto duration = static_cast<double>(3 * saccade_us_);
    const double mean = duration * 1e-6 * camera_.noise_hz;
    if (mean == 0) return;
    const double none = exp(-mean);
    const double gap = duration / mean;
    const auto sample = static_cast<std::uint32_t>(index);
    std::uint32_t pixel = 0;
    for (std::size_t y = 0; y < camera_.height; ++y) {
      for (std::size_t x = 0; x < camera_.width; ++x, ++pixel) {
        double t = 0;
        for (std::uint32_t draw = 0; t < duration; ++draw) {
          const auto bits = random_bits(noise_seed_, Stream::kCamera, {sample, draw, pixel});
          const double u = open_unit(bits[0]);
          if (draw == 0 && u <= none) break;
          t -= log(u) * gap;
          if (t < duration) {
            scratch.keys.push_back(key_of(static_cast<std::int64_t>(t), y, x, bits[1] >> 31));
          }
        }
      }
    }
  }

  /// Sorts the keys by counting into buckets of time, each of a few events.
  void write(Scratch& scratch, EventRecording& recording) const {
    const auto bucket_of = [this](std::uint64_t key) {
      return static_cast<std::size_t>(key >> (33 + bucket_shift_));
    };
    auto& bucket = scratch.bucket;
    bucket.assign(static_cast<std::size_t>(kMostBuckets) + 1, 0);
    for (const std::uint64_t key : scratch.keys) ++bucket[bucket_of(key) + 1];
    for (std::size_t k = 1; k < bucket.size(); ++k) bucket[k] += bucket[k - 1];
    scratch.sorted.resize(scratch.keys.size());
    for (const std::uint64_t key : scratch.keys) scratch.sorted[bucket[bucket_of(key)]++] = key;
    std::size_t begin = 0;
    for (std::size_t k = 0; k < bucket.size() - 1; ++k) {  // now the ends of the buckets
      if (bucket[k] > begin + 1) {
        std::sort(scratch.sorted.data() + begin, scratch.sorted.data() + bucket[k]);
      }
      begin = bucket[k];
    }
    recording.width = camera_.width;
    recording.height = camera_.height;
    recording.events.resize(scratch.sorted.size());
    std::transform(scratch.sorted.begin(), scratch.sorted.end(), recording.events.begin(),
                   event_of);
  }

  static constexpr float kBlind = -std::numeric_limits<float>::infinity();

  std::unique_ptr<ImageDataset> images_;
  SaccadeCamera camera_;
  std::int64_t saccade_us_;
  std::vector<Pose> path_;
  std::size_t margin_;  ///< of the canvas around the sensor
  std::size_t stride_;  ///< columns of the canvas
  std::uint64_t noise_seed_;
  std::array<float, 256> intensity_ = {};  ///< of a pixel of the image
  std::vector<float> on_,
      off_;               ///< e to the power of each pixel's thresholds, and of their negatives
  int bucket_shift_ = 5;  ///< 2^this us make a bucket
};

/// Within [low, high], and not NaN.
bool within(double value, double low, double high) { return value >= low && value <= high; }

}  // namespace

std::unique_ptr<EventDataset> make_saccade_dataset(std::unique_ptr<ImageDataset> images,
                                                   const SaccadeCamera& camera) {
  NS_ASSERT(images != nullptr);
  NS_ASSERT(camera.width >= 1 && camera.width <= 1024);
  NS_ASSERT(camera.height >= 1 && camera.height <= 1024);
  NS_ASSERT(within(camera.threshold, 0.01, 10) && within(camera.threshold_spread, 0, 10));
  NS_ASSERT(within(camera.black, 0.001, 1) && within(camera.amplitude, 0, 100));
  NS_ASSERT(within(camera.saccade_ms, 1, 10000) && within(camera.refractory_ms, 0, 10000));
  NS_ASSERT(within(camera.noise_hz, 0, 1000));
  return std::make_unique<SaccadeDataset>(std::move(images), camera);
}

}  // namespace neurosim
