#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "models/model.hpp"

namespace neurosim::test {

/// Values of fields, by name; the others keep their defaults. An empty value is `none`.
using Settings = std::vector<std::pair<std::string_view, FieldValue>>;

template <class Model>
std::vector<FieldValue> values_with(const Settings& settings) {
  std::vector<FieldValue> values;
  for (const FieldInfo& field : Model::kInfo.fields) values.push_back(default_value(field));
  for (const auto& [name, value] : settings) {
    bool known = false;
    for (std::size_t f = 0; f < values.size(); ++f) {
      if (Model::kInfo.fields[f].name != name) continue;
      values[f] = value;
      known = true;
    }
    REQUIRE(known);
  }
  return values;
}

/// One block of a model, driven by hand.
template <class Model, class T>
struct OneBlock {
  typename Model::template Parameters<T> parameters;
  typename Model::template Cells<T> cells;
  typename Model::template State<T> state;
  StepContext context;
  Lanes<T> input, output;
  std::uint32_t awake = 0;

  explicit OneBlock(const Settings& settings = {}) {
    const auto values = values_with<Model>(settings);
    parameters = Model::template parameters<T>(values, 1);
    for (int lane = 0; lane < kBlock; ++lane) {
      Model::fill(cells, lane, values, static_cast<std::size_t>(lane));
    }
    reset();
  }

  void reset() {
    Model::reset(parameters, cells, state);
    context.tick = -1;
    input = output = {};
  }

  /// Advances to the next tick, or to `tick` over steps that were not taken; the same input for
  /// every neuron. Returns the output of neuron 0.
  double step(double value) { return step_at(context.tick + 1, value); }
  double step_at(Tick tick, double value) {
    for (T& x : input.at) x = static_cast<T>(value);
    return advance(tick);
  }
  double advance(Tick tick) {
    context.tick = tick;
    awake = Model::step(parameters, cells, state, input.at, context, output.at);
    return static_cast<double>(output.at[0]);
  }
  double observe(std::size_t variable, int lane = 0) const {
    return observe_at(context.tick, variable, lane);
  }
  double observe_at(Tick tick, std::size_t variable, int lane = 0) const {
    return Model::observe(parameters, cells, state, variable, lane, tick);
  }
};

}  // namespace neurosim::test
