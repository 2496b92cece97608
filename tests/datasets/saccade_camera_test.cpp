#include "datasets/saccade_camera.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <thread>
#include <tuple>

#include "datasets/synthetic_digits.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal.hpp"
#include "support/random_tests.hpp"
#include "tests/datasets/camera_images.hpp"

namespace neurosim {
namespace {

using test::Draw;
using test::made_image;

std::unique_ptr<ImageDataset> digits(std::size_t samples) {
  return make_synthetic_digits({.seed = 3, .samples = samples});
}

EventRecording recording_of(const EventDataset& data, std::size_t index) {
  EventRecording recording;
  data.recording(index, recording);
  return recording;
}

EventRecording seen(std::unique_ptr<ImageDataset> images, const SaccadeCamera& camera) {
  return recording_of(*make_saccade_dataset(std::move(images), camera), 0);
}

std::size_t events_of(const SaccadeCamera& camera, std::size_t samples) {
  const auto data = make_saccade_dataset(digits(samples), camera);
  std::size_t count = 0;
  for (std::size_t k = 0; k < samples; ++k) count += recording_of(*data, k).events.size();
  return count;
}

auto order_of(const Event& event) { return std::tuple(event.t, event.y, event.x, event.p); }

// What the camera is documented to do, pixel by pixel and without any haste.
class PlainCamera {
 public:
  PlainCamera(const ImageDataset& images, const SaccadeCamera& camera)
      : images_(images), camera_(camera), pixels_(images.rows() * images.columns()) {
    images.image(0, pixels_);
    make_path();
  }

  std::vector<Event> events() const {
    std::vector<Event> events;
    const std::uint64_t thresholds = derived_seed(camera_.seed, Stream::kCamera, {.a = 0});
    std::uint32_t pixel = 0;
    for (std::size_t y = 0; y < camera_.height; ++y) {
      for (std::size_t x = 0; x < camera_.width; ++x, ++pixel) {
        const NormalPair normal = random_normal_pair(thresholds, Stream::kCamera, {.c = pixel});
        watch(x, y, static_cast<float>(exp(threshold(normal.first))),
              static_cast<float>(exp(-threshold(normal.second))), events);
        add_noise(x, y, pixel, events);
      }
    }
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return order_of(a) < order_of(b); });
    return events;
  }

 private:
  struct Pose {
    double t, x, y;
  };

  double threshold(double normal) const {
    return std::max(camera_.threshold + camera_.threshold_spread * normal,
                    0.25 * camera_.threshold);
  }

  void add_pose(int saccade, double into, bool far_only) {
    const double us = 1000 * camera_.saccade_ms;
    const double s = std::clamp((into / us - 0.08) / (0.83 - 0.08), 0.0, 1.0);
    const double way = s * s * (3 - 2 * s);
    const double x[] = {-0.5, 0, 0.5, -0.5};
    const double y[] = {-0.5, 0.5, -0.5, -0.5};
    const Pose pose = {saccade * us + into,
                       camera_.amplitude * (x[saccade] + way * (x[saccade + 1] - x[saccade])),
                       camera_.amplitude * (y[saccade] + way * (y[saccade + 1] - y[saccade]))};
    if (far_only) {
      const double dx = pose.x - path_.back().x;
      const double dy = pose.y - path_.back().y;
      if (dx * dx + dy * dy < 0.25) return;
    }
    path_.push_back(pose);
  }

  void make_path() {
    const double us = 1000 * camera_.saccade_ms;
    const double start = std::floor(0.08 * us);
    const double stop = std::floor(0.83 * us) + 1;
    add_pose(0, 0, false);
    for (int saccade = 0; saccade < 3; ++saccade) {
      add_pose(saccade, start, false);
      for (double t = start + 100; t < stop; t += 100) add_pose(saccade, t, true);
      add_pose(saccade, stop, false);
    }
    add_pose(2, us, false);
  }

  float image(double row, double column) const {
    const bool inside = row >= 0 && column >= 0 && row < static_cast<double>(images_.rows()) &&
                        column < static_cast<double>(images_.columns());
    const auto k = inside ? static_cast<std::size_t>(row) * images_.columns() +
                                static_cast<std::size_t>(column)
                          : 0;
    const double brightness = inside ? pixels_[k] / 255.0 : 0.0;
    return static_cast<float>(camera_.black + (1 - camera_.black) * brightness);
  }

  static double half_of(std::size_t room, std::size_t size) {
    return std::floor((static_cast<double>(room) - static_cast<double>(size)) / 2);
  }

  float intensity(std::size_t x, std::size_t y, const Pose& pose) const {
    // A whole number of pixels is added so that floats round as those of a canvas with a margin.
    const double margin = std::floor(camera_.amplitude / 2) + 2;
    const double right = margin - pose.x;
    const double down = margin - pose.y;
    const auto fx = static_cast<float>(right - std::floor(right));
    const auto fy = static_cast<float>(down - std::floor(down));
    const double column = static_cast<double>(x) + std::floor(right) - margin -
                          half_of(camera_.width, images_.columns());
    const double row = static_cast<double>(y) + std::floor(down) - margin -
                       half_of(camera_.height, images_.rows());
    return ((1 - fx) * (1 - fy) * image(row, column) + fx * (1 - fy) * image(row, column + 1)) +
           ((1 - fx) * fy * image(row + 1, column) + fx * fy * image(row + 1, column + 1));
  }

  void watch(std::size_t x, std::size_t y, float on, float off, std::vector<Event>& events) const {
    float before = intensity(x, y, path_[0]);
    float high = before * on;
    float low = before * off;
    double sees_from = 0;
    bool blind = false;
    for (std::size_t k = 1; k < path_.size(); ++k) {
      const double from = path_[k - 1].t;
      const double to = path_[k].t;
      const float now = intensity(x, y, path_[k]);
      const double slope = (double{now} - before) / (to - from);
      while (true) {
        if (blind && sees_from >= to) break;
        if (blind) {
          const auto at = static_cast<float>(before + slope * (sees_from - from));
          high = at * on;
          low = at * off;
          blind = false;
        }
        if (now < high && now > low) break;
        const bool rises = now >= high;
        const double t = std::clamp(from + ((rises ? high : low) - double{before}) / slope,
                                    std::max(from, sees_from), to);
        events.push_back({static_cast<std::int64_t>(t), static_cast<std::uint16_t>(x),
                          static_cast<std::uint16_t>(y), static_cast<std::uint8_t>(rises)});
        sees_from = t + 1000 * camera_.refractory_ms;
        blind = true;
      }
      before = now;
    }
  }

  void add_noise(std::size_t x, std::size_t y, std::uint32_t pixel,
                 std::vector<Event>& events) const {
    if (camera_.noise_hz == 0) return;
    const double duration = path_.back().t;
    const double mean = duration * 1e-6 * camera_.noise_hz;
    const std::uint64_t seed = derived_seed(camera_.seed, Stream::kCamera, {.a = 1});
    double t = 0;
    for (std::uint32_t draw = 0;; ++draw) {
      const auto bits = random_bits(seed, Stream::kCamera, {0, draw, pixel});
      t -= log(open_unit(bits[0])) * (duration / mean);
      if (t >= duration) return;
      events.push_back({static_cast<std::int64_t>(t), static_cast<std::uint16_t>(x),
                        static_cast<std::uint16_t>(y), static_cast<std::uint8_t>(bits[1] >> 31)});
    }
  }

  const ImageDataset& images_;
  SaccadeCamera camera_;
  std::vector<std::uint8_t> pixels_;
  std::vector<Pose> path_;
};

TEST_CASE("saccade camera: the same events as a plain restatement gives") {
  test::for_each_seed(60, [](std::uint64_t seed) {
    Draw draw(seed);
    const std::size_t rows = 1 + draw.below(9);
    const std::size_t columns = 1 + draw.below(9);
    std::vector<std::uint8_t> pixels(rows * columns);
    for (auto& pixel : pixels) {
      pixel = draw.chance(0.4) ? static_cast<std::uint8_t>(draw.below(256)) : std::uint8_t{0};
    }
    SaccadeCamera camera;
    camera.width = 1 + draw.below(14);
    camera.height = 1 + draw.below(14);
    camera.threshold = draw.real(0.05, 0.6);
    camera.threshold_spread = draw.real(0, 0.2);
    camera.black = draw.real(0.01, 0.3);
    camera.amplitude = draw.chance(0.1) ? 0 : draw.real(0, 9);
    camera.saccade_ms = static_cast<double>(5 + draw.below(100));
    camera.refractory_ms = draw.chance(0.3) ? 0 : draw.real(0, 5);
    camera.noise_hz = draw.chance(0.5) ? 0 : draw.real(0, 50);
    camera.seed = seed;
    const auto images = made_image(rows, columns, pixels);
    CHECK(seen(made_image(rows, columns, pixels), camera).events ==
          PlainCamera(*images, camera).events());
  });
}

TEST_CASE("saccade camera: a recording depends on camera, image and index only") {
  const auto data = make_saccade_dataset(digits(40), {});
  std::vector<EventRecording> forward(40);
  for (std::size_t k = 0; k < 40; ++k) data->recording(k, forward[k]);
  const auto again = make_saccade_dataset(digits(60), {});
  std::vector<EventRecording> threads(40);
  std::vector<std::thread> team;
  for (std::size_t worker = 0; worker < 4; ++worker) {
    team.emplace_back([&, worker] {
      for (std::size_t k = 40; k-- > 0;) {
        if (k % 4 == worker) again->recording(k, threads[k]);
      }
    });
  }
  for (std::thread& thread : team) thread.join();
  for (std::size_t k = 0; k < 40; ++k) {
    CAPTURE(k);
    CHECK(forward[k].events == threads[k].events);
    CHECK(recording_of(*data, k).events == forward[k].events);
  }
  CHECK(seen(digits(1), {.seed = 2}).events != forward[0].events);
}

TEST_CASE("saccade camera: cameras of two sizes share a thread") {
  const auto small = make_saccade_dataset(digits(1), {});
  const auto large = make_saccade_dataset(digits(1), {.width = 60, .height = 50});
  const EventRecording first = recording_of(*small, 0);
  EventRecording used = recording_of(*large, 0);
  CHECK(used.width == 60);
  CHECK(used.height == 50);
  small->recording(0, used);  // overwrites
  CHECK(used.width == 34);
  CHECK(used.events == first.events);
}

TEST_CASE("saccade camera: events are in range and in order, with the labels of the images") {
  const auto images = digits(30);
  const auto data = make_saccade_dataset(digits(30), {});
  CHECK(data->size() == 30);
  CHECK(data->class_count() == 10);
  CHECK(data->class_name(7) == "7");
  for (std::size_t k = 0; k < data->size(); ++k) {
    CAPTURE(k);
    CHECK(data->label(k) == images->label(k));
    const EventRecording recording = recording_of(*data, k);
    CHECK(recording.events.size() > 1000);
    const bool in_range =
        std::all_of(recording.events.begin(), recording.events.end(), [](const Event& event) {
          return event.t >= 0 && event.t < 309000 && event.x < 34 && event.y < 34 && event.p <= 1;
        });
    CHECK(in_range);
    CHECK(std::is_sorted(recording.events.begin(), recording.events.end(),
                         [](const Event& a, const Event& b) { return order_of(a) < order_of(b); }));
  }
}

TEST_CASE("saccade camera: a black image gives noise only") {
  const std::vector<std::uint8_t> black(100, 0);
  CHECK(seen(made_image(10, 10, black), {.noise_hz = 0}).events.empty());
  const EventRecording noise = seen(made_image(10, 10, black), {.noise_hz = 20});
  const double mean = 20 * 0.309 * 34 * 34;  // 7144, standard deviation 85
  CHECK(std::abs(static_cast<double>(noise.events.size()) - mean) < 5 * std::sqrt(mean));
  const auto on = std::count_if(noise.events.begin(), noise.events.end(),
                                [](const Event& event) { return event.p == 1; });
  CHECK(std::abs(static_cast<double>(on) - mean / 2) < 5 * std::sqrt(mean / 2));
}

TEST_CASE("saccade camera: an image that stands still gives no events") {
  CHECK(seen(digits(1), {.amplitude = 0, .noise_hz = 0}).events.empty());
}

TEST_CASE("saccade camera: a dot is ON where it comes and OFF where it goes") {
  // 3 x 3 white in the middle; in the third saccade it moves to the left.
  SaccadeCamera camera = {.threshold_spread = 0, .amplitude = 8, .noise_hz = 0};
  const EventRecording dot = seen(made_image(3, 3, std::vector<std::uint8_t>(9, 255)), camera);
  std::vector<std::int64_t> first_on(34, -1), first_off(34, -1);
  double on = 0, off = 0, sum_on = 0, sum_off = 0;
  for (const Event& event : dot.events) {
    if (event.t < 206000) continue;
    auto& first = event.p == 1 ? first_on : first_off;
    if (first[event.x] < 0) first[event.x] = event.t;
    (event.p == 1 ? on : off) += 1;
    (event.p == 1 ? sum_on : sum_off) += event.x;
  }
  REQUIRE(on > 0);
  REQUIRE(off > 0);
  CHECK(sum_on / on < sum_off / off);      // the leading side is on the left
  for (std::size_t x = 14; x < 19; ++x) {  // on the dot's way
    CAPTURE(x);
    REQUIRE(first_on[x] >= 0);
    CHECK(first_on[x] < first_off[x]);
    CHECK(first_on[x + 1] < first_on[x]);
    CHECK(first_off[x + 1] < first_off[x]);
  }
}

TEST_CASE("saccade camera: half the threshold gives about twice the events") {
  SaccadeCamera camera = {.threshold_spread = 0, .refractory_ms = 0, .noise_hz = 0};
  camera.threshold = 0.1;
  const auto many = static_cast<double>(events_of({camera}, 20));
  camera.threshold = 0.2;
  const auto few = static_cast<double>(events_of({camera}, 20));
  CHECK(many / few > 1.9);
  CHECK(many / few < 2.4);  // the rest of a change below the threshold counts less
}

TEST_CASE("saccade camera: a pixel is blind for the refractory time") {
  const EventRecording recording =
      seen(digits(1), {.threshold = 0.05, .refractory_ms = 3, .noise_hz = 0});
  std::vector<std::int64_t> last(34 * 34, std::numeric_limits<std::int64_t>::min() / 2);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const Event& event : recording.events) {
    std::int64_t& before = last[event.y * std::size_t{34} + event.x];
    least = std::min(least, event.t - before);
    before = event.t;
  }
  CHECK(least >= 3000);
  CHECK(least < 3100);
}

TEST_CASE("saccade camera: as many events as N-MNIST has") {
  const auto data = make_saccade_dataset(digits(300), {});
  double events = 0, on = 0;
  for (std::size_t k = 0; k < 300; ++k) {
    for (const Event& event : recording_of(*data, k).events) {
      ++events;
      on += event.p;
    }
  }
  CHECK(events / 300 > 3500);  // N-MNIST: 4,133
  CHECK(events / 300 < 4800);
  CHECK(on / events > 0.48);  // N-MNIST: 0.498
  CHECK(on / events < 0.53);
}

}  // namespace
}  // namespace neurosim
