#pragma once

#include <memory>
#include <string>

#include "sim/network/description.hpp"
#include "sim/train/trainer.hpp"

namespace neurosim::test {

/// Samples of 10 + 10 inputs: the half that the label (sample % 2) names fires three times as often
/// as the other. Spikes are drawn anew for each pass.
TrainingData toy_data(const Description& description, std::size_t samples);

/// A network for it: `hidden` from the inputs `in`, read out by `out`. `more`: further projections.
std::string toy_network(const std::string& hidden, const std::string& training,
                        const std::string& more = "");

constexpr const char* kToySrc =
    "model: src, size: 12, learn: [bias], parameters: { bias: -4.8, bias_max: -4.1 }";
constexpr const char* kToyLif =
    "model: lif, size: 12, learn: [leak, threshold], parameters: { leak: 0.8 }";
/// Planes of 1 x 10 and a window of the input on them.
constexpr const char* kToyPlanes =
    "model: src, shape: [2, 1, 10], learn: [bias], parameters: { bias: -4.8, bias_max: -4.1 }";
constexpr const char* kToyWindow =
    "  - { from: in, to: hidden, name: window, learn: true, delay: 1, weights: { init: "
    "xavier_uniform, gain: 2 },\n      connect: { type: conv2d, kernel: [2, 5], padding: [0, 2] } "
    "}\n";
/// A projection that makes `hidden` recurrent.
constexpr const char* kToyLoop =
    "  - { from: hidden, to: hidden, delay: 2, learn: true, weights: { init: xavier_uniform } }\n";

template <class T>
std::unique_ptr<Trainer> make_toy(const Description& description, TrainingData data,
                                  const TrainerOptions& options = {});
/// The same with the toy's own samples, in single precision.
std::unique_ptr<Trainer> make_toy(const Description& description, std::size_t samples,
                                  unsigned threads = 1);

/// Trains until `batches` are done, or to the end. Returns whether training is finished.
bool run_batches(Trainer& trainer, std::size_t batches);

/// What two checkpoints first differ in, bit for bit and without the time that training took; empty
/// if they are the same.
std::string first_difference(const Checkpoint& a, const Checkpoint& b);

/// A named array of a checkpoint's state.
std::vector<double> state_of(const Checkpoint& checkpoint, const std::string& name);

/// The learned values as one list, weights first.
std::vector<double> learned(const Checkpoint& checkpoint);
/// Those of one name.
std::vector<double> learned(const Checkpoint& checkpoint, const std::string& name);

}  // namespace neurosim::test
