#pragma once

#include "tests/datasets/temp_folder.hpp"

namespace neurosim::test {

inline void append_number(Bytes& bytes, std::uint64_t value, int size) {
  for (int k = 0; k < size; ++k) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * k));
}

/// The header as given, after magic, version and length.
inline Bytes npy_start(const std::string& header, std::uint8_t version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', version, 0};
  append_number(bytes, header.size(), version == 1 ? 2 : 4);
  return bytes + text_bytes(header);
}

/// As NumPy writes it: padded, so that the elements begin at a multiple of 64 bytes.
inline Bytes npy_header(const std::string& descr, const std::string& shape,
                        const std::string& fortran = "False", std::uint8_t version = 1) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  const std::size_t fixed = version == 1 ? 10 : 12;
  header.append(63 - (fixed + header.size()) % 64, ' ');
  return npy_start(header + '\n', version);
}

struct ZipEntry {
  std::string name;
  Bytes content;
};

/// An archive; `deflate`: packed, else stored.
inline Bytes zip(const std::vector<ZipEntry>& entries, bool deflate = false) {
  Bytes bytes;
  Bytes directory;
  for (const ZipEntry& entry : entries) {
    Bytes packed = entry.content;
    if (deflate) {  // a gzip member less its header of 10 bytes and its end of 8 is raw deflate
      packed = gzip(entry.content);
      packed = Bytes(packed.begin() + 10, packed.end() - 8);
    }
    const std::size_t at = bytes.size();
    Bytes common;
    append_number(common, 20, 2);               // version needed
    append_number(common, 0, 2);                // flags
    append_number(common, deflate ? 8 : 0, 2);  // method
    append_number(common, 0x00210000, 4);       // time and date: 1980-01-01
    append_number(common,
                  crc32(0, entry.content.data(), static_cast<unsigned>(entry.content.size())), 4);
    append_number(common, packed.size(), 4);
    append_number(common, entry.content.size(), 4);
    append_number(common, entry.name.size(), 2);
    append_number(common, 0, 2);  // extra field
    bytes = bytes + text_bytes("PK\x03\x04") + common + text_bytes(entry.name) + packed;
    directory = directory + text_bytes("PK\x01\x02") + Bytes{20, 0} + common + Bytes(10, 0);
    append_number(directory, at, 4);
    directory = directory + text_bytes(entry.name);
  }
  const std::size_t begin = bytes.size();
  bytes = bytes + directory + text_bytes("PK\x05\x06") + Bytes(4, 0);
  append_number(bytes, entries.size(), 2);
  append_number(bytes, entries.size(), 2);
  append_number(bytes, directory.size(), 4);
  append_number(bytes, begin, 4);
  append_number(bytes, 0, 2);
  return bytes;
}

}  // namespace neurosim::test
