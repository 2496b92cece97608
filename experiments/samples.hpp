#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/encoded_data.hpp"
#include "sim/core/record.hpp"
#include "sim/io/results.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// The input of every sample of a run: data through its encoder, recorded spikes, lists, Poisson
/// trains. Safe to use from several threads; a sample's input depends on nothing but its index and
/// the pass over the data.
class Samples {
 public:
  /// Opens what the description names. Throws DataError, and ConfigError where a population does
  /// not fit its data.
  Samples(const Description& description, const std::string& data_dir);

  std::size_t size() const { return size_; }
  /// The sample's number in its data, by which its random numbers are keyed: a run over a part of
  /// the data gives what the whole run gives there.
  std::size_t number(std::size_t index) const;
  /// Overwrites `input` with sample `index` of the run. Each `pass` over the data draws spikes of
  /// its own; simulations make one, number 0.
  void fill(std::size_t index, std::uint32_t pass, SampleInput& input) const;
  /// The label of sample `index`, without its spikes; -1: none.
  std::int64_t label(std::size_t index) const;
  /// Whether samples have a label (the first one tells).
  bool labelled() const;
  /// Whether a source population's spikes carry values.
  bool graded(std::size_t population) const;
  std::vector<std::string> class_names() const;

 private:
  void open_data(const std::string& data_dir);
  void open_spike_files();

  struct Source {
    std::size_t population;
    std::unique_ptr<SpikeFile> file;  ///< for SpikeFileSource
    SpikeTrain list;                  ///< for SpikeListSource
  };
  void play(const Source& source, std::size_t index, std::uint32_t pass, SpikeTrain& train,
            std::int64_t& label) const;

  const Description& description_;
  std::size_t size_ = 1;
  std::unique_ptr<EncodedData> data_;
  std::vector<Source> sources_;
};

}  // namespace neurosim
