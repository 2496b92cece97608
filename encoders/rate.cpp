#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "encoders/draws.hpp"
#include "encoders/encoder.hpp"
#include "encoders/geometric.hpp"
#include "encoders/spike_order.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kLevels = 256;

/// What one brightness means.
struct Level {
  double scale = 0;      ///< failures_per_exponential(p)
  float per_octave = 0;  ///< as in DrawBlocks
  float mean = 0;        ///< of the spikes a trial: p
  float deviation = 0;   ///< the standard deviation of the spikes a trial
  bool spikes = false;   ///< p > 0
};

Level level_of(double p) {
  constexpr double kLn2 = 0.69314718055994531;
  constexpr double kMost = DrawBlocks::kMostPerOctave;
  const double scale = failures_per_exponential(p);
  return {scale, static_cast<float>(std::min(kLn2 * scale, kMost)), static_cast<float>(p),
          static_cast<float>(std::sqrt(p * (1 - p))), !std::isinf(scale)};
}

/// The first `blocks` blocks of one neuron.
struct Run {
  NeuronId id;
  std::uint32_t blocks;
};

/// Blocks to draw, neuron by neuron, and what was drawn.
struct BlockList {
  std::vector<Run> runs;
  std::size_t size = 0;  ///< of `block`, `neuron` and the rest, which have room for more
  std::vector<std::uint32_t> block, neuron;
  std::vector<float> per_octave;
  std::vector<DrawBlocks::Successes> successes;
  std::vector<std::uint32_t> open;

  void clear() {
    runs.clear();
    size = 0;
  }

  /// Adds blocks 0 .. count - 1 of a neuron, for p of `level`.
  void add(NeuronId id, std::uint32_t count, const Level& level) {
    constexpr std::size_t kFill = 16;  // what is written at once, needed or not
    runs.push_back({id, count});
    if (block.size() < size + count + kFill) grow(size + count + kFill);
    const float octave = level.per_octave;
    for (std::uint32_t begin = 0; begin < count; begin += kFill) {
      std::uint32_t* const blocks = block.data() + size + begin;
      std::uint32_t* const neurons = neuron.data() + size + begin;
      float* const octaves = per_octave.data() + size + begin;
      for (std::uint32_t k = 0; k < kFill; ++k) blocks[k] = begin + k;
      for (std::size_t k = 0; k < kFill; ++k) neurons[k] = id;
      for (std::size_t k = 0; k < kFill; ++k) octaves[k] = octave;
    }
    size += count;
  }

 private:
  void grow(std::size_t least) {
    constexpr std::size_t kGroup = DrawBlocks::kGroup;
    const std::size_t room = (2 * least + kGroup - 1) / kGroup * kGroup;
    block.resize(room);
    neuron.resize(room);
    per_octave.resize(room);
    successes.resize(room);
    open.resize(room);
  }
};

/// Kept per thread between samples, so that encoding allocates nothing once they have grown.
struct Scratch {
  std::vector<NeuronId> neurons;
  BlockList list;
  TickRows rows;
  SpikeKeys keys;
};

/// Draws the spikes of one sample. For each neuron so many blocks as it will probably need are
/// drawn side by side with those of others; what is missing afterwards, one by one.
class Drawer {
 public:
  Drawer(std::span<const std::uint8_t> pixels, const std::array<Level, kLevels>& levels,
         std::uint32_t trials, const EncodingKey& key, BlockList& list)
      : pixels_(pixels),
        levels_(levels),
        trials_(trials),
        seed_(epoch_seed(key, Stream::kEncoder)),
        sample_(key.sample),
        list_(list) {}

  /// Gives `spikes` (see spike_order.hpp) the spikes of `neurons`, which are ascending.
  template <class Spikes>
  void draw(std::span<const NeuronId> neurons, Spikes& spikes) {
    constexpr std::size_t kBlocksAtOnce = 512;  // they stay in the first-level cache
    list_.clear();
    for (const NeuronId id : neurons) {
      const Level& level = level_of_neuron(id);
      list_.add(id, probable_blocks(level), level);
      if (list_.size >= kBlocksAtOnce) draw_list(spikes);
    }
    draw_list(spikes);
  }

 private:
  const Level& level_of_neuron(NeuronId id) const { return levels_[pixels_[id]]; }

  /// Too few cost more than too many: they are made good one by one.
  std::uint32_t probable_blocks(const Level& level) const {
    constexpr float kDeviations = 0.7f;
    if (trials_ > DrawBlocks::kMostTrials) return 0;
    const float draws = level.mean * float_trials_ + kDeviations * level.deviation * root_;
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(0.25f * draws)) + 1;
  }

  template <class Spikes>
  void draw_list(Spikes& spikes) {
    draw_successes();
    // Ticks are bounded here so that they can be taken without a branch.
    const std::uint32_t last = trials_ + kPastEnd - 1;
    const DrawBlocks::Successes* successes = list_.successes.data();
    for (const Run& run : list_.runs) {
      const auto taker = spikes.taker(run.id);
      std::uint32_t trial = 0;
      for (std::uint32_t block = 0; block < run.blocks; ++block, ++successes) {
        for (const std::uint32_t success : successes->trials) {
          taker.take(std::min(trial + success, last));
        }
        trial = std::min(trial + successes->trials[3] + 1, last);
      }
      if (trial < trials_) draw_rest(run, trial, taker);
    }
    list_.clear();
  }

  void draw_successes() {
    constexpr std::size_t kGroup = DrawBlocks::kGroup;
    if (list_.size == 0) return;
    const bool any_open = draw_blocks({.seed = seed_,
                                       .sample = sample_,
                                       .trials = trials_,
                                       .groups = (list_.size + kGroup - 1) / kGroup,
                                       .block = list_.block.data(),
                                       .neuron = list_.neuron.data(),
                                       .per_octave = list_.per_octave.data(),
                                       .successes = list_.successes.data(),
                                       .open = list_.open.data()});
    if (!any_open) return;
    for (std::size_t k = 0; k < list_.size; ++k) {
      if (list_.open[k] == 0) continue;
      SuccessRow row(level_of_neuron(list_.neuron[k]).scale);
      const auto exact = row.next(bits(list_.neuron[k], list_.block[k]));
      for (std::size_t w = 0; w < exact.size(); ++w) {
        list_.successes[k].trials[w] =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(exact[w], trials_));
      }
    }
  }

  /// The spikes of a neuron from `trial` on, which its drawn blocks did not reach.
  template <class Taker>
  [[gnu::noinline]] void draw_rest(const Run& run, std::uint32_t trial, const Taker& taker) const {
    SuccessRow row(level_of_neuron(run.id).scale, trial);
    for (std::uint32_t block = run.blocks; row.trials() < trials_; ++block) {
      for (const std::uint64_t success : row.next(bits(run.id, block))) {
        if (success < trials_) taker.take(static_cast<std::uint32_t>(success));
      }
    }
  }

  std::array<std::uint32_t, 4> bits(NeuronId id, std::uint32_t block) const {
    return random_bits(seed_, Stream::kEncoder, {sample_, block, id});
  }

  std::span<const std::uint8_t> pixels_;
  const std::array<Level, kLevels>& levels_;
  std::uint32_t trials_;
  float float_trials_ = static_cast<float>(trials_);
  float root_ = std::sqrt(float_trials_);
  std::uint64_t seed_;
  std::uint32_t sample_;
  BlockList& list_;
};

class RateEncoder final : public ImageEncoder {
 public:
  explicit RateEncoder(const RateCode& code) : first_spike_time_(code.first_spike_time) {
    NS_ASSERT(std::isfinite(code.gain) && std::isfinite(code.offset));
    NS_ASSERT(code.first_spike_time >= 0);
    for (std::size_t level = 0; level < kLevels; ++level) {
      const double pixel = static_cast<double>(level) / 255;
      levels_[level] = level_of(std::clamp(code.gain * pixel + code.offset, 0.0, 1.0));
    }
  }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey key,
              SpikeTrain& train) const override {
    NS_ASSERT(steps <= kMaxTicks);
    train.clear();
    if (steps <= first_spike_time_) return;
    const auto trials = static_cast<std::uint32_t>(steps - first_spike_time_);
    const Tick start = first + first_spike_time_;
    thread_local Scratch scratch;
    const std::span<const NeuronId> neurons = find_neurons(pixels, scratch.neurons);
    double mean = 0;  // spikes a step
    for (const NeuronId id : neurons) mean += levels_[pixels[id]].mean;
    Drawer drawer(pixels, levels_, trials, key, scratch.list);
    // A row for each step is worth it only when there are spikes for them. Should one ever run
    // over, the same draws are made again: rows with room for all neurons cannot.
    constexpr double kFewSpikes = 0.125;
    std::size_t room = std::min(TickRows::room_for(mean), neurons.size());
    while (mean >= kFewSpikes && TickRows::can_hold(trials, neurons.size(), room)) {
      scratch.rows.reset(trials, neurons.size(), room);
      drawer.draw(neurons, scratch.rows);
      if (scratch.rows.held()) return scratch.rows.append_to(train, start);
      room = std::min(2 * room, neurons.size());
    }
    scratch.keys.reset(trials);
    drawer.draw(neurons, scratch.keys);
    scratch.keys.append_to(train, start);
  }

 private:
  /// The neurons that may spike, in `scratch`.
  std::span<const NeuronId> find_neurons(std::span<const std::uint8_t> pixels,
                                         std::vector<NeuronId>& scratch) const {
    if (scratch.size() < pixels.size()) scratch.resize(pixels.size());
    NeuronId* const ids = scratch.data();
    std::size_t count = 0;
    for (std::size_t k = 0; k < pixels.size(); ++k) {
      ids[count] = static_cast<NeuronId>(k);
      count += levels_[pixels[k]].spikes ? 1 : 0;
    }
    return {ids, count};
  }

  Tick first_spike_time_;
  std::array<Level, kLevels> levels_ = {};
};

}  // namespace

std::unique_ptr<ImageEncoder> make_rate_encoder(const RateCode& code) {
  return std::make_unique<RateEncoder>(code);
}

}  // namespace neurosim
