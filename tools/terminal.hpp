#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace neurosim {

/// What may be written to a stream.
struct Terminal {
  bool tty = false;        ///< lines that are too long break
  bool colour = false;     ///< escape sequences for colours
  bool animation = false;  ///< lines that are overwritten
  bool unicode = false;    ///< UTF-8 beyond ASCII
  int columns = 80;
};

/// What the system says of a stream.
struct StreamFacts {
  bool tty = false;
  int columns = 0;  ///< 0: unknown
};

/// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// Follows NO_COLOR (set and not empty), TERM=dumb, COLUMNS, and LC_ALL, LC_CTYPE, LANG.
Terminal make_terminal(const StreamFacts& facts, const Environment& environment);

Terminal terminal_of(std::FILE* stream);

/// Escape sequences, all empty on a terminal without colour.
struct Palette {
  std::string_view bold, red, yellow, reset;
};
Palette palette_of(const Terminal& terminal);

/// Columns that UTF-8 text takes up, one a code point.
std::size_t display_width(std::string_view text);

/// `a, b, c`
std::string comma_list(std::span<const std::string_view> names);

/// Breaks text at spaces into lines of at most `columns`, each behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

}  // namespace neurosim
