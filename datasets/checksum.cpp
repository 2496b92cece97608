#include "datasets/checksum.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "sim/core/error.hpp"

namespace neurosim {

void Checksum::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Checksum::Checksum(ChecksumKind kind) : context_(EVP_MD_CTX_new()) {
  const EVP_MD* const method = kind == ChecksumKind::kMd5 ? EVP_md5() : EVP_sha256();
  if (!context_ || EVP_DigestInit_ex(context_.get(), method, nullptr) != 1) {
    throw DataError("OpenSSL", kind == ChecksumKind::kMd5 ? "offers no MD5" : "offers no SHA-256");
  }
}

void Checksum::add(std::span<const std::byte> bytes) {
  NS_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Checksum::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
  unsigned size = 0;
  NS_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned k = 0; k < size; ++k) text += fmt::format("{:02x}", digest[k]);
  return text;
}

std::string file_checksum(const std::string& path, ChecksumKind kind) {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) throw DataError(path, fmt::format("cannot open: {}", std::strerror(errno)));
  Checksum checksum(kind);
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    checksum.add(std::span(buffer).first(got));
  }
  if (std::ferror(file.get()) != 0) {
    throw DataError(path, fmt::format("cannot read: {}", std::strerror(errno)));
  }
  return checksum.hex();
}

}  // namespace neurosim
