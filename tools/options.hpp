#pragma once

#include <string>
#include <string_view>

#include "experiments/run.hpp"
#include "sim/network/description.hpp"
#include "tools/command_line.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

// Options that several commands share, and what they mean.

inline constexpr OptionInfo kSetOption = {
    .name = "set",
    .kind = OptionKind::kRepeatedValue,
    .value = "PATH=VALUE",
    .sentence =
        "replace a value of the network file, e.g. --set time.steps=50; list items by "
        "index: projections.0.delay=2; may be repeated"};
inline constexpr OptionInfo kSeedOption = {
    .name = "seed",
    .kind = OptionKind::kValue,
    .value = "N",
    .sentence = "seed of every random number; short for --set seed=N"};
inline constexpr OptionInfo kDataDirOption = {.name = "data-dir",
                                              .kind = OptionKind::kValue,
                                              .value = "DIR",
                                              .sentence = "folder searched first for data sets"};
inline constexpr OptionInfo kThreadsOption = {
    .name = "threads",
    .kind = OptionKind::kValue,
    .value = "N",
    .sentence = "threads to use (default: one a processor); results do not depend on it"};
inline constexpr OptionInfo kJsonOption = {.name = "json",
                                           .sentence = "print one JSON object instead of tables"};
inline constexpr OptionInfo kQuietOption = {
    .name = "quiet", .letter = 'q', .sentence = "no progress and no notes on stderr"};

/// --threads; 0: not given. Throws UsageError.
unsigned threads_of(const CommandLine& line);

/// The file to write that `option` names, empty where it is not given. A wrong name is found here,
/// before the data are read, rather than after them. Throws UsageError for an empty name and for
/// a file that is read (the network, --weights, --traces), DataError for one that exists and is to
/// be kept.
std::string output_file(const CommandLine& line, std::string_view option, OutputFile existing);

/// Throws UsageError where an output is a file that the network file reads (weights, parameters,
/// pairs, spikes).
void refuse_inputs_of(const Description& description, std::string_view option,
                      const std::string& output);

/// Standard error for a progress line: nothing is drawn with --quiet.
Terminal progress_terminal(const CommandLine& line);

}  // namespace neurosim
