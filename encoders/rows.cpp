#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "encoders/encoder.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// Moves the spikes of whole images to where rows are shown one after the other: a pixel's spikes
/// are those that the rate code gives it in steps_per_row steps, later by the rows above. So draws
/// are keyed by pixel and step, and a pixel's spikes depend on no other pixel.
class RowsEncoder final : public ImageEncoder {
 public:
  explicit RowsEncoder(const RowsCode& code)
      : steps_per_row_(code.steps_per_row),
        columns_(code.columns),
        rate_(make_rate_encoder({.gain = code.gain})) {
    NS_ASSERT(code.steps_per_row >= 1 && code.columns >= 1);
  }

  std::size_t neurons(std::size_t) const override { return columns_; }

  void encode(std::span<const std::uint8_t> pixels, Tick first, Tick steps, EncodingKey key,
              SpikeTrain& train) const override {
    NS_ASSERT(pixels.size() % columns_ == 0);
    const std::size_t rows = pixels.size() / columns_;
    NS_ASSERT(rows <= static_cast<std::size_t>(steps / steps_per_row_));
    thread_local SpikeTrain image;
    rate_->encode(pixels, 0, steps_per_row_, key, image);
    train.clear();
    thread_local std::vector<std::size_t> taken;  // [packet of `image`]: spikes of the rows above
    taken.assign(image.packet_count(), 0);
    thread_local std::vector<NeuronId> ids;
    for (std::size_t row = 0; row < rows; ++row) {
      const Tick shown = first + static_cast<Tick>(row) * steps_per_row_;
      for (std::size_t k = 0; k < image.packet_count(); ++k) {
        taken[k] = take_row(row, image.packet(k).ids, taken[k], ids);
        if (!ids.empty()) train.append_packet(shown + image.tick(k), ids);
      }
    }
  }

 private:
  /// Puts the columns of a row's spikes, which begin at `begin`, into `ids`; returns their end.
  std::size_t take_row(std::size_t row, std::span<const NeuronId> pixels, std::size_t begin,
                       std::vector<NeuronId>& ids) const {
    const std::size_t first = row * columns_;
    ids.clear();
    std::size_t k = begin;
    for (; k < pixels.size() && pixels[k] < first + columns_; ++k) {
      ids.push_back(static_cast<NeuronId>(pixels[k] - first));
    }
    return k;
  }

  Tick steps_per_row_;
  std::size_t columns_;
  std::unique_ptr<ImageEncoder> rate_;
};

}  // namespace

std::unique_ptr<ImageEncoder> make_rows_encoder(const RowsCode& code) {
  return std::make_unique<RowsEncoder>(code);
}

}  // namespace neurosim
