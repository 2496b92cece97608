#include "tools/report_page.hpp"

#include <zlib.h>

#include <cstring>
#include <stdexcept>

namespace neurosim {
namespace {

/// What stands between two texts, from `at` on, which is moved behind it; empty: no such place.
std::string between(const std::string& text, std::string_view begin, std::string_view end,
                    std::size_t& at) {
  const std::size_t first = text.find(begin, at);
  if (first == std::string::npos) return {};
  const std::size_t last = text.find(end, first + begin.size());
  if (last == std::string::npos) throw std::runtime_error("no end of " + std::string(begin));
  at = last;
  return text.substr(first + begin.size(), last - first - begin.size());
}

std::string inflated(const std::string& deflated) {
  std::string bytes(16 << 20, '\0');
  uLongf size = bytes.size();
  if (uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                 reinterpret_cast<const Bytef*>(deflated.data()), deflated.size()) != Z_OK) {
    throw std::runtime_error("not deflated, or too large for this test");
  }
  bytes.resize(size);
  return bytes;
}

template <class T>
T read(const std::string& bytes, std::size_t at) {
  T value;
  if (at + sizeof(T) > bytes.size()) throw std::runtime_error("a block that ends too early");
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

template <class T>
std::size_t read_all(const std::string& bytes, std::size_t at, std::vector<double>& numbers) {
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    numbers[k] = static_cast<double>(read<T>(bytes, at + k * sizeof(T)));
  }
  return at + numbers.size() * sizeof(T);
}

std::size_t read_numbers(const std::string& bytes, std::size_t at, std::vector<double>& numbers) {
  const auto type = read<std::uint32_t>(bytes, at);
  numbers.resize(read<std::uint32_t>(bytes, at + 4));
  at += 8;
  switch (type) {
    case 1:
      return read_all<std::uint8_t>(bytes, at, numbers);
    case 2:
      return read_all<std::uint16_t>(bytes, at, numbers);
    case 4:
      return read_all<std::uint32_t>(bytes, at, numbers);
    case 20:
      return read_all<float>(bytes, at, numbers);
    case 24:
      return read_all<double>(bytes, at, numbers);
    default:
      throw std::runtime_error("unknown type");
  }
}

}  // namespace

std::string from_base64(const std::string& text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) throw std::runtime_error("no base64");
    word = word << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(word >> bits & 255);
  }
  return bytes;
}

const std::string_view kReportNetwork = R"(format: neurosim/1
name: reported
time: { steps: 40 }
data: { dataset: synthetic-digits, samples: 4, encoder: { type: rate, gain: 0.5 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  hidden: { model: src, size: 16 }
  classes: { model: leaky_readout, size: 10 }
projections:
  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 3 } }
  - { from: hidden, to: classes, weights: { init: xavier_uniform } }
record:
  spikes: [pixels, hidden]
  states:
    hidden: { variables: [h, hs], neurons: [0, 3] }
    classes: { variables: [v], neurons: all }
)";

ReportPage::ReportPage(const std::string& html) {
  std::size_t at = 0;
  data_ = nlohmann::json::parse(
      between(html, "<script type=\"application/json\" id=\"data\">", "</script>", at));
  for (;;) {
    const std::string block = between(
        html, "<script type=\"application/octet-stream\" class=\"block\">", "</script>", at);
    if (block.empty()) return;
    blocks_.push_back(block);
  }
}

std::vector<std::vector<double>> ReportPage::arrays(std::size_t block) const {
  const std::string bytes = inflated(from_base64(blocks_.at(block)));
  std::vector<std::vector<double>> list;
  for (std::size_t at = 0; at < bytes.size(); at = (at + 7) / 8 * 8) {
    list.emplace_back();
    at = read_numbers(bytes, at, list.back());
  }
  return list;
}

}  // namespace neurosim
