#include "tools/table.hpp"

#include <doctest/doctest.h>

#include "sim/core/error.hpp"

namespace neurosim {

TEST_CASE("columns are as wide as their widest cell") {
  Table table({{"name", Align::kLeft}, {"n"}});
  table.add_row({"a", "1,000"});
  table.add_row({"longer", "7"});
  CHECK(table.text() ==
        "name        n\n"
        "a       1,000\n"
        "longer      7\n");
  CHECK(table.width() == 13);
}

TEST_CASE("width counts characters, not bytes") {
  Table table({{"name", Align::kLeft}, {"n"}});
  table.add_row({"\xC3\xA9t\xC3\xA9", "1"});
  CHECK(table.text() ==
        "name  n\n"
        "\xC3\xA9t\xC3\xA9   1\n");
}

TEST_CASE("left-aligned last columns leave no trailing spaces") {
  Table table({{"n"}, {"name", Align::kLeft}});
  table.add_row({"1", "a"});
  CHECK(table.text() == "n  name\n1  a\n");
}

TEST_CASE("a table that grows keeps the widths that its columns ask for") {
  const Table table({{.title = "n", .width = 4}, {.title = "name", .align = Align::kLeft}});
  CHECK(table.heading({.bold = "<", .reset = ">"}) == "<   n  name>\n");
  CHECK(table.row({"12", "a"}) == "  12  a\n");
  CHECK(table.row({"123456", "long one"}) == "123456  long one\n");  // whole, if not aligned
}

TEST_CASE("titles alone are a table") { CHECK(Table({{"a"}, {"b"}}).text() == "a  b\n"); }

TEST_CASE("colour wraps the titles and nothing else") {
  Table table({{"a"}});
  table.add_row({"1"});
  CHECK(table.text({.bold = "<", .reset = ">"}) == "<a>\n1\n");
}

TEST_CASE("a row of the wrong length is a defect") {
  Table table({{"a"}, {"b"}});
  CHECK_THROWS_AS(table.add_row({"1"}), InternalError);
}

}  // namespace neurosim
