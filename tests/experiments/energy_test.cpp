// Counts and prices, worked out by hand.

#include "experiments/energy.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "run_files.hpp"
#include "sim/core/error.hpp"
#include "sim/io/hdf5.hpp"

namespace neurosim {
namespace {

/// Sources 0 and 1 spike together at tick 0, which makes the neuron fire; 1 spikes again at tick 2.
constexpr const char* kThreeNeurons =
    "format: neurosim/1\nname: three\ntime: { steps: 4 }\npopulations:\n"
    "  in: { model: spike_list, size: 2, spikes: [[0, 0], [0, 1], [2, 1]] }\n"
    "  out: { model: lif, size: 1, parameters: { threshold: 1 } }\n"
    "projections:\n"
    "  - { from: in, to: out, connect: all_to_all, weights: 0.6 }\n";

NetworkWork work_of(const std::string& yaml) {
  const test::RunFolder folder;
  run_network(test::describe(yaml), {.output = folder.path("run.h5")});
  return count_work(Results(folder.path("run.h5")));
}

const Device& device(const std::string& name) {
  for (const Device& candidate : built_in_devices()) {
    if (candidate.name == name) return candidate;
  }
  throw std::runtime_error("no such device");
}

TEST_CASE("the work of three neurons") {
  const NetworkWork work = work_of(kThreeNeurons);
  CHECK(work.samples == 1);
  CHECK(work.steps == 4);
  const ProjectionWork& projection = work.projections.at(0);
  CHECK(projection.events == 3);
  CHECK(projection.synaptic_operations == 3);
  CHECK(projection.accumulates == 3);
  CHECK(projection.multiply_accumulates == 0);
  CHECK(projection.pairs == 2);
  CHECK(projection.dense_operations == 8);
  CHECK(projection.weight_bytes == 8);
  CHECK(projection.weight_bytes_read == 12);
  const PopulationWork& out = work.populations.at(1);
  CHECK(out.spike_events == 1);
  CHECK(out.updates_driven == 2);
  CHECK(out.dense_updates() == 4);
  // V and the tick that it belongs to, 4 bytes each.
  CHECK(out.state_bytes == 8);
  CHECK(out.state_bytes_moved == 2 * 8 * (out.updates_driven + out.updates_idle));
  CHECK(work.activation_sparsity() == 0.75);
  CHECK(work.connection_sparsity() == 0);
  CHECK(work.footprint_bytes() == 8 + 8 + out.parameter_bytes);
}

TEST_CASE("weights of 0 are no effective operations, graded spikes are multiplied") {
  const NetworkWork work = work_of(
      "format: neurosim/1\nname: graded\ntime: { steps: 200 }\nprecision: double\npopulations:\n"
      "  in: { model: spike_list, size: 1, spikes: [[0, 0], [1, 0], [2, 0]] }\n"
      "  src: { model: src, size: 2, parameters: { bias: -4 } }\n"
      "  out: { model: lif, size: 1 }\n"
      "projections:\n"
      "  - { from: in, to: src, connect: all_to_all, weights: 0 }\n"
      "  - { from: src, to: out, connect: all_to_all, weights: 0.5 }\n");
  CHECK(work.projections[0].synaptic_operations == 6);
  CHECK(work.projections[0].accumulates == 0);
  CHECK(work.connection_sparsity() == 0.5);
  CHECK(work.populations[1].updates_driven == 0);
  const std::uint64_t sent = work.populations[1].spike_events;
  CHECK(sent > 0);
  CHECK(work.projections[1].accumulates == 0);
  CHECK(work.projections[1].multiply_accumulates == sent);
  CHECK(work.projections[1].weight_bytes_read == 8 * sent);
}

TEST_CASE("several synapses of a pair are as many weights of a dense layer") {
  const test::RunFolder folder;
  {
    // Two synapses from neuron 0 to neuron 0.
    hdf5::File file = hdf5::File::create(folder.path("pairs.h5"));
    const std::vector<std::int64_t> pairs(4, 0);
    file.root()
        .create_dataset("pairs", hdf5::Type::kI64, {.shape = {2, 2}})
        .write(std::span<const std::int64_t>(pairs));
  }
  const NetworkWork work =
      work_of(fmt::format("format: neurosim/1\nname: twice\ntime: {{ steps: 4 }}\npopulations:\n"
                          "  in: {{ model: spike_list, size: 1, spikes: [[0, 0]] }}\n"
                          "  out: {{ model: lif, size: 1 }}\nprojections:\n"
                          "  - {{ from: in, to: out, connect: {{ type: pairs, file: {}, dataset: "
                          "pairs }}, weights: 0.6 }}\n",
                          folder.path("pairs.h5")));
  CHECK(work.projections[0].accumulates == 2);
  CHECK(work.projections[0].pairs == 2);
  CHECK(work.connection_sparsity() == 0);
}

TEST_CASE("binary spikes of an SRC are accumulated, but not by weights that round to 0") {
  const NetworkWork work = work_of(
      "format: neurosim/1\nname: binary\ntime: { steps: 200 }\nprecision: double\npopulations:\n"
      "  in: { model: spike_list, size: 1, spikes: [[0, 0]] }\n"
      "  src: { model: src, size: 2, parameters: { bias: -4, output: binary } }\n"
      "  out: { model: lif, size: 2 }\n"
      "projections:\n"
      "  - { from: in, to: src, connect: all_to_all, weights: 0 }\n"
      "  - { from: src, to: out, connect: class_groups, bits: 3 }\n");  // -0.1 of steps of 1/3
  const std::uint64_t sent = work.populations[1].spike_events;
  CHECK(sent > 0);
  CHECK(work.projections[1].synaptic_operations == 2 * sent);
  CHECK(work.projections[1].accumulates == sent);
  CHECK(work.projections[1].multiply_accumulates == 0);
}

TEST_CASE("the energy of three neurons") {
  const NetworkWork work = work_of(kThreeNeurons);
  const EnergyEstimate cmos = estimate_energy(work, device("cmos45-fp32"));
  CHECK(cmos.spiking.synapses == doctest::Approx(3 * 0.9));
  CHECK(cmos.spiking.weights == doctest::Approx(12.0 / 8 * 10));
  const auto moved = static_cast<double>(work.populations[1].state_bytes_moved);
  CHECK(cmos.spiking.states == doctest::Approx(moved / 8 * 10));
  CHECK(std::isnan(cmos.spiking.updates));
  CHECK(cmos.spiking.compute() == cmos.spiking.synapses);
  CHECK(cmos.unpriced == std::vector<std::string>{"spike", "neuron_update"});
  CHECK(cmos.non_spiking.synapses == doctest::Approx(2 * 4.6));
  CHECK(cmos.non_spiking.weights == doctest::Approx(8.0 / 8 * 10));
  CHECK(cmos.non_spiking.states == doctest::Approx(2 * 4.0 / 8 * 10));
  CHECK(std::isnan(cmos.by_population[0].spikes));
  CHECK(cmos.by_population[1].total() == cmos.spiking.total());

  // A quarter of the bytes.
  const EnergyEstimate narrow = estimate_energy(work, device("cmos45-int8"));
  CHECK(narrow.spiking.memory() == doctest::Approx(cmos.spiking.memory() / 4));

  const EnergyEstimate loihi = estimate_energy(work, device("loihi"));
  CHECK(loihi.spiking.synapses == doctest::Approx(3 * 23.6));
  CHECK(loihi.spiking.updates == doctest::Approx(81 * 2 + 52 * 2));
  CHECK(loihi.spiking.spikes == doctest::Approx(1.7 * 4));
  CHECK(loihi.unpriced == std::vector<std::string>{"state memory", "weight memory"});

  const EnergyEstimate all_in = estimate_energy(work, device("truenorth"));
  CHECK(all_in.spiking.total() == doctest::Approx(3 * 26.0));
  CHECK(all_in.unpriced.empty());

  // Over what both have a price for: synapses, weights and states.
  CHECK(cmos.ratio() == doctest::Approx((cmos.non_spiking.synapses + cmos.non_spiking.memory()) /
                                        (cmos.spiking.synapses + cmos.spiking.memory())));

  const EnergyEstimate cpu = estimate_energy(work, device("cpu"));
  CHECK(cpu.spiking.synapses == doctest::Approx(8 * 8600.0));
  CHECK(cpu.spiking.updates == doctest::Approx(4 * 8600.0));
}

TEST_CASE("memory is priced by its size") {
  const Device& cmos = device("cmos45-fp32");
  CHECK(cmos.memory_price(1)->pj == 10);
  CHECK(cmos.memory_price(8192)->pj == 10);
  CHECK(cmos.memory_price(8193)->pj == 20);
  CHECK(cmos.memory_price(std::uint64_t{1} << 40)->pj == 1300);
  CHECK(device("loihi").memory_price(1) == nullptr);
}

TEST_CASE("every built-in price names its source") {
  for (const Device& candidate : built_in_devices()) {
    CAPTURE(candidate.name);
    CHECK(!candidate.scope.empty());
    for (const auto& price : candidate.prices) {
      if (price) CHECK((price->included || !price->source.empty()));
    }
    for (const MemoryPrice& tier : candidate.memory) {
      CHECK((tier.access.included || !tier.access.source.empty()));
    }
  }
}

std::string error_of(const std::string& yaml) {
  try {
    parse_devices(yaml, "mine.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kMine =
    "format: neurosim-devices/1\n"
    "devices:\n"
    "  mine:\n"
    "    title: Mine\n"
    "    version: 2\n"
    "    scope: all of it\n"
    "    skips_silent_synapses: true\n"
    "    skips_resting_neurons: true\n"
    "    prices: { spike: { pj: 1, source: measured } }\n";

TEST_CASE("price tables of the user's own") {
  const std::vector<Device> devices = parse_devices(kMine, "mine.yaml");
  REQUIRE(devices.size() == 1);
  CHECK(devices[0].version == 2);
  CHECK(devices[0].price(EnergyTerm::kSpike)->source == "measured");
  CHECK(!devices[0].price(EnergyTerm::kAccumulate));
}

TEST_CASE("mistakes in price tables") {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string yaml = kMine;
    yaml.replace(yaml.find(from), from.size(), to);
    return error_of(yaml);
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos;
  };
  CHECK(contains(with("devices/1", "devices/7"), "mine.yaml:1:9: format: expected"));
  CHECK(contains(with("pj: 1", "pj: -1"),
                 "devices.mine.prices.spike.pj: expected a number >= 0, got -1"));
  CHECK(contains(with("pj: 1", "pJ: 1"), "did you mean \"pj\"?"));
  CHECK(contains(with("{ pj: 1, source: measured }", "free"), "or `included`"));
  CHECK(contains(with("    scope: all of it\n", ""), "scope"));
  CHECK(contains(with("spike: {", "synaptic_operation: { pj: 1, source: x }, accumulate: {"),
                 "is given by synaptic_operation already"));
  CHECK(contains(error_of("format: neurosim-devices/1\ndevices: {}\n"), "names no device"));
  CHECK(contains(
      error_of(std::string(kMine) +
               "    memory: [{ pj: 1, source: a }, { up_to_bytes: 4, pj: 1, source: b }]\n"),
      "which covers every size"));
  CHECK(
      contains(error_of(std::string(kMine) + "    memory: [{ up_to_bytes: 8, pj: 1, source: a }, { "
                                             "up_to_bytes: 4, pj: 1, source: b }]\n"),
               "sizes must ascend"));
}

}  // namespace
}  // namespace neurosim
