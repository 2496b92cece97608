#include <fmt/format.h>

#include <string>
#include <thread>

#include "datasets/dataset.hpp"
#include "sim/core/simd.hpp"
#include "tools/commands.hpp"

// NEUROSIM_VERSION, NEUROSIM_COMPILER, NEUROSIM_LIBRARIES: tools/CMakeLists.txt

namespace neurosim {
namespace {

std::string data_search_path() {
  std::string text;
  for (const auto& folder : dataset_folders("")) {
    text += (text.empty() ? "" : ":") + folder.string();
  }
  return text;
}

ExitCode info(const CommandLine&) {
  fmt::print(
      "version    {}\n"
      "commit     {}\n"
      "compiler   {}\n"
      "libraries  {}\n"
      "SIMD       {}\n"
      "threads    {}\n"
      "data       {} (--data-dir goes first; NEUROSIM_DATA adds folders)\n",
      NEUROSIM_VERSION, build_commit(), NEUROSIM_COMPILER, NEUROSIM_LIBRARIES,
      simd_name(simd_target()), std::thread::hardware_concurrency(), data_search_path());
  return ExitCode::kSuccess;
}

}  // namespace

std::string version_line() {
  return fmt::format("neurosim {} ({})", NEUROSIM_VERSION, build_commit());
}

const CommandInfo kInfoCommand = {
    .name = "info",
    .sentence = "Prints version, build and where data sets are looked for.",
    .examples = "  neurosim info\n",
    .run = &info};

}  // namespace neurosim
