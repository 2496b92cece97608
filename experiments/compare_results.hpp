#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/io/file_format.hpp"
#include "sim/network/config_difference.hpp"

namespace neurosim {

/// What a file says of itself.
struct FileFacts {
  std::string file;
  std::string network, version, precision;
  std::string engine;  ///< empty: a weights file
  std::uint64_t seed = 0;
  std::uint64_t length = 0;  ///< samples of a results file, epochs of a weights file
  bool complete = false;     ///< false: the run or training was interrupted
};

/// What is compared, in the order of how much a difference says.
enum class ComparedQuantity {
  kLabels,
  kPredictions,
  kSpikes,
  kReadout,
  kStates,
  kActivity,
  kCounters,
  kWeights,
  kParameters,
  kEpochs,
};

/// The first place at which two files part. `a`, `b`: what stands there (a spike: its value);
/// nullopt: nothing does.
struct FirstDifference {
  std::uint64_t row = 0;          ///< sample, epoch, or place in an array
  std::optional<double> time_ms;  ///< from the start of the sample
  std::optional<std::uint64_t> neuron;
  std::optional<double> a, b;
};

/// One quantity that both files hold, over what both hold of it.
struct Compared {
  ComparedQuantity quantity = ComparedQuantity::kLabels;
  std::string name;          ///< population, projection, parameter; empty: there is only one
  std::string detail;        ///< state variable, counter, column of the epochs
  std::uint64_t rows = 0;    ///< compared: samples, epochs, or numbers of an array
  std::uint64_t differ = 0;  ///< of them
  /// Absolute difference; infinite where only one of two numbers is NaN. Spikes have none.
  double largest = 0;
  /// Totals of spikes and counters, mean activity, share of correct predictions; nullopt: neither.
  std::optional<double> a, b;
  std::optional<FirstDifference> first;
};

/// What keeps two files from being compared whole.
struct Unmatched {
  std::string text;  ///< e.g. `population extra: only in b`
  /// False: one file recorded more of the same network, which makes no other results.
  bool differs = true;
};

struct FileComparison {
  FileKind kind = FileKind::kResults;
  FileFacts a, b;
  std::vector<ConfigDifference> configuration;
  std::uint64_t common = 0;  ///< samples, or epochs, that both hold
  std::vector<Compared> quantities;
  std::vector<Unmatched> unmatched;

  /// No number that both hold differs, and there is some. Version and engine do not count, nor
  /// do counters of work that depend on the engine.
  bool same_results() const;
  /// As the YAML; length and completeness count as well.
  bool same_configuration() const;
};

/// Compares two results files of `neurosim run`, or two weights files of `neurosim train`. Samples
/// are matched by their number in the data set, everything else by name. Values are the same when
/// their bits are. Memory: one sample of each file (and some bytes a sample where their numbers are
/// shuffled); weights files are read whole. Throws DataError for a file that cannot be read, and
/// for two of different kinds.
FileComparison compare_files(const std::string& a, const std::string& b);

}  // namespace neurosim
