#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace neurosim::report {

/// Arrays of numbers for the page, one after the other: class Block of data.js hands them out in
/// the same order.
///
/// Layout, little-endian: for each array u32 type (bytes of an unsigned number: 1, 2, 4; 20: f32;
/// 24: f64), u32 count, the numbers, zeros up to a multiple of 8 bytes.
class Block {
 public:
  /// Takes the smallest type that holds every number.
  void add(std::span<const std::uint32_t> numbers);
  void add(std::span<const float> numbers);
  void add(std::span<const double> numbers);
  /// The bytes deflated (zlib), in base64.
  std::string text() const;

 private:
  template <class T>
  void put(T value);
  void put_header(std::uint32_t type, std::size_t count);
  void pad();

  std::string bytes_;
};

std::string base64(std::string_view bytes);

}  // namespace neurosim::report
