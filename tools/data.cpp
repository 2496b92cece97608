#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"
#include "tools/byte_size.hpp"
#include "tools/commands.hpp"
#include "tools/data_commands.hpp"
#include "tools/data_show.hpp"
#include "tools/number_text.hpp"
#include "tools/options.hpp"
#include "tools/sub_command.hpp"

namespace neurosim {
namespace {

constexpr std::array kOptions = {
    OptionInfo{.name = "data-dir",
               .kind = OptionKind::kValue,
               .value = "DIR",
               .sentence =
                   "folder searched first for data sets; fetch: where they go (default: the "
                   "first folder of NEUROSIM_DATA, else ~/.local/share/neurosim)"},
    OptionInfo{.name = "from",
               .kind = OptionKind::kValue,
               .value = "URL",
               .sentence = "fetch: a mirror in place of the known ones; file names follow it"},
    OptionInfo{.name = "force",
               .sentence = "fetch: again, even where the files are there already; replaces them; "
                           "show: replaces the output file"},
    OptionInfo{.name = "split",
               .kind = OptionKind::kValue,
               .value = "SPLIT",
               .sentence = "show: train or test (default)"},
    OptionInfo{.name = "sample",
               .kind = OptionKind::kValue,
               .value = "K",
               .sentence = "show: which sample, from 0 on (default 0)"},
    OptionInfo{.name = "camera",
               .kind = OptionKind::kValue,
               .value = "CAMERA",
               .sentence = "show: saccades: what a simulated event camera sees of the image"},
    OptionInfo{.name = "output",
               .letter = 'o',
               .kind = OptionKind::kValue,
               .value = "FILE",
               .sentence = "show: a picture, .png or .svg, instead of text"},
    OptionInfo{.name = "json", .sentence = "list: print one JSON object instead of a table"},
    kQuietOption,
};

constexpr std::array<std::string_view, 2> kListOptions = {"data-dir", "json"};
constexpr std::array<std::string_view, 4> kFetchOptions = {"data-dir", "from", "force", "quiet"};
constexpr std::array<std::string_view, 1> kVerifyOptions = {"data-dir"};
constexpr std::array<std::string_view, 6> kShowOptions = {"data-dir", "force",  "split",
                                                          "sample",   "camera", "output"};

constexpr std::array<SubCommand, 4> kSubCommands = {{
    {"list", kListOptions, &data_list},
    {"fetch", kFetchOptions, &data_fetch},
    {"verify", kVerifyOptions, &data_verify},
    {"show", kShowOptions, &data_show},
}};

ExitCode data(const CommandLine& line) {
  return run_sub_command("data", kSubCommands, kOptions, line);
}

}  // namespace

std::vector<const KnownDataset*> named_datasets(const CommandLine& line) {
  std::vector<std::string_view> known;
  for (const KnownDataset& dataset : known_datasets()) known.push_back(dataset.name);
  std::vector<const KnownDataset*> datasets;
  for (std::size_t k = 1; k < line.operands().size(); ++k) {
    const std::string& name = line.operands()[k];
    datasets.push_back(find_known_dataset(name));
    if (datasets.back() == nullptr) {
      throw UsageError("unknown data set " + unknown_name(name, known));
    }
  }
  if (datasets.empty()) {
    throw UsageError(fmt::format("neurosim data {} needs the name of a data set: {}",
                                 line.operands().front(), fmt::join(known, ", ")));
  }
  return datasets;
}

const CommandInfo kDataCommand = {
    .name = "data",
    .operands = "list|fetch|verify|show [NAME...]",
    .fewest = 0,
    .most = 64,
    .sentence =
        "Lists, fetches, verifies and shows data sets. `fetch` downloads from the publisher or a "
        "mirror, "
        "goes on where an earlier call stopped, checks size and checksum, and gives a file its "
        "name only when it is whole. `verify` reads every file again. `show` draws a sample of a "
        "set, or a "
        "recording of an event camera.",
    .examples =
        "  neurosim data list\n"
        "  neurosim data fetch mnist\n"
        "  neurosim data fetch nmnist --data-dir /data\n"
        "  neurosim data verify mnist fashion-mnist\n"
        "  neurosim data show mnist --sample 3\n"
        "  neurosim data show nmnist -o digit.svg\n"
        "  neurosim data show recording.aedat4\n",
    .options = kOptions,
    .run = &data};

}  // namespace neurosim
