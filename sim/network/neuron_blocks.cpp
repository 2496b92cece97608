#include "sim/network/neuron_blocks.hpp"

#include <string>

#include "models/model_list.hpp"
#include "sim/core/aligned.hpp"
#include "sim/core/error.hpp"
#include "sim/network/kernels.hpp"

namespace neurosim {
namespace {

template <class Model, class T>
class BlocksOf final : public NeuronBlocks<T> {
  using Parameters = typename Model::template Parameters<T>;
  using Cells = typename Model::template Cells<T>;
  using State = typename Model::template State<T>;
  static_assert(sizeof(State) % 64 == 0 && alignof(State) == 64);

 public:
  BlocksOf(std::size_t size, std::span<const FieldValue> values, double step_ms,
           typename Kernels<T>::Step step_kernel, typename Kernels<T>::Run run_kernel,
           typename Kernels<T>::Adjoint adjoint_kernel)
      : NeuronBlocks<T>(Model::kInfo, size),
        step_ms_(step_ms),
        step_(step_kernel),
        run_(run_kernel),
        adjoint_(adjoint_kernel) {
    cells_.resize(static_cast<std::size_t>(this->blocks()));
    assign({values.begin(), values.end()});
  }

  void assign(std::vector<FieldValue> values) override {
    this->values_ = std::move(values);
    parameters_ = Model::template parameters<T>(this->values_, step_ms_);
    if (Model::kInfo.receptors != nullptr) {
      this->receptors_ = Model::kInfo.receptors(this->values_);
    }
    this->graded_ = Model::kInfo.graded && (Model::kInfo.sends_values == nullptr ||
                                            Model::kInfo.sends_values(this->values_));
    for (std::size_t block = 0; block < cells_.size(); ++block) {
      for (int lane = 0; lane < kBlock; ++lane) {
        // Lanes past the last neuron repeat it: they compute, but nobody sees them.
        const std::size_t neuron = block * kBlock + static_cast<std::size_t>(lane);
        Model::fill(cells_[block], lane, this->values_, std::min(neuron, this->size() - 1));
      }
    }
  }

  std::size_t state_bytes() const override { return sizeof(State); }

  void reset(int block, void* state) const override {
    Model::reset(parameters_, cells(block), *static_cast<State*>(state));
  }

  std::uint32_t step(int block, void* state, const T* input, const StepContext& context, T* output,
                     const Tape<T>& tape) const override {
    return step_(&parameters_, &cells(block), state, input, context, output, tape);
  }

  void run(int block, void* state, BlockRun<T>& run) const override {
    run_(&parameters_, &cells(block), state, run);
  }

  int tape_rows(const GradientMode& mode) const override {
    if constexpr (TrainableModel<Model>) return Model::tape_rows(mode);
    throw InternalError(not_trainable());
  }

  std::size_t carry_bytes() const override {
    if constexpr (TrainableModel<Model>) {
      using Carry = typename Model::template Carry<T>;
      static_assert(sizeof(Carry) % 64 == 0 && alignof(Carry) == 64);
      return sizeof(Carry);
    }
    throw InternalError(not_trainable());
  }

  void adjoint(int block, const GradientMode& mode, void* carry, const AdjointRange<T>& range,
               T* d_parameters) const override {
    if (adjoint_ == nullptr) throw InternalError(not_trainable());
    adjoint_(&parameters_, &cells(block), mode, carry, range, d_parameters);
  }

  double error_filter(const GradientMode& mode) const override {
    if constexpr (TrainableModel<Model>) return Model::error_filter(this->values_, mode);
    throw InternalError(not_trainable());
  }

  double observe(int block, const void* state, std::size_t variable, int lane,
                 Tick tick) const override {
    return Model::observe(parameters_, cells(block), *static_cast<const State*>(state), variable,
                          lane, tick);
  }

 private:
  static_assert(TrainableModel<Model> == Model::kInfo.trainable);
  static std::string not_trainable() {
    return std::string(Model::kInfo.name) + " has no adjoint; plan.cpp must refuse it";
  }

  const Cells& cells(int block) const { return cells_[static_cast<std::size_t>(block)]; }

  double step_ms_;
  Parameters parameters_ = {};
  AlignedVector<Cells> cells_;
  typename Kernels<T>::Step step_;
  typename Kernels<T>::Run run_;
  typename Kernels<T>::Adjoint adjoint_;
};

template <class T, std::size_t kIndex = 0>
std::unique_ptr<NeuronBlocks<T>> make(std::string_view model, std::size_t size,
                                      std::span<const FieldValue> values, double step_ms) {
  if constexpr (kIndex < std::tuple_size_v<ModelList>) {
    using Model = std::tuple_element_t<kIndex, ModelList>;
    if (model != Model::kInfo.name) return make<T, kIndex + 1>(model, size, values, step_ms);
    return std::make_unique<BlocksOf<Model, T>>(size, values, step_ms, kernels<T>().step[kIndex],
                                                kernels<T>().run[kIndex],
                                                kernels<T>().adjoint[kIndex]);
  } else {
    throw InternalError("unregistered neuron model " + std::string(model));
  }
}

}  // namespace

template <class T>
std::unique_ptr<NeuronBlocks<T>> make_neuron_blocks(std::string_view model, std::size_t size,
                                                    std::span<const FieldValue> values,
                                                    double step_ms) {
  return make<T>(model, size, values, step_ms);
}

template std::unique_ptr<NeuronBlocks<float>> make_neuron_blocks(std::string_view, std::size_t,
                                                                 std::span<const FieldValue>,
                                                                 double);
template std::unique_ptr<NeuronBlocks<double>> make_neuron_blocks(std::string_view, std::size_t,
                                                                  std::span<const FieldValue>,
                                                                  double);

}  // namespace neurosim
