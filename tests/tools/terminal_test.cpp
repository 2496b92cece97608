#include "tools/terminal.hpp"

#include <doctest/doctest.h>

#include <map>

namespace neurosim {
namespace {

Environment environment(std::map<std::string, std::string> variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

constexpr StreamFacts kTty = {.tty = true, .columns = 100};

}  // namespace

TEST_CASE("colour and animation need a terminal that can do them") {
  const Terminal able = make_terminal(kTty, environment({{"TERM", "xterm"}}));
  CHECK(able.colour);
  CHECK(able.animation);

  const Terminal file = make_terminal({}, environment({{"TERM", "xterm"}}));
  CHECK_FALSE(file.colour);
  CHECK_FALSE(file.animation);

  const Terminal dumb = make_terminal(kTty, environment({{"TERM", "dumb"}}));
  CHECK_FALSE(dumb.colour);
  CHECK_FALSE(dumb.animation);

  const Terminal unknown = make_terminal(kTty, environment({}));
  CHECK_FALSE(unknown.colour);
  CHECK_FALSE(unknown.animation);
}

TEST_CASE("NO_COLOR counts unless it is empty, and leaves animation alone") {
  const Terminal plain = make_terminal(kTty, environment({{"TERM", "xterm"}, {"NO_COLOR", "0"}}));
  CHECK_FALSE(plain.colour);
  CHECK(plain.animation);
  CHECK(make_terminal(kTty, environment({{"TERM", "xterm"}, {"NO_COLOR", ""}})).colour);
  CHECK(palette_of(plain).red.empty());
}

TEST_CASE("the width comes from the terminal, else from COLUMNS, else it is 80") {
  CHECK(make_terminal(kTty, environment({{"COLUMNS", "60"}})).columns == 100);
  CHECK(make_terminal({}, environment({{"COLUMNS", "60"}})).columns == 60);
  CHECK(make_terminal({}, environment({})).columns == 80);
  CHECK(make_terminal({}, environment({{"COLUMNS", "wide"}})).columns == 80);
  CHECK(make_terminal({}, environment({{"COLUMNS", "-5"}})).columns == 80);
  CHECK(make_terminal({}, environment({{"COLUMNS", "3"}})).columns == 20);
  CHECK(make_terminal({}, environment({{"COLUMNS", "99999999999"}})).columns == 80);
}

TEST_CASE("the first locale variable that is set decides about UTF-8") {
  CHECK(make_terminal({}, environment({{"LANG", "de_DE.UTF-8"}})).unicode);
  CHECK(make_terminal({}, environment({{"LC_CTYPE", "C.utf8"}})).unicode);
  CHECK_FALSE(make_terminal({}, environment({})).unicode);
  CHECK_FALSE(make_terminal({}, environment({{"LC_ALL", "C"}, {"LANG", "C.UTF-8"}})).unicode);
  CHECK(make_terminal({}, environment({{"LC_ALL", ""}, {"LANG", "C.UTF-8"}})).unicode);
}

TEST_CASE("text is wrapped at spaces, and a long word is kept whole") {
  CHECK(wrapped("one two three", 9, 0) == "one two\nthree\n");
  CHECK(wrapped("one two three", 9, 2) == "  one two\n  three\n");
  CHECK(wrapped("incomprehensible to", 6, 0) == "incomprehensible\nto\n");
  CHECK(wrapped("", 10, 0) == "\n");
}

}  // namespace neurosim
