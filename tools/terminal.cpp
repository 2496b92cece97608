#include "tools/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

namespace neurosim {
namespace {

constexpr int kDefaultColumns = 80;
constexpr int kFewestColumns = 20;
constexpr int kMostColumns = 1000;

bool locale_is_utf8(const Environment& environment) {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = environment(name).value_or("");
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return value.find("UTF-8") != std::string::npos || value.find("UTF8") != std::string::npos;
  }
  return false;
}

int columns_of(const StreamFacts& facts, const Environment& environment) {
  int columns = facts.columns;
  if (columns <= 0) {
    const std::string text = environment("COLUMNS").value_or("");
    std::from_chars(text.data(), text.data() + text.size(), columns);
  }
  if (columns <= 0) return kDefaultColumns;
  return std::clamp(columns, kFewestColumns, kMostColumns);
}

}  // namespace

Terminal make_terminal(const StreamFacts& facts, const Environment& environment) {
  const bool dumb = environment("TERM").value_or("dumb") == "dumb";
  const bool no_color = !environment("NO_COLOR").value_or("").empty();
  return {.tty = facts.tty,
          .colour = facts.tty && !dumb && !no_color,
          .animation = facts.tty && !dumb,
          .unicode = locale_is_utf8(environment),
          .columns = columns_of(facts, environment)};
}

Terminal terminal_of(std::FILE* stream) {
  const int descriptor = fileno(stream);
  StreamFacts facts{.tty = isatty(descriptor) == 1};
  winsize size{};
  if (facts.tty && ioctl(descriptor, TIOCGWINSZ, &size) == 0) facts.columns = size.ws_col;
  return make_terminal(facts, [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

Palette palette_of(const Terminal& terminal) {
  if (!terminal.colour) return {};
  return {.bold = "\033[1m", .red = "\033[31m", .yellow = "\033[33m", .reset = "\033[0m"};
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string comma_list(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string result;
  std::size_t used = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t width = display_width(word);
    if (used > 0 && used + 1 + width > columns) {
      result += '\n';
      used = 0;
    }
    result += used == 0 ? std::string(indent, ' ') : " ";
    used += used == 0 ? indent + width : 1 + width;
    result += word;
    begin = end + 1;
  }
  return result + "\n";
}

}  // namespace neurosim
