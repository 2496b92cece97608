#include "datasets/checksum.hpp"

#include <doctest/doctest.h>

#include "sim/core/error.hpp"
#include "temp_folder.hpp"

namespace neurosim {
namespace {

using test::TempFolder;

// RFC 1321, appendix A.5, and FIPS 180-2, appendix B.1.
TEST_CASE("the checksums are those of the standards") {
  const TempFolder folder;
  const std::string abc = folder.write("abc", test::text_bytes("abc"));
  CHECK(file_checksum(abc, ChecksumKind::kMd5) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(file_checksum(abc, ChecksumKind::kSha256) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string empty = folder.write("empty", {});
  CHECK(file_checksum(empty, ChecksumKind::kMd5) == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("pieces add up to the whole") {
  const TempFolder folder;
  const test::Bytes bytes = test::ramp(700'001);  // more than one buffer
  Checksum pieces(ChecksumKind::kMd5);
  const auto all = std::as_bytes(std::span(bytes));
  pieces.add(all.first(3));
  pieces.add(all.subspan(3));
  CHECK(file_checksum(folder.write("ramp", bytes), ChecksumKind::kMd5) == pieces.hex());
}

TEST_CASE("a file that cannot be read is a DataError") {
  const TempFolder folder;
  CHECK_THROWS_AS(file_checksum((folder.path() / "none").string(), ChecksumKind::kMd5), DataError);
  CHECK_THROWS_AS(file_checksum(folder.path().string(), ChecksumKind::kMd5), DataError);
}

}  // namespace
}  // namespace neurosim
