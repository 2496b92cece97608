#include "tools/number_text.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace neurosim {

TEST_CASE("counts are grouped, and scaled once they are long") {
  CHECK(exact_text(0) == "0");
  CHECK(exact_text(18446744073709551615u) == "18,446,744,073,709,551,615");
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(123456) == "123,456");
  CHECK(count_text(999'999'999) == "999,999,999");
  CHECK(count_text(1'000'000'000) == "1.00 G");
  CHECK(count_text(12'345'678'901) == "12.35 G");
  CHECK(count_text(99'996'000'000) == "100.0 G");
  CHECK(count_text(999'960'000'000) == "1.00 T");
  CHECK(count_text(std::numeric_limits<std::uint64_t>::max()) == "18446.7 P");
}

TEST_CASE("real numbers keep three digits at any size") {
  CHECK(real_text(0) == "0");
  CHECK(real_text(1.2345e-5) == "1.2e-05");
  CHECK(real_text(0.0123) == "0.012");
  CHECK(real_text(0.123) == "0.12");
  CHECK(real_text(9.994) == "9.99");
  CHECK(real_text(9.996) == "10.0");
  CHECK(real_text(99.94) == "99.9");
  CHECK(real_text(99.96) == "100");
  CHECK(real_text(-12.34) == "-12.3");
  CHECK(real_text(999.4) == "999");
  CHECK(real_text(999.6) == "1,000");
  CHECK(real_text(12345) == "12,345");
  CHECK(real_text(1e6) == "1.0e+06");
  CHECK(real_text(std::numeric_limits<double>::quiet_NaN()) == "-");
  CHECK(real_text(std::numeric_limits<double>::infinity()) == "-");
}

TEST_CASE("a share of nothing is no number") {
  CHECK(percent_text(0, 0) == "-");
  CHECK(percent_text(1, 8) == "12.5");
  CHECK(percent_text(8, 8) == "100");
}

TEST_CASE("durations change their unit with their size") {
  CHECK(duration_text(0) == "0.00 s");
  CHECK(duration_text(9.994) == "9.99 s");
  CHECK(duration_text(9.996) == "10.0 s");
  CHECK(duration_text(59.96) == "1 min 0 s");
  CHECK(duration_text(125) == "2 min 5 s");
  CHECK(duration_text(3600 + 12 * 60) == "1 h 12 min");
  CHECK(duration_text(-1) == "-");
  CHECK(duration_text(std::numeric_limits<double>::infinity()) == "-");
}

TEST_CASE("one thing is singular") {
  CHECK(plural(1, "sample") == "1 sample");
  CHECK(plural(0, "sample") == "0 samples");
  CHECK(plural(2000, "sample") == "2,000 samples");
}

}  // namespace neurosim
