#include "tools/command_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "sim/core/error.hpp"
#include "tools/commands.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "output", .letter = 'o', .kind = OptionKind::kValue, .value = "FILE"},
    OptionInfo{.name = "set", .kind = OptionKind::kRepeatedValue, .value = "PATH=VALUE"},
    OptionInfo{.name = "force", .letter = 'f'},
};
constexpr CommandInfo kCommand = {
    .name = "make", .operands = "FILE", .fewest = 1, .most = 1, .options = kOptions};

CommandLine parse(const std::vector<std::string>& words) {
  return parse_command_line(kCommand, words);
}

std::string message_of(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("options and operands may stand in any order") {
  const CommandLine line = parse({"-o", "a", "file", "--set", "x=1", "--set=y=2", "-f"});
  CHECK(line.operands() == std::vector<std::string>{"file"});
  CHECK(line.value("output") == "a");
  CHECK(line.values("set") == std::vector<std::string>{"x=1", "y=2"});
  CHECK(line.has("force"));
}

TEST_CASE("what is not given is absent") {
  const CommandLine line = parse({"file"});
  CHECK_FALSE(line.has("force"));
  CHECK_FALSE(line.value("output").has_value());
  CHECK(line.value_or("output", "none") == "none");
  CHECK(line.values("set").empty());
}

TEST_CASE("values may look like anything but an option") {
  CHECK(parse({"--", "-file"}).operands() == std::vector<std::string>{"-file"});
  CHECK(parse({"file", "--set", "a.b=-1"}).values("set").front() == "a.b=-1");
  CHECK(parse({"file", "--set", "a={x: [1, 2]}"}).values("set").front() == "a={x: [1, 2]}");
}

TEST_CASE("mistakes are named, with a suggestion where there is one") {
  const std::string help = "\nSee: neurosim help make";
  CHECK(message_of({"f", "--ouptut", "a"}) ==
        "unknown option \"--ouptut\"; did you mean \"--output\"?" + help);
  CHECK(message_of({"f", "--ouptut=a"}) ==
        "unknown option \"--ouptut\"; did you mean \"--output\"?" + help);
  CHECK(message_of({"f", "-x"}) == "unknown option \"-x\"" + help);
  CHECK(message_of({"f", "--out", "a"}).starts_with("unknown option \"--out\""));
  CHECK(message_of({"f", "-o", "a", "-o", "b"}) == "--output is given twice" + help);
  CHECK(message_of({"f", "-o"}).find("argument") != std::string::npos);
  CHECK(message_of({"f", "--force=1"}).find("--force") != std::string::npos);
  CHECK(message_of({}) == "neurosim make takes one operand (FILE), got 0" + help);
  CHECK(message_of({"a", "b"}) == "neurosim make takes one operand (FILE), got 2" + help);
}

TEST_CASE("help is understood even where operands are missing") {
  CHECK(parse({"--help"}).has("help"));
  CHECK(parse({"-h"}).has("help"));
}

TEST_CASE("whole numbers are nothing but whole numbers") {
  const auto number = [](const char* text) { return parse({"f", "-o", text}); };
  CHECK(number("7").whole_number("output", 1) == 7u);
  CHECK(number("18446744073709551615").whole_number("output", 1) == 18446744073709551615u);
  for (const char* text : {"0", "1.5", "1e3", "0x10", "ten", "7 ", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(number(text).whole_number("output", 1), UsageError);
  }
  CHECK_FALSE(parse({"f"}).whole_number("output", 1).has_value());
}

TEST_CASE("help lists every option, and no line is wider than asked for") {
  for (const CommandInfo& command : commands()) {
    const std::string help = command_help(command, 80);
    CAPTURE(help);
    for (const OptionInfo& option : command.options) {
      CHECK(help.find("--" + std::string(option.name)) != std::string::npos);
      CHECK_FALSE(option.sentence.empty());
    }
    for (std::size_t at = 0; at < help.size();) {
      const std::size_t end = help.find('\n', at);
      CHECK(end - at <= 80);
      at = end + 1;
    }
  }
}

TEST_CASE("the bash completion knows every command and option") {
  std::ifstream file(NEUROSIM_SOURCE_DIR "/tools/completion.bash");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(text.empty());
  for (const CommandInfo& command : commands()) {
    CAPTURE(command.name);
    CHECK(text.find(" " + std::string(command.name) + ")") != std::string::npos);
    for (const OptionInfo& option : command.options) {
      CAPTURE(option.name);
      CHECK(text.find("--" + std::string(option.name)) != std::string::npos);
    }
  }
  const std::size_t begin = text.find(" help)");
  std::string words = text.substr(begin, text.find(";;", begin) - begin);
  std::ranges::replace(words, '\n', ' ');
  // The topics stand in the overview: `  <topic>  <sentence>`.
  std::istringstream help(full_help());
  std::string line;
  while (std::getline(help, line) && !line.starts_with("Help topics")) {
  }
  int topics = 0;
  for (; std::getline(help, line) && line.starts_with("  "); ++topics) {
    const std::string topic = line.substr(2, line.find(' ', 2) - 2);
    CAPTURE(topic);
    const bool found = words.find(" " + topic + " ") != std::string::npos ||
                       words.find(" " + topic + "\"") != std::string::npos;
    CHECK(found);
  }
  CHECK(topics > 0);
}

}  // namespace neurosim
