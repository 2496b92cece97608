#include "sim/train/plain_network.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "models/lif.hpp"
#include "sim/network/graph.hpp"

namespace neurosim::test {
namespace {

using Matrix = std::vector<std::vector<double>>;  ///< [tick][neuron]

double surrogate(Surrogate kind, double k, double x) {
  const double pi = std::acos(-1.0);
  switch (kind) {
    case Surrogate::kAtan:
      return k / 2 / (1 + std::pow(pi * k * x / 2, 2));
    case Surrogate::kFastSigmoid:
      return 1 / std::pow(1 + k * std::fabs(x), 2);
    case Surrogate::kSigmoid: {
      const double s = 1 / (1 + std::exp(-k * x));
      return k * s * (1 - s);
    }
    case Surrogate::kStraightThrough:
      break;
  }
  return 1;
}

class Plain {
 public:
  Plain(const Description& description, const GradientMode& mode,
        const std::map<std::string, std::vector<double>>& weights,
        const std::vector<float>& thresholds)
      : d_(description), mode_(mode), weights_(weights), thresholds_(thresholds) {
    for (const Stage& stage : stages(d_)) {
      order_.insert(order_.end(), stage.populations.begin(), stage.populations.end());
    }
    ticks_ = static_cast<std::size_t>(d_.time.total());
    result.squares.assign(d_.populations.size(), 0);
    result.dropped.assign(d_.populations.size(), 0);
    result.events.assign(d_.populations.size(), 0);
    for (const ProjectionSpec& projection : d_.projections) {
      if (projection.learn)
        result.by[projection.name].assign(weights_.at(projection.name).size(), 0);
    }
    for (const PopulationSpec& population : d_.populations) {
      if (population.info == nullptr || !population.info->spikes) continue;
      result.by[population.name + "/leak"].assign(population.size, 0);
      result.by[population.name + "/threshold"].assign(population.size, 0);
    }
  }

  void sample(const SampleInput& input, double weight) {
    forward(input);
    std::vector<std::vector<NeuronId>> spikes;
    for (std::size_t p = 0; p < d_.populations.size(); ++p) {
      for (std::size_t t = 0; t < ticks_; ++t) {
        std::vector<NeuronId>& row = spikes.emplace_back();
        for (std::size_t n = 0; n < size(p); ++n) {
          if (s_[p][t][n] != 0) row.push_back(static_cast<NeuronId>(n));
        }
      }
    }
    result.spikes.push_back(std::move(spikes));
    backward(static_cast<std::size_t>(input.label), weight);
  }

  PlainResult result;

 private:
  std::size_t size(std::size_t p) const { return d_.populations[p].size; }
  double field(std::size_t p, std::size_t f, std::size_t n) const {
    return value_of(std::get<FieldValue>(d_.populations[p].parameters[f]), n);
  }
  bool is_source(std::size_t p) const { return d_.populations[p].info == nullptr; }
  bool is_readout(std::size_t p) const { return !is_source(p) && !d_.populations[p].info->spikes; }
  double weight(std::size_t k, std::size_t target, std::size_t source) const {
    const ProjectionSpec& projection = d_.projections[k];
    return weights_.at(projection.name)[target * size(projection.from) + source];
  }

  LifNeuron::Reset reset_of(std::size_t p) const {
    return static_cast<LifNeuron::Reset>(field(p, LifNeuron::kReset, 0));
  }
  bool resets_later(std::size_t p) const {
    return static_cast<LifNeuron::ResetTiming>(field(p, LifNeuron::kResetTiming, 0)) ==
           LifNeuron::kNextStep;
  }

  void forward(const SampleInput& input) {
    u_.assign(d_.populations.size(), {});
    s_ = v_ = u_;
    std::size_t source = 0;
    for (std::size_t p = 0; p < d_.populations.size(); ++p) {
      const Matrix zero(ticks_, std::vector<double>(size(p), 0.0));
      u_[p] = v_[p] = s_[p] = zero;
      if (!is_source(p)) continue;
      const SpikeTrain& train = input.sources.at(source++);
      for (std::size_t k = 0; k < train.packet_count(); ++k) {
        const SpikePacket packet = train.packet(k);
        for (std::size_t n = 0; n < packet.ids.size(); ++n) {
          s_[p][static_cast<std::size_t>(packet.tick)][packet.ids[n]] = 1;
        }
      }
    }
    for (std::size_t t = 0; t < ticks_; ++t) {
      for (const std::size_t p : order_) {
        for (std::size_t n = 0; !is_source(p) && n < size(p); ++n) step(p, t, n);
      }
    }
  }

  void step(std::size_t p, std::size_t t, std::size_t n) {
    double input = 0;
    for (std::size_t k = 0; k < d_.projections.size(); ++k) {
      const ProjectionSpec& projection = d_.projections[k];
      const auto delay = static_cast<std::size_t>(projection.delay);
      if (projection.to != p || t < delay) continue;
      for (std::size_t j = 0; j < size(projection.from); ++j) {
        input += weight(k, n, j) * s_[projection.from][t - delay][j];
      }
    }
    if (is_readout(p)) {
      u_[p][t][n] = (t > 0 ? field(p, 0, n) * u_[p][t - 1][n] : 0) + input;
      return;
    }
    const double threshold = field(p, LifNeuron::kThreshold, n),
                 rest = field(p, LifNeuron::kRest, n);
    const double leak = field(p, LifNeuron::kLeak, n);
    const auto reset = reset_of(p);
    const bool next_step = resets_later(p);
    const double before = t > 0 ? v_[p][t - 1][n] : field(p, LifNeuron::kInitialV, n);
    double u = leak * before + input;
    if (next_step && before > threshold) {
      if (reset == LifNeuron::kZero) u = leak * rest + input;
      if (reset == LifNeuron::kSubtract) u -= threshold;
    }
    const bool spike = u > threshold;
    double v = u;
    if (!next_step && spike) {
      if (reset == LifNeuron::kZero) v = rest;
      if (reset == LifNeuron::kSubtract) v = u - threshold;
    }
    u_[p][t][n] = u;
    v_[p][t][n] = v;
    s_[p][t][n] = spike ? 1 : 0;
  }

  void backward(std::size_t label, double share) {
    std::vector<Matrix> d_input(d_.populations.size()), d_u(d_.populations.size());
    for (std::size_t p = 0; p < d_.populations.size(); ++p) {
      d_input[p].assign(ticks_ + 1, std::vector<double>(size(p), 0.0));
      d_u[p] = d_input[p];
    }
    for (std::size_t t = ticks_; t-- > 0;) {
      for (auto p = order_.rbegin(); p != order_.rend(); ++p) {
        if (is_source(*p)) continue;
        const std::vector<double> classes = is_readout(*p) && t + 1 == ticks_
                                                ? softmax(*p, label, share)
                                                : std::vector<double>(size(*p), 0.0);
        for (std::size_t n = 0; n < size(*p); ++n) {
          is_readout(*p) ? read_back(*p, t, n, classes[n], d_input[*p])
                         : step_back(*p, t, n, d_input, d_u);
        }
      }
    }
    weight_gradients(d_input);
  }

  std::vector<double> softmax(std::size_t p, std::size_t label, double share) {
    const std::vector<double>& v = u_[p][ticks_ - 1];
    const double largest = *std::max_element(v.begin(), v.end());
    double sum = 0;
    for (const double x : v) sum += std::exp(x - largest);
    result.loss += share * (std::log(sum) + largest - v[label]);
    std::vector<double> d(v.size());
    for (std::size_t n = 0; n < v.size(); ++n) {
      d[n] = share * (std::exp(v[n] - largest) / sum - (n == label ? 1 : 0));
    }
    return d;
  }

  /// What is left of an error, and the account of it.
  double kept(std::size_t p, double error) {
    const double threshold = double{thresholds_[p]}, size = std::fabs(error);
    result.squares[p] += error * error;
    if (threshold > 0) {
      result.closest = std::min(result.closest, std::fabs(size - threshold) / threshold);
    }
    if (size < threshold) {
      result.dropped[p] += error * error;
      return 0;
    }
    result.events[p] += error != 0 ? 1 : 0;
    return error;
  }

  /// The readout drops errors before its leak carries them on.
  void read_back(std::size_t p, std::size_t t, std::size_t n, double d, Matrix& d_input) {
    d_input[t][n] = kept(p, d) + field(p, 0, n) * d_input[t + 1][n];
  }

  void step_back(std::size_t p, std::size_t t, std::size_t n, std::vector<Matrix>& d_input,
                 std::vector<Matrix>& d_u) {
    double d_s = 0;
    for (std::size_t k = 0; k < d_.projections.size(); ++k) {
      const ProjectionSpec& projection = d_.projections[k];
      const std::size_t arrival = t + static_cast<std::size_t>(projection.delay);
      if (projection.from != p || arrival >= ticks_) continue;
      for (std::size_t m = 0; m < size(projection.to); ++m) {
        d_s += weight(k, m, n) * d_input[projection.to][arrival][m];
      }
    }
    const double threshold = field(p, LifNeuron::kThreshold, n),
                 leak = field(p, LifNeuron::kLeak, n);
    const auto reset = reset_of(p);
    const bool next_step = resets_later(p);
    const bool spike = s_[p][t][n] != 0;
    const double by_spike =
        d_s * surrogate(mode_.surrogate, mode_.surrogate_slope, u_[p][t][n] - threshold);
    const double d_next = d_u[p][t + 1][n];  // by u[t + 1] = leak x (V that the reset left) + ...
    const double d_v = leak * d_next;
    double& d_threshold = result.by[d_.populations[p].name + "/threshold"][n];
    double& d_leak = result.by[d_.populations[p].name + "/leak"][n];
    d_u[p][t][n] = by_spike + (reset == LifNeuron::kZero && spike ? 0 : d_v);
    d_threshold -= by_spike;
    double leaked = v_[p][t][n];  // what leaks into u[t + 1]
    if (next_step && spike && reset == LifNeuron::kZero) leaked = field(p, LifNeuron::kRest, n);
    if (spike && reset == LifNeuron::kSubtract) d_threshold -= next_step ? d_next : d_v;
    d_leak += d_next * leaked;
    if (t == 0) first_step_back(p, n, d_u[p][0][n], d_leak, d_threshold);
    d_input[p][t][n] = kept(p, d_u[p][t][n]);
  }

  /// The first step leaks the initial V, which a reset may await like any other.
  void first_step_back(std::size_t p, std::size_t n, double d_u, double& d_leak,
                       double& d_threshold) {
    const double v = field(p, LifNeuron::kInitialV, n);
    const bool pending = resets_later(p) && v > field(p, LifNeuron::kThreshold, n);
    const auto reset = reset_of(p);
    const bool to_rest = pending && reset == LifNeuron::kZero;
    d_leak += d_u * (to_rest ? field(p, LifNeuron::kRest, n) : v);
    if (pending && reset == LifNeuron::kSubtract) d_threshold -= d_u;
  }

  void weight_gradients(const std::vector<Matrix>& d_input) {
    for (const ProjectionSpec& projection : d_.projections) {
      if (!projection.learn) continue;
      std::vector<double>& d_w = result.by[projection.name];
      const auto delay = static_cast<std::size_t>(projection.delay);
      for (std::size_t t = delay; t < ticks_; ++t) {
        for (std::size_t m = 0; m < size(projection.to); ++m) {
          for (std::size_t j = 0; j < size(projection.from); ++j) {
            d_w[m * size(projection.from) + j] +=
                d_input[projection.to][t][m] * s_[projection.from][t - delay][j];
          }
        }
      }
    }
  }

  const Description& d_;
  const GradientMode& mode_;
  const std::map<std::string, std::vector<double>>& weights_;
  const std::vector<float>& thresholds_;
  std::vector<std::size_t> order_;
  std::size_t ticks_ = 0;
  std::vector<Matrix> u_, v_, s_;  ///< [population]: V before and after the reset, spikes
};

}  // namespace

PlainResult run_plain(const Description& description, const GradientMode& mode,
                      const std::vector<SampleInput>& samples,
                      const std::map<std::string, std::vector<double>>& weights,
                      const std::vector<float>& thresholds) {
  Plain plain(description, mode, weights, thresholds);
  for (const SampleInput& sample : samples) {
    plain.sample(sample, 1 / static_cast<double>(samples.size()));
  }
  return std::move(plain.result);
}

}  // namespace neurosim::test
