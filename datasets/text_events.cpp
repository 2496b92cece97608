#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "datasets/event_formats.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kColumns = 4;
enum Column : std::size_t { kT, kX, kY, kP };
constexpr std::array<char, kColumns> kLetters = {'t', 'x', 'y', 'p'};

using Fields = std::array<std::string_view, kColumns>;
using Order = std::array<std::size_t, kColumns>;  ///< field of each Column

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<Column> column_named(std::string_view field) {
  const std::string name = lower(field);
  if (name == "t" || name == "ts" || name == "time" || name == "timestamp") return kT;
  if (name == "x") return kX;
  if (name == "y") return kY;
  if (name == "p" || name == "pol" || name == "polarity") return kP;
  return std::nullopt;
}

class TextReader {
 public:
  explicit TextReader(const EventBytes& file)
      : file_(file),
        text_(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()),
        sink_(file, {}, "line") {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  EventRecording read() {
    bool first = true;
    while (!text_.empty()) {
      ++line_;
      const std::string_view line = text_.substr(0, text_.find('\n'));
      text_.remove_prefix(std::min(text_.size(), line.size() + 1));
      Fields fields;
      if (!split(line.substr(0, line.find('#')), fields)) continue;
      const bool header = first && parse_header(fields);
      first = false;
      if (!header) parse_event(fields);
    }
    return sink_.finish();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(file_.path, fmt::format("line {}: {}", line_, what));
  }

  /// Fields stand between single commas or any blanks; false for a line without any.
  bool split(std::string_view line, Fields& fields) const {
    std::size_t count = 0;
    std::size_t at = 0;
    const auto skip_blanks = [&] {
      while (at < line.size() && is_blank(line[at])) ++at;
    };
    skip_blanks();
    if (at == line.size()) return false;
    while (at < line.size()) {
      const std::size_t begin = at;
      while (at < line.size() && line[at] != ',' && !is_blank(line[at])) ++at;
      if (count < kColumns) fields[count] = line.substr(begin, at - begin);
      ++count;
      skip_blanks();
      if (at < line.size() && line[at] == ',') {
        ++at;
        skip_blanks();
        if (at == line.size()) ++count;  // an empty field after the last comma
      }
    }
    if (count != kColumns) {
      fail(fmt::format("expected {} fields (t, x, y, p), found {}", kColumns, count));
    }
    return true;
  }

  /// Whether the fields are names of columns; if so, takes their order.
  bool parse_header(const Fields& fields) {
    const char start = fields[0].empty() ? '0' : fields[0][0];
    const bool is_number =
        (start >= '0' && start <= '9') || start == '-' || start == '+' || start == '.';
    if (is_number) return false;
    Order order = {};
    std::array<bool, kColumns> seen = {};
    for (std::size_t field = 0; field < kColumns; ++field) {
      const std::optional<Column> column = column_named(fields[field]);
      if (!column) {
        fail(
            fmt::format("expected the name of a column (t, ts, time, timestamp, x, y, p, pol, "
                        "polarity), found {}",
                        quoted_bytes(fields[field])));
      }
      if (seen[*column]) {
        fail(fmt::format("expected one column {}, found two", kLetters[*column]));
      }
      seen[*column] = true;
      order[*column] = field;
    }
    order_ = order;
    return true;
  }

  std::int64_t integer(Column column, std::string_view field, std::string_view expected) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) {
      fail(fmt::format("expected {} for {}, found {}", expected, kLetters[column],
                       quoted_bytes(field)));
    }
    return value;
  }

  std::uint16_t coordinate(Column column, std::string_view field) const {
    const std::int64_t value = integer(column, field, "an integer");
    if (value < 0 || value > std::numeric_limits<std::uint16_t>::max()) {
      fail(fmt::format("expected 0 to {} for {}, found {}",
                       std::numeric_limits<std::uint16_t>::max(), kLetters[column], value));
    }
    return static_cast<std::uint16_t>(value);
  }

  void parse_event(const Fields& fields) {
    const std::int64_t t =
        integer(kT, fields[order_[kT]], "an integer number of microseconds (no fraction)");
    const std::int64_t p = integer(kP, fields[order_[kP]], "a polarity of 0 or 1, or -1 or 1,");
    if (p < -1 || p > 1) {
      fail(fmt::format("expected a polarity of 0 or 1, or -1 or 1, found {}", p));
    }
    sink_.add({.t = t,
               .x = coordinate(kX, fields[order_[kX]]),
               .y = coordinate(kY, fields[order_[kY]]),
               .p = static_cast<std::uint8_t>(p == 1)},
              line_);
  }

  const EventBytes& file_;
  std::string_view text_;
  EventSink sink_;
  std::size_t line_ = 0;
  Order order_ = {0, 1, 2, 3};
};

}  // namespace

EventRecording read_text_events(const EventBytes& file) { return TextReader(file).read(); }

}  // namespace neurosim
