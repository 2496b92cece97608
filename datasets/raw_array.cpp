#include "datasets/raw_array.hpp"

#include <fmt/format.h>

#include <bit>

#include "sim/core/error.hpp"

namespace neurosim {

double RawArray::value(std::size_t index) const {
  NS_ASSERT(index < count());
  const std::uint8_t* const first = bytes.data() + index * type.size;
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < type.size; ++k) {
    bits = bits << 8 | first[type.big_endian ? k : type.size - 1 - k];
  }
  switch (type.kind) {
    case ElementType::Kind::kBoolean:
      return bits != 0 ? 1 : 0;
    case ElementType::Kind::kUnsigned:
      return static_cast<double>(bits);
    case ElementType::Kind::kSigned: {
      const std::size_t unused = 64 - 8 * type.size;
      return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
    }
    case ElementType::Kind::kReal:
      break;
  }
  if (type.size == 8) return std::bit_cast<double>(bits);
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  if (shape.empty()) return "a single number";
  std::string text;
  for (const std::size_t size : shape) text += fmt::format("{}{}", text.empty() ? "" : " x ", size);
  return text;
}

}  // namespace neurosim
