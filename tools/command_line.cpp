#include "tools/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <charconv>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

namespace po = boost::program_options;

constexpr OptionInfo kHelpOption = {.name = "help", .letter = 'h', .sentence = "show this help"};

std::vector<OptionInfo> all_options(const CommandInfo& command) {
  std::vector<OptionInfo> options(command.options.begin(), command.options.end());
  options.push_back(kHelpOption);
  return options;
}

po::options_description described(const std::vector<OptionInfo>& options) {
  po::options_description description;
  for (const OptionInfo& option : options) {
    std::string names(option.name);
    if (option.letter != '\0') names += std::string(",") + option.letter;
    if (option.kind == OptionKind::kSwitch) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), "");
    }
  }
  return description;
}

std::string unknown_option_text(std::string given, const std::vector<OptionInfo>& options) {
  given = given.substr(0, given.find('='));
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const OptionInfo& option : options) names.push_back("--" + std::string(option.name));
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::string text = "unknown option " + quoted(given);
  if (const auto nearest = nearest_name(given, known)) {
    text += fmt::format("; did you mean \"{}\"?", *nearest);
  }
  return text;
}

std::string advice(const CommandInfo& command) {
  return fmt::format("\nSee: neurosim help {}", command.name);
}

/// Prefixes of names are not accepted: a script that uses them breaks when an option is added.
std::vector<po::option> split(const CommandInfo& command, const std::vector<std::string>& words) {
  namespace style = po::command_line_style;
  const auto options = all_options(command);
  const auto description = described(options);
  try {
    return po::command_line_parser(words)
        .options(description)
        .style(style::unix_style & ~style::allow_guessing)
        .run()
        .options;
  } catch (const po::unknown_option& error) {
    throw UsageError(unknown_option_text(error.get_option_name(), options) + advice(command));
  } catch (const po::error& error) {
    throw UsageError(error.what() + advice(command));
  }
}

void check_operands(const CommandInfo& command, std::size_t count) {
  if (count >= command.fewest && count <= command.most) return;
  throw UsageError(fmt::format("neurosim {} takes {}{}, got {}{}", command.name,
                               command.fewest == command.most ? "" : "at most ",
                               command.most == 1
                                   ? "one operand (" + std::string(command.operands) + ")"
                                   : fmt::format("{} operands", command.most),
                               count, advice(command)));
}

}  // namespace

bool CommandLine::has(std::string_view option) const { return options_.contains(option); }

std::optional<std::string> CommandLine::value(std::string_view option) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return std::nullopt;
  return found->second.front();
}

std::string CommandLine::value_or(std::string_view option, std::string_view fallback) const {
  return value(option).value_or(std::string(fallback));
}

std::optional<std::uint64_t> CommandLine::whole_number(std::string_view option,
                                                       std::uint64_t low) const {
  const auto text = value(option);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (status == std::errc() && end == text->data() + text->size() && number >= low) return number;
  throw UsageError(
      fmt::format("--{}: expected a whole number >= {}, got {}", option, low, quoted(*text)));
}

const std::vector<std::string>& CommandLine::values(std::string_view option) const {
  static const std::vector<std::string> kNothing;
  const auto found = options_.find(option);
  return found == options_.end() ? kNothing : found->second;
}

CommandLine parse_command_line(const CommandInfo& command, const std::vector<std::string>& words) {
  CommandLine line;
  for (const po::option& option : split(command, words)) {
    if (option.string_key.empty()) {
      line.operands_.insert(line.operands_.end(), option.value.begin(), option.value.end());
      continue;
    }
    auto& values = line.options_[option.string_key];
    const auto info =
        std::find_if(command.options.begin(), command.options.end(),
                     [&](const OptionInfo& known) { return known.name == option.string_key; });
    if (info != command.options.end() && info->kind == OptionKind::kValue && !values.empty()) {
      throw UsageError(fmt::format("--{} is given twice{}", info->name, advice(command)));
    }
    values.insert(values.end(), option.value.begin(), option.value.end());
  }
  if (!line.has("help")) check_operands(command, line.operands_.size());
  return line;
}

std::string command_help(const CommandInfo& command, std::size_t columns) {
  constexpr std::size_t kIndent = 24;
  std::string text =
      fmt::format("Usage: neurosim {} {}{}[OPTIONS]\n\n{}", command.name, command.operands,
                  command.operands.empty() ? "" : " ", wrapped(command.sentence, columns, 0));
  if (!command.examples.empty()) text += fmt::format("\nExamples:\n{}", command.examples);
  text += "\nOptions:\n";
  for (const OptionInfo& option : all_options(command)) {
    std::string names = option.letter == '\0' ? "      " : fmt::format("  -{}, ", option.letter);
    names += fmt::format("--{}", option.name);
    if (!option.value.empty()) names += fmt::format(" {}", option.value);
    const std::string sentence = wrapped(option.sentence, columns, kIndent);
    // Names that leave no room get a line of their own.
    text += names.size() + 2 <= kIndent
                ? names + std::string(kIndent - names.size(), ' ') + sentence.substr(kIndent)
                : names + "\n" + sentence;
  }
  return text;
}

}  // namespace neurosim
