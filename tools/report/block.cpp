#include "tools/report/block.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <new>

#include "sim/core/error.hpp"

namespace neurosim::report {
namespace {

constexpr std::uint32_t kFloat = 20, kDouble = 24;

}  // namespace

template <class T>
void Block::put(T value) {
  for (std::size_t k = 0; k < sizeof(T); ++k) {
    bytes_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * k)));
  }
}

void Block::put_header(std::uint32_t type, std::size_t count) {
  put(type);
  put(static_cast<std::uint32_t>(count));
}

void Block::pad() { bytes_.resize((bytes_.size() + 7) / 8 * 8, '\0'); }

void Block::add(std::span<const std::uint32_t> numbers) {
  const std::uint32_t largest = numbers.empty() ? 0 : *std::ranges::max_element(numbers);
  const std::uint32_t type = largest < 256 ? 1 : largest < 65536 ? 2 : 4;
  put_header(type, numbers.size());
  for (const std::uint32_t number : numbers) {
    if (type == 1) {
      put(static_cast<std::uint8_t>(number));
    } else if (type == 2) {
      put(static_cast<std::uint16_t>(number));
    } else {
      put(number);
    }
  }
  pad();
}

void Block::add(std::span<const float> numbers) {
  put_header(kFloat, numbers.size());
  for (const float number : numbers) put(std::bit_cast<std::uint32_t>(number));
  pad();
}

void Block::add(std::span<const double> numbers) {
  put_header(kDouble, numbers.size());
  for (const double number : numbers) put(std::bit_cast<std::uint64_t>(number));
}

std::string Block::text() const {
  uLongf size = compressBound(static_cast<uLong>(bytes_.size()));
  std::string deflated(size, '\0');
  const int failure = compress2(reinterpret_cast<Bytef*>(deflated.data()), &size,
                                reinterpret_cast<const Bytef*>(bytes_.data()),
                                static_cast<uLong>(bytes_.size()), Z_DEFAULT_COMPRESSION);
  if (failure == Z_MEM_ERROR) throw std::bad_alloc();
  NS_ASSERT(failure == Z_OK);  // there is room for the worst case
  deflated.resize(size);
  return base64(deflated);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (k < count ? static_cast<unsigned char>(bytes[at + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[word >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace neurosim::report
