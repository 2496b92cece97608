#include "datasets/unpack.hpp"

#include <lz4frame.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>

namespace neurosim {
namespace {

constexpr std::size_t kMostRatio = 256;
constexpr std::string_view kTooMuch = "data that unpack to more than 256 times their size";
constexpr std::string_view kBroken = "a broken stream";
constexpr std::string_view kCut = "a truncated stream";
constexpr std::string_view kMore = "more behind the end of the stream";

struct FreeLz4 {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

std::string_view unpack_lz4(std::span<const std::uint8_t> in, std::vector<std::uint8_t>& out) {
  if (in.empty()) return kCut;
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) return "no memory";
  const std::unique_ptr<LZ4F_dctx, FreeLz4> context(raw);
  const std::size_t most = kMostRatio * in.size();
  std::size_t have = 0;
  std::size_t used = 0;
  out.resize(std::min(most, 4 * in.size()));
  while (true) {
    if (have == out.size()) out.resize(std::min(most, 2 * out.size()));
    std::size_t room = out.size() - have;
    std::size_t rest = in.size() - used;
    const std::size_t left =
        LZ4F_decompress(raw, out.data() + have, &room, in.data() + used, &rest, nullptr);
    if (LZ4F_isError(left) != 0) return kBroken;
    have += room;
    used += rest;
    if (left == 0) break;
    if (room == 0 && rest == 0) return have == most ? kTooMuch : kCut;
  }
  out.resize(have);
  return used == in.size() ? std::string_view() : kMore;
}

/// In one go: streaming would take the window that the header claims.
std::string_view unpack_zstd(std::span<const std::uint8_t> in, std::vector<std::uint8_t>& out) {
  const std::size_t frame = ZSTD_findFrameCompressedSize(in.data(), in.size());
  if (ZSTD_isError(frame) != 0) return kBroken;
  if (frame != in.size()) return kMore;
  const std::size_t most = kMostRatio * in.size();
  const unsigned long long told = ZSTD_getFrameContentSize(in.data(), in.size());
  if (told == ZSTD_CONTENTSIZE_ERROR) return kBroken;
  const bool is_told = told != ZSTD_CONTENTSIZE_UNKNOWN;
  if (is_told && told > most) return kTooMuch;
  out.resize(is_told ? static_cast<std::size_t>(told) : std::min(most, 4 * in.size()));
  while (true) {
    const std::size_t got = ZSTD_decompress(out.data(), out.size(), in.data(), in.size());
    if (ZSTD_isError(got) == 0) {
      out.resize(got);
      return {};
    }
    if (is_told || ZSTD_getErrorCode(got) != ZSTD_error_dstSize_tooSmall) return kBroken;
    if (out.size() == most) return kTooMuch;
    out.resize(std::min(most, 2 * out.size()));
  }
}

}  // namespace

std::string_view unpack(Packing packing, std::span<const std::uint8_t> in,
                        std::vector<std::uint8_t>& out) {
  if (packing == Packing::kLz4) return unpack_lz4(in, out);
  if (packing == Packing::kZstd) return unpack_zstd(in, out);
  out.assign(in.begin(), in.end());
  return {};
}

}  // namespace neurosim
