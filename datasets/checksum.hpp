#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace neurosim {

enum class ChecksumKind { kMd5, kSha256 };

/// A checksum of bytes that come in pieces.
class Checksum {
 public:
  explicit Checksum(ChecksumKind kind);

  void add(std::span<const std::byte> bytes);
  /// Lower-case hex. Ends the checksum: nothing can be added any more.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Of a whole file, read in pieces. Throws DataError where it cannot be read.
std::string file_checksum(const std::string& path, ChecksumKind kind);

}  // namespace neurosim
