#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "experiments/run.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/core/spike_train.hpp"
#include "sim/io/results.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim::test {

/// A folder of its own for one test, removed with all it holds.
class RunFolder {
 public:
  RunFolder();
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// A description that messages call `net.yaml`.
inline Description describe(const std::string& yaml) { return parse_description(yaml, "net.yaml"); }

/// Drawn digits through every kind of thing that a run holds: graded and binary spikes, noise,
/// dense and sparse projections, delays, recurrence, a readout, rasters and traces. `top` is put
/// before the populations.
Description small_network(const std::string& top = "");
inline constexpr std::size_t kPixels = 0, kHidden = 1, kLast = 2;  ///< its populations
inline constexpr std::size_t kSmallSamples = 9;
inline constexpr Tick kSmallTicks = 40;

/// One dataset of an HDF5 file.
struct Content {
  std::vector<std::uint64_t> shape;
  std::vector<double> numbers;  ///< exact: nothing here is an integer above 2^53
  std::vector<std::string> texts;
  friend bool operator==(const Content&, const Content&) = default;
};
using Contents = std::map<std::string, Content>;

/// Every dataset of a file by its path, fully read.
Contents read_contents(const std::string& file);
/// Paths at which two files differ.
std::vector<std::string> differences(const Contents& a, const Contents& b);

/// The spikes of a population in each sample.
std::vector<SpikeTrain> rasters(const Results& results, std::size_t population);
/// The same spikes `ticks` later.
SpikeTrain shifted(const SpikeTrain& train, Tick ticks);

/// Whether two trainings agree in everything but times, which differ between runs.
bool same(const Checkpoint& a, const Checkpoint& b);

/// What ConfigError or DataError says; a note when the action throws neither.
std::string refusal(const std::function<void()>& action);

}  // namespace neurosim::test
