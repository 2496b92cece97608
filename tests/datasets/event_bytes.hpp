#pragma once

#include <lz4frame.h>
#include <zstd.h>

#include <string>
#include <tuple>

#include "tests/datasets/temp_folder.hpp"

namespace neurosim::test {

/// `count` bytes of a number, little-endian.
inline Bytes little(std::uint64_t value, std::size_t count) {
  Bytes bytes;
  for (std::size_t k = 0; k < count; ++k) {
    bytes.push_back(static_cast<std::uint8_t>(value >> 8 * k));
  }
  return bytes;
}

inline Bytes lz4(const Bytes& plain) {
  Bytes packed(LZ4F_compressFrameBound(plain.size(), nullptr));
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), nullptr));
  return packed;
}

inline Bytes zstd(const Bytes& plain) {
  Bytes packed(ZSTD_compressBound(plain.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3));
  return packed;
}

/// 5-byte record of N-MNIST.
inline Bytes nmnist_record(int x, int y, int p, std::uint32_t t) {
  return {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
          static_cast<std::uint8_t>(p << 7 | (t >> 16 & 0x7F)), static_cast<std::uint8_t>(t >> 8),
          static_cast<std::uint8_t>(t)};
}

inline Bytes dat_record(std::uint64_t t, std::uint64_t x, std::uint64_t y, std::uint64_t p) {
  return little(t, 4) + little(x | y << 14 | p << 28, 4);
}

inline Bytes dat_file(const Bytes& records, const std::string& more = "") {
  return text_bytes("% Data file containing CD events\n% Version 2\n" + more) + Bytes{12, 8} +
         records;
}

inline Bytes evt3_file(std::initializer_list<unsigned> words, const std::string& more = "") {
  Bytes bytes = text_bytes("% evt 3.0\n" + more + "% end\n");
  for (const unsigned word : words) bytes = bytes + little(word, 2);
  return bytes;
}

/// A size-prefixed EventPacket of three events: t 10, 30, 20; x 1, 2, 3; y 4; p 1, 0, 1.
inline Bytes aedat4_packet() {
  Bytes events;
  for (const auto& [t, x, p] : {std::tuple{10, 1, 1}, {30, 2, 0}, {20, 3, 1}}) {
    events = events + little(static_cast<std::uint64_t>(t), 8) +
             little(static_cast<std::uint64_t>(x), 2) + little(4, 2) +
             little(static_cast<std::uint64_t>(p), 4);
  }
  // Root offset, identifier, vtable at 8 (6 bytes, 2 of padding), table at 16, vector at 24.
  const Bytes buffer = little(16, 4) + text_bytes("EVTS") + little(6, 2) + little(8, 2) +
                       little(4, 2) + little(0, 2) + little(8, 4) + little(4, 4) + little(3, 4) +
                       events;
  return little(buffer.size(), 4) + buffer;
}

inline const char* const kStreams =
    "<dv version=\"2.0\"><node name=\"outInfo\" path=\"/\"><node name=\"7\" path=\"/7/\">"
    "<attr key=\"typeIdentifier\" type=\"string\">EVTS</attr><node name=\"info\">"
    "<attr key=\"sizeX\" type=\"int\">8</attr><attr key=\"sizeY\" type=\"int\">6</attr>"
    "</node></node></node></dv>";

/// `packets`: with their headers.
inline Bytes aedat4_file(std::uint64_t compression, const Bytes& packets,
                         const std::string& xml = kStreams, std::int64_t end = -1) {
  // Root offset, identifier, vtable at 8 (10 bytes), 2 of padding, table at 20, string at 40.
  const Bytes header = little(20, 4) + text_bytes("IOHE") + little(10, 2) + little(20, 2) +
                       little(4, 2) + little(12, 2) + little(8, 2) + little(0, 2) + little(12, 4) +
                       little(compression, 4) + little(12, 4) +
                       little(static_cast<std::uint64_t>(end), 8) + little(xml.size(), 4) +
                       text_bytes(xml) + Bytes{0};
  return text_bytes("#!AER-DAT4.0\r\n") + little(header.size(), 4) + header + packets;
}

inline Bytes aedat4_framed(std::uint64_t stream, const Bytes& packed) {
  return little(stream, 4) + little(packed.size(), 4) + packed;
}

}  // namespace neurosim::test
