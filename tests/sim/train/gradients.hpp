#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/network/description.hpp"
#include "sim/train/parameters.hpp"
#include "sim/train/trainer.hpp"
#include "sim/train/worker.hpp"

namespace neurosim::test {

struct GradientOptions {
  std::uint64_t segments = 1;
  float threshold = 0;            ///< of every population's errors
  std::vector<float> thresholds;  ///< [population], instead of `threshold` where given
  GradientOrder order = GradientOrder::kBySpikes;
};

struct Gradients {
  double loss = 0;  ///< mean over the samples
  /// `<projection>`: [targets, sources] or one a synapse; `<population>/<field>`: as it is learned.
  std::map<std::string, std::vector<double>> by;
  std::vector<ErrorCount> errors;  ///< [population]
};

/// A network with what it takes to train it, and samples that are one batch of at most one shard.
template <class T>
class TestNetwork {
 public:
  TestNetwork(const Description& description, TrainingData data, std::uint64_t segments = 1);

  Gradients gradients(const GradientOptions& options = {});
  /// The forward pass alone; the record stays as it is until the next one.
  const ShardRecord<T>& forward();
  /// Mean loss of the last forward().
  double loss() const;

  /// What learns, as Gradients::by names and lays it out. After set() the network has the values.
  std::vector<std::string> names() const;
  std::vector<double> values(const std::string& name);
  void set(const std::string& name, const std::vector<double>& values);

  const Network<T>& network() const { return network_; }
  const Plan& plan() const { return plan_; }

 private:
  Parameter<T>& find(const std::string& name);

  Network<T> network_;
  TrainingData data_;
  Recipe recipe_;
  Plan plan_;
  Segments segments_;
  Parameters<T> parameters_;
  std::vector<std::optional<TransposedWeights<T>>> transposed_;
  Forward<T> forward_;
  ShardRecord<T> record_;
};

/// Gradients of the mean loss over all samples of `data`.
template <class T>
Gradients gradients(const Description& description, const TrainingData& data,
                    const GradientOptions& options = {});

/// The samples given, for every pass.
TrainingData fixed_data(std::vector<SampleInput> samples);

/// Samples with random spikes for every source, and random labels.
TrainingData random_data(const Description& description, std::uint64_t seed, std::size_t samples,
                         double density);

/// Cuts a sample as the trainer does.
Segments cut(Tick ticks, std::uint64_t segments);

/// A record with room for all samples of a shard, and for the tape of one segment.
template <class T>
ShardRecord<T> make_record(const Network<T>& network, const Plan& plan, const GradientMode& mode,
                           const Segments& segments);

/// Fills the record's inputs and the source populations' spikes.
template <class T>
void load_samples(const Network<T>& network, const TrainingData& data, std::uint32_t pass,
                  ShardRecord<T>& record);

/// Largest difference, as a share of the largest entry of `b`. REQUIRES: equal lengths.
double largest_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace neurosim::test
