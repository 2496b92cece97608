#include "tools/byte_size.hpp"

#include <doctest/doctest.h>

namespace neurosim {

TEST_CASE("sizes are read as people write them, in thousands") {
  CHECK(parse_bytes("1") == 1);
  CHECK(parse_bytes("123456789") == 123456789);
  CHECK(parse_bytes("5k") == 5000);
  CHECK(parse_bytes("5K") == 5000);
  CHECK(parse_bytes("400M") == 400'000'000);
  CHECK(parse_bytes("400MB") == 400'000'000);
  CHECK(parse_bytes("2g") == 2'000'000'000);
  CHECK(parse_bytes("1.5G") == 1'500'000'000);
  CHECK(parse_bytes("3T") == 3'000'000'000'000);
  CHECK(parse_bytes("17B") == 17);
}

TEST_CASE("anything else is no size") {
  for (const char* text :
       {"",   "M",    "0",   "0M",   "-1",     "-2G",         "+1",  " 1",  "1 M",  "1MM",
        "1X", "1MBs", "1e9", "2GiB", "0.0001", "9999999999T", "nan", "inf", "infG", "0x10"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bytes(text).has_value());
  }
}

TEST_CASE("sizes are told in the unit that leaves one to three digits") {
  CHECK(byte_unit(0).name == "B");
  CHECK(byte_unit(999).name == "B");
  CHECK(byte_unit(1000).name == "kB");
  CHECK(byte_unit(999'499'999).name == "MB");
  CHECK(byte_unit(999'500'000).name == "GB");
  CHECK(byte_unit(5'000'000'000'000'000).name == "TB");
  CHECK(byte_unit(120'000'000).bytes == 1e6);
}

}  // namespace neurosim
