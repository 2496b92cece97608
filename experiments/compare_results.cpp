#include "experiments/compare_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <utility>

#include "experiments/compare_values.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// A quantity and how one more sample of it is compared.
struct Check {
  Compared compared;
  std::function<void(Compared&, const SampleRows&)> compare;
};

struct Counter {
  const char* name;
  std::uint64_t PopulationCounters::*value;
  bool of_engine;  ///< the engines differ in it: the reference engine skips nothing
};
constexpr Counter kCounters[] = {
    {"spikes", &PopulationCounters::spikes, false},
    {"updates_done", &PopulationCounters::updates_done, true},
    {"updates_driven", &PopulationCounters::updates_driven, false},
    {"updates_skipped", &PopulationCounters::updates_skipped, true},
};

struct ProjectionCounter {
  const char* name;
  std::uint64_t ProjectionCounters::*value;
};
constexpr ProjectionCounter kProjectionCounters[] = {
    {"events", &ProjectionCounters::events},
    {"synaptic_operations", &ProjectionCounters::synaptic_operations},
    {"accumulates", &ProjectionCounters::accumulates},
    {"multiply_accumulates", &ProjectionCounters::multiply_accumulates},
};

FileFacts facts_of(const Results& results) {
  const RunHeader& header = results.header();
  return {.file = results.path(),
          .network = header.network_name,
          .version = header.version,
          .precision = header.precision,
          .engine = header.engine,
          .seed = header.seed,
          .length = results.samples(),
          .complete = results.complete()};
}

/// Adds what was counted of one more sample.
void add_totals(Compared& compared, double a, double b) {
  compared.a = compared.a.value_or(0) + a;
  compared.b = compared.b.value_or(0) + b;
}

double mean(std::span<const double> values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// Compares two results files sample by sample. REQUIRES: the files outlive it.
class ResultsComparison {
 public:
  ResultsComparison(const Results& a, const Results& b) : a_(a), b_(b) {
    out_.a = facts_of(a);
    out_.b = facts_of(b);
  }

  FileComparison compare() {
    const RunHeader &header_a = a_.header(), &header_b = b_.header();
    out_.configuration =
        compare_yaml(a_.path(), header_a.network_yaml, b_.path(), header_b.network_yaml);
    const std::vector<SampleRun> runs = common_runs(sample_runs(a_), sample_runs(b_));
    for (const SampleRun& run : runs) out_.common += run.count;
    if (runs.empty() && a_.samples() + b_.samples() > 0) differ("no sample is in both");
    match_time();
    match_classes();
    match_readout();
    match_populations();
    match_traces();
    match_projections();
    for (const SampleRun& run : runs) {
      for (std::size_t k = 0; k < run.count; ++k) {
        const SampleRows rows = {run.rows.sample + k, run.rows.a + k, run.rows.b + k};
        for (Check& check : checks_) check.compare(check.compared, rows);
      }
    }
    take_checks();
    return std::move(out_);
  }

 private:
  void differ(std::string text) { out_.unmatched.push_back({std::move(text), true}); }
  void recorded_in_one(const std::string& what, const char* file) {
    out_.unmatched.push_back({fmt::format("{}: only in {}", what, file), false});
  }

  void add(ComparedQuantity quantity, std::string name, std::string detail,
           std::function<void(Compared&, const SampleRows&)> compare) {
    Compared compared;
    compared.quantity = quantity;
    compared.name = std::move(name);
    compared.detail = std::move(detail);
    checks_.push_back({std::move(compared), std::move(compare)});
  }

  void match_time() {
    const RunHeader &a = a_.header(), &b = b_.header();
    if (a.ticks_per_sample != b.ticks_per_sample) {
      differ(
          fmt::format("steps a sample: {} in a, {} in b", a.ticks_per_sample, b.ticks_per_sample));
    }
    same_step_ = a.step_ms == b.step_ms;
    if (same_step_) return;
    differ(fmt::format("steps of {} ms in a, {} ms in b: spikes and states are not compared",
                       a.step_ms, b.step_ms));
  }

  void match_classes() {
    add(ComparedQuantity::kLabels, "", "", [this](Compared& compared, const SampleRows& rows) {
      compare_integers(compared, rows, a_.label(rows.a), b_.label(rows.b));
    });
    add(ComparedQuantity::kPredictions, "", "", [this](Compared& compared, const SampleRows& rows) {
      const std::int64_t in_a = a_.prediction(rows.a), in_b = b_.prediction(rows.b);
      const std::int64_t label_a = a_.label(rows.a), label_b = b_.label(rows.b);
      compare_integers(compared, rows, in_a, in_b);
      if (std::min({in_a, in_b, label_a, label_b}) < 0) return;
      ++labelled_;
      add_totals(compared, label_a == in_a, label_b == in_b);
    });
  }

  static void compare_integers(Compared& compared, const SampleRows& rows, std::int64_t a,
                               std::int64_t b) {
    ++compared.rows;
    compared.differ += compare_pair(compared, {.row = rows.sample}, static_cast<double>(a),
                                    static_cast<double>(b));
    compared.largest = 0;  // classes have no distance
  }

  void match_readout() {
    if (a_.samples() == 0 || b_.samples() == 0) return;
    const std::size_t classes_a = a_.readout(0).size(), classes_b = b_.readout(0).size();
    if (classes_a != classes_b) {
      differ(fmt::format("readout: {} values in a, {} in b", classes_a, classes_b));
    } else if (classes_a > 0) {
      add(ComparedQuantity::kReadout, "", "", [this](Compared& compared, const SampleRows& rows) {
        compare_row(compared, a_.readout(rows.a), b_.readout(rows.b), [&](std::size_t k) {
          return FirstDifference{.row = rows.sample, .neuron = k};
        });
      });
    }
  }

  /// Calls `match(index in a, index in b)` for what both have, names what one has alone.
  template <class Item, class Match>
  void match_names(const std::string& noun, const std::vector<Item>& a, const std::vector<Item>& b,
                   Match match) {
    for (std::size_t k = 0; k < a.size(); ++k) {
      const auto found = std::ranges::find(b, a[k].name, &Item::name);
      if (found == b.end()) {
        differ(fmt::format("{} {}: only in a", noun, a[k].name));
      } else {
        match(k, static_cast<std::size_t>(found - b.begin()));
      }
    }
    for (const Item& item : b) {
      if (std::ranges::find(a, item.name, &Item::name) != a.end()) continue;
      differ(fmt::format("{} {}: only in b", noun, item.name));
    }
  }

  void match_populations() {
    match_names("population", a_.header().populations, b_.header().populations,
                [this](std::size_t a, std::size_t b) { match_population(a, b); });
  }

  void match_population(std::size_t a, std::size_t b) {
    const RecordedPopulation &in_a = a_.header().populations[a], &in_b = b_.header().populations[b];
    if (in_a.size != in_b.size) {
      differ(
          fmt::format("population {}: {} neurons in a, {} in b", in_a.name, in_a.size, in_b.size));
    }
    const auto facts = [](const RecordedPopulation& p) {
      return fmt::format("model {}, shape {}, {} stored parameters", p.model,
                         fmt::join(p.shape, " x "), p.parameters);
    };
    if (facts(in_a) != facts(in_b)) {
      differ(fmt::format("population {}: {} in a; {} in b", in_a.name, facts(in_a), facts(in_b)));
    }
    if (in_a.spikes != in_b.spikes) {
      differ(fmt::format("population {}: sends spikes only in {}", in_a.name,
                         in_a.spikes ? "a" : "b"));
    }
    if (a_.has_raster(a) != b_.has_raster(b)) {
      recorded_in_one("spikes of " + in_a.name, a_.has_raster(a) ? "a" : "b");
    } else if (in_a.raster_neurons != in_b.raster_neurons) {
      out_.unmatched.push_back(
          {fmt::format("spikes of {}: of other neurons in a than in b", in_a.name), false});
    } else if (a_.has_raster(a) && same_step_) {
      add(ComparedQuantity::kSpikes, in_a.name, "",
          [this, a, b](Compared& compared, const SampleRows& rows) {
            compare_trains(compared, rows.sample, a_.header().step_ms, a_.raster(a, rows.a),
                           b_.raster(b, rows.b));
          });
    }
    if (in_a.spikes && in_b.spikes && in_a.size == in_b.size) add_activity(in_a.name, a, b);
    for (const Counter& counter : kCounters) add_counter(in_a.name, counter, a, b);
  }

  void add_activity(const std::string& name, std::size_t a, std::size_t b) {
    add(ComparedQuantity::kActivity, name, "",
        [this, a, b](Compared& compared, const SampleRows& rows) {
          const auto in_a = a_.activity(a, rows.a), in_b = b_.activity(b, rows.b);
          compare_row(compared, in_a, in_b, [&](std::size_t k) {
            return FirstDifference{.row = rows.sample, .neuron = k};
          });
          add_totals(compared, mean(in_a), mean(in_b));
        });
  }

  static void compare_counts(Compared& compared, const SampleRows& rows, std::uint64_t a,
                             std::uint64_t b) {
    const auto in_a = static_cast<double>(a), in_b = static_cast<double>(b);
    ++compared.rows;
    compared.differ += compare_pair(compared, {.row = rows.sample}, in_a, in_b);
    add_totals(compared, in_a, in_b);
  }

  void add_counter(const std::string& name, const Counter& counter, std::size_t a, std::size_t b) {
    if (counter.of_engine && out_.a.engine != out_.b.engine) return;
    add(ComparedQuantity::kCounters, name, counter.name,
        [this, a, b, value = counter.value](Compared& compared, const SampleRows& rows) {
          compare_counts(compared, rows, a_.count(a, value, rows.a), b_.count(b, value, rows.b));
        });
  }

  void match_projections() {
    const auto& in_a = a_.header().projections;
    const auto facts = [](const RecordedProjection& p) {
      return fmt::format("{} synapses, {} with a weight, delay {}", p.synapses, p.nonzero_synapses,
                         p.delay);
    };
    match_names("projection", in_a, b_.header().projections, [&](std::size_t a, std::size_t b) {
      const std::string of_a = facts(in_a[a]), of_b = facts(b_.header().projections[b]);
      if (of_a != of_b) {
        differ(fmt::format("projection {}: {} in a; {} in b", in_a[a].name, of_a, of_b));
      }
      for (const ProjectionCounter& counter : kProjectionCounters) {
        add(ComparedQuantity::kCounters, in_a[a].name, counter.name,
            [this, a, b, value = counter.value](Compared& compared, const SampleRows& rows) {
              compare_counts(compared, rows, a_.count(a, value, rows.a),
                             b_.count(b, value, rows.b));
            });
      }
    });
  }

  /// A state variable in a file.
  struct Recorded {
    std::size_t trace = 0, variable = 0;
  };
  using RecordedStates = std::map<std::pair<std::string, std::string>, Recorded>;

  static RecordedStates states_of(const RunHeader& header) {
    RecordedStates states;
    for (std::size_t k = 0; k < header.traces.size(); ++k) {
      const StateTrace& trace = header.traces[k];
      for (std::size_t v = 0; v < trace.variables.size(); ++v) {
        states.emplace(std::pair{header.populations[trace.population].name, trace.variables[v]},
                       Recorded{k, v});
      }
    }
    return states;
  }

  void match_traces() {
    const RecordedStates in_a = states_of(a_.header()), in_b = states_of(b_.header());
    const auto what = [](const auto& key) {
      return fmt::format("state {} of {}", key.second, key.first);
    };
    for (const auto& [key, state] : in_a) {
      const auto found = in_b.find(key);
      if (found == in_b.end()) {
        recorded_in_one(what(key), "a");
      } else if (same_step_) {
        add_state(key.first, key.second, state, found->second);
      }
    }
    for (const auto& [key, state] : in_b) {
      if (!in_a.contains(key)) recorded_in_one(what(key), "b");
    }
  }

  void add_state(const std::string& population, const std::string& variable, Recorded a,
                 Recorded b) {
    StateColumns columns = common_columns(a_.header().traces[a.trace], b_.header().traces[b.trace]);
    const std::size_t neurons = columns.neurons.size();
    if (neurons < std::max(columns.width_a, columns.width_b)) {
      out_.unmatched.push_back(
          {fmt::format("state {} of {}: {} neurons in a, {} in b, {} in both", variable, population,
                       columns.width_a, columns.width_b, neurons),
           false});
    }
    if (neurons == 0) return;
    add(ComparedQuantity::kStates, population, variable,
        [this, a, b, columns = std::move(columns)](Compared& compared, const SampleRows& rows) {
          compare_states(compared, rows.sample, a_.header().step_ms, columns,
                         a_.trace_values(a.trace, a.variable, rows.a),
                         b_.trace_values(b.trace, b.variable, rows.b));
        });
  }

  /// Sums become means where they are means of samples.
  void take_checks() {
    for (Check& check : checks_) {
      Compared& compared = check.compared;
      const bool share = compared.quantity == ComparedQuantity::kPredictions;
      if (compared.a && (share || compared.quantity == ComparedQuantity::kActivity)) {
        const auto count = static_cast<double>(share ? labelled_ : compared.rows);
        *compared.a /= count;
        *compared.b /= count;
      }
      out_.quantities.push_back(std::move(compared));
    }
    std::ranges::stable_sort(out_.quantities, {}, &Compared::quantity);
  }

  const Results &a_, &b_;
  FileComparison out_;
  std::vector<Check> checks_;
  bool same_step_ = true;
  std::uint64_t labelled_ = 0;  ///< samples with a label and a prediction in both
};

}  // namespace

FileComparison compare_results(const Results& a, const Results& b) {
  return ResultsComparison(a, b).compare();
}

}  // namespace neurosim
