#include "sim/train/plan.hpp"

#include <algorithm>
#include <utility>

#include "models/lif.hpp"
#include "models/src_neuron.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

class Planner {
 public:
  Planner(const Description& description, const GradientMode& mode)
      : description_(description), mode_(mode) {}

  Plan plan() {
    Plan plan;
    plan.readout = find_readout();
    check_forward();
    throw_if_any();
    reach_readout(plan.readout);
    find_learners();
    for (std::size_t p = 0; p < description_.populations.size(); ++p) {
      plan.backward.push_back(reaches_[p] && learns_[p]);
      if (plan.backward.back()) check_adjoint(p);
    }
    plan.outgoing.resize(description_.populations.size());
    for (std::size_t k = 0; k < description_.projections.size(); ++k) {
      const ProjectionSpec& projection = description_.projections[k];
      const bool propagates = plan.backward[projection.from] && plan.backward[projection.to];
      plan.propagate.push_back(propagates);
      plan.learn.push_back(projection.learn);
      if (propagates) plan.outgoing[projection.from].push_back(k);
      if (propagates || projection.learn) {
        plan.longest_delay = std::max(plan.longest_delay, projection.delay);
      }
    }
    throw_if_any();
    return plan;
  }

 private:
  void error(const Mark& mark, const std::string& path, const std::string& message) {
    errors_.push_back({description_.file, mark.line, mark.column, path, message});
  }

  void throw_if_any() const {
    if (!errors_.empty()) throw ConfigError(errors_);
  }

  std::size_t find_readout() {
    std::vector<std::size_t> readouts;
    for (std::size_t p = 0; p < description_.populations.size(); ++p) {
      const ModelInfo* info = description_.populations[p].info;
      if (info != nullptr && !info->spikes) readouts.push_back(p);
    }
    if (readouts.size() != 1) {
      error({}, "populations",
            "training needs one population that reads classes out (leaky_readout), found " +
                std::to_string(readouts.size()));
      return 0;
    }
    return readouts.front();
  }

  /// What the forward pass over recorded traces cannot do.
  void check_forward() {
    for (const PopulationSpec& population : description_.populations) {
      if (population.info == nullptr || population.info->trainable) continue;
      error(population.mark, "populations." + population.name + ".model",
            "a network with " + population.model + " can be run, but not trained");
    }
    for (std::size_t k = 0; k < description_.projections.size(); ++k) {
      const ProjectionSpec& projection = description_.projections[k];
      if (!projection.drawn_delay) continue;
      error(projection.mark, "projections[" + std::to_string(k) + "].delay",
            "a network whose delays are drawn can be run, but not trained");
    }
  }

  void reach_readout(std::size_t readout) {
    reaches_.assign(description_.populations.size(), 0);
    reaches_[readout] = 1;
    spread([this](const ProjectionSpec& projection) {
      return reaches_[projection.to] && !std::exchange(reaches_[projection.from], 1);
    });
  }

  /// Populations with something to learn in them, into them, or before them.
  void find_learners() {
    learns_.assign(description_.populations.size(), 0);
    bool any = false;
    for (std::size_t p = 0; p < description_.populations.size(); ++p) {
      const PopulationSpec& population = description_.populations[p];
      if (population.learn.empty()) continue;
      learns_[p] = 1;
      any = true;
      if (!reaches_[p]) {
        error(population.mark, "populations." + population.name + ".learn", kNoWay);
      }
    }
    for (std::size_t k = 0; k < description_.projections.size(); ++k) {
      const ProjectionSpec& projection = description_.projections[k];
      if (!projection.learn) continue;
      learns_[projection.to] = 1;
      any = true;
      if (!reaches_[projection.to]) {
        error(projection.mark, "projections[" + std::to_string(k) + "].learn", kNoWay);
      }
    }
    if (!any) {
      error({}, "projections",
            "nothing learns; write learn: true on a projection, or learn: [bias] on a population");
    }
    spread([this](const ProjectionSpec& projection) {
      return learns_[projection.from] && !std::exchange(learns_[projection.to], 1);
    });
  }

  template <class Step>
  void spread(Step step) {
    for (bool again = true; again;) {
      again = false;
      for (const ProjectionSpec& projection : description_.projections) {
        again = step(projection) || again;
      }
    }
  }

  /// A field's value as far as it stands in the description.
  double number(const PopulationSpec& population, std::size_t field) const {
    const auto* value = std::get_if<FieldValue>(&population.parameters[field]);
    return value != nullptr && value->size() == 1 ? value->front() : 0;
  }

  void check_adjoint(std::size_t p) {
    const PopulationSpec& population = description_.populations[p];
    const std::string path = "populations." + population.name + ".parameters.";
    if (population.model == SrcNeuron::kInfo.name && mode_.full_recurrence &&
        number(population, SrcNeuron::kNoise) != 0) {
      error(population.mark, path + "noise",
            "noise cannot be trained through with training.recurrent_gradient: full");
    }
    if (population.model == LifNeuron::kInfo.name &&
        number(population, LifNeuron::kRefractorySteps) != 0) {
      error(population.mark, path + "refractory_steps",
            "neurons with a refractory time cannot be trained");
    }
  }

  static constexpr const char* kNoWay = "cannot learn: no way leads from here to the readout";

  const Description& description_;
  const GradientMode& mode_;
  std::vector<std::uint8_t> reaches_, learns_;
  std::vector<Diagnostic> errors_;
};

}  // namespace

Plan make_plan(const Description& description, const GradientMode& mode) {
  return Planner(description, mode).plan();
}

}  // namespace neurosim
