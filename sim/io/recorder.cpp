#include "sim/io/recorder.hpp"

// The results file, format "neurosim-results/2". S samples, n neurons, T = ticks_per_sample, N
// spikes of a raster. Everything is little-endian; strings are variable-length UTF-8; growing
// datasets are chunked. [d] marks those compressed by shuffle + deflate level 1.
//
//   /                                 magic u32 = 0x0A7A; version u32[2] = {0, 1}       (SONATA)
//   /spikes/<population>/             for each raster; sorting enum(u8) {none 0, by_id 1,
//                                     by_time 2} = by_time
//     timestamps    f64[N]  [d]       (sample T + tick) step_ms; units = "ms"
//     node_ids      u64[N]  [d]       ascending within one timestamp
//   /report/<population>_<variable>/  for each recorded state variable; F = S T frames
//     data          f32[F][n]  [d]    units = "1"
//     mapping/      node_ids u64[n] (sorted u8), index_pointers u64[n + 1] = 0..n and the same
//                   dataset as index_pointer, element_ids u32[n] = 0,
//                   time f64[3] = start, stop, step (units = "ms")
//   /neurosim/                        format, version, network_name, engine, precision: text;
//                                     seed u64; step_ms f64; ticks_per_sample i64;
//                                     samples u64 = S; complete u8: 0 = interrupted
//     network_yaml  text              the network as run, every default written out
//     class_names   text[]            may be empty
//     samples/      index u64[S], label i64[S] (-1: none), prediction i64[S] (-1: none),
//                   first_tick u64[S] (its place on the common axis of time) [d],
//                   readout f64[S][classes] when there is a readout
//     populations/<name>/             index u64, model text, size u64 = n, shape u64[],
//                                     parameters u64 (numbers stored for its neurons),
//                                     spikes, graded, raster u8
//       spikes, updates_done, updates_driven, updates_skipped  u64[S]  [d]
//       onsets        u64[S]     [d]  of the spikes, those of neurons that sent none at the tick
//                                     before where spikes last (src), all of them elsewhere
//                                     (absent in files of before 2026-11-29)
//       activity      f32[S][n]  [d]  share of the ticks at which each neuron spiked, T(s) of
//                                     Eq. 4; with activity_mean f64[S] [d], its mean over the
//                                     neurons; only where spikes = 1
//       sample_offset u64[S + 1] [d]  rasters only: spikes of sample s are entries
//                                     sample_offset[s] up to sample_offset[s + 1]
//       raster_neurons u32[]        rasters of some of the neurons only: whose spikes these are,
//                                     ascending
//       spike_values  f32 or f64 [N]  graded rasters only; f64 unless precision = "single"; [d] of
//                                     sources
//     projections/<name>/             index u64, from, to text, synapses u64,
//                                     nonzero_synapses u64, delay i64 (ticks; the shortest
//                                     possible where they are drawn)
//       events, synaptic_operations, accumulates, multiply_accumulates  u64[S]  [d]
//     traces/<k>/                     index u64 = k, population text, variables text[],
//                                     reports text[] (names under /report), neurons u32[n]
//
// Measured on a 2-core virtual machine (Debian 12, HDF5 1.10.8, zlib 1.2.13), for one graded
// spike: timestamps 20 ns and 0.2 of 8 bytes, node_ids 37 ns and 0.8 of 8 bytes, values 73 ns and
// 3.3 of 4 bytes when compressed; 3 to 5 ns each when not. Hence the marks above.

#include <fmt/format.h>

#include <cmath>
#include <mutex>
#include <set>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"
#include "sim/io/run_header.hpp"
#include "sim/io/run_tables.hpp"
#include "sim/io/sonata_writer.hpp"

namespace neurosim {
namespace {

/// The reports of one state trace, one a variable.
using TraceReports = std::vector<ReportWriter>;

RasterWriter::Values values_of(const RunHeader& header, const RecordedPopulation& population) {
  if (!population.graded) return RasterWriter::Values::kNone;
  // Single-precision spikes fit f32 exactly; anything else must not lose bits, or a recorded run
  // could not be played back.
  return header.precision == "single" ? RasterWriter::Values::kSingle
                                      : RasterWriter::Values::kDouble;
}

/// Everything in the file, as open groups and datasets.
class Contents {
 public:
  Contents(hdf5::Group root, const RunHeader& header)
      : axis_{header.ticks_per_sample, header.step_ms}, own_(root.create_group("neurosim")) {
    write_sonata_magic(root);
    write_run_header(own_, header);
    samples_.emplace(own_.create_group("samples"));
    for (const auto& population : header.populations) {
      populations_.emplace_back(own_.group("populations/" + population.name), population);
    }
    for (const auto& projection : header.projections) {
      projections_.emplace_back(own_.group("projections/" + projection.name));
    }
    create_rasters(root, header);
    create_reports(root, header);
  }

  void append(const SampleRecord& record) {
    NS_ASSERT(record.ticks == axis_.ticks_per_sample);
    NS_ASSERT(record.populations.size() == populations_.size());
    NS_ASSERT(record.projections.size() == projections_.size());
    NS_ASSERT(record.traces.size() == reports_.size());
    samples_->append(record, count_ * static_cast<std::uint64_t>(record.ticks));
    for (std::size_t p = 0; p < populations_.size(); ++p) {
      populations_[p].append(record.populations[p]);
      if (populations_[p].has_activity()) {
        populations_[p].append_activity(record.spiking_ticks.at(p), record.ticks);
      }
      if (rasters_[p]) rasters_[p]->append(count_, record.spikes.at(p));
    }
    for (std::size_t p = 0; p < projections_.size(); ++p) {
      projections_[p].append(record.projections[p]);
    }
    for (std::size_t k = 0; k < reports_.size(); ++k) append_trace(record.traces[k], reports_[k]);
    ++count_;
  }

  void finish(RunEnd how) {
    samples_->flush();
    for (auto& table : populations_) table.flush();
    for (auto& table : projections_) table.flush();
    for (auto& raster : rasters_) {
      if (raster) raster->flush();
    }
    const auto frames = count_ * static_cast<std::uint64_t>(axis_.ticks_per_sample);
    for (auto& trace : reports_) {
      for (auto& report : trace) report.finish(frames, axis_.step_ms);
    }
    own_.set_number<std::uint64_t>("samples", count_);
    own_.set_number<std::uint8_t>("complete", how == RunEnd::kComplete ? 1 : 0);
  }

 private:
  void create_rasters(hdf5::Group& root, const RunHeader& header) {
    rasters_.resize(header.populations.size());
    std::optional<hdf5::Group> spikes;
    for (std::size_t p = 0; p < rasters_.size(); ++p) {
      const auto& population = header.populations[p];
      if (!population.record_raster) continue;
      if (!spikes) spikes = root.create_group("spikes");
      auto own = own_.group("populations/" + population.name);
      rasters_[p].emplace(*spikes, own, population, axis_, values_of(header, population));
    }
  }

  void create_reports(hdf5::Group& root, const RunHeader& header) {
    reports_.resize(header.traces.size());
    if (reports_.empty()) return;
    auto reports = root.create_group("report");
    for (std::size_t k = 0; k < reports_.size(); ++k) {
      const StateTrace& trace = header.traces[k];
      NS_ASSERT(!trace.neurons.empty() && !trace.variables.empty());
      for (std::size_t v = 0; v < trace.variables.size(); ++v) {
        reports_[k].emplace_back(reports, report_name(header, k, v), trace.neurons);
      }
    }
  }

  void append_trace(const StateTrace& trace, TraceReports& reports) const {
    const std::size_t block =
        static_cast<std::size_t>(axis_.ticks_per_sample) * trace.neurons.size();
    NS_ASSERT(trace.values.size() == reports.size() * block);
    for (std::size_t v = 0; v < reports.size(); ++v) {
      reports[v].append(std::span(trace.values).subspan(v * block, block));
    }
  }

  TimeAxis axis_;
  hdf5::Group own_;
  std::uint64_t count_ = 0;  ///< samples
  std::optional<SampleTable> samples_;
  std::vector<PopulationTable> populations_;
  std::vector<ProjectionTable> projections_;
  std::vector<std::optional<RasterWriter>> rasters_;
  std::vector<TraceReports> reports_;
};

/// Keeps a file that could not be written open, and untouched, until the process ends: HDF5 1.10
/// corrupts its own memory when it is made to close one.
void leave_open(hdf5::File file, std::unique_ptr<Contents> contents) {
  struct Left {
    hdf5::File file;
    std::unique_ptr<Contents> contents;
  };
  static std::mutex mutex;
  static auto* const left = new std::vector<Left>;
  const std::lock_guard lock(mutex);
  left->push_back({std::move(file), std::move(contents)});
}

class Hdf5Recorder : public Sink {
 public:
  Hdf5Recorder(const std::string& path, const RunHeader& header, Overwrite overwrite)
      : partial_(path, overwrite), file_(hdf5::File::create(partial_.name())) {
    writing([&] { contents_ = std::make_unique<Contents>(file_.root(), header); });
  }
  ~Hdf5Recorder() override {
    if (contents_ == nullptr) return;  // ended
    try {
      writing([&] { file_.flush(); });
    } catch (const DataError&) {
    }
  }

  void sample(const SampleRecord& record) override {
    NS_ASSERT(contents_ != nullptr);
    writing([&] { contents_->append(record); });
  }

  void end(RunEnd how) override {
    NS_ASSERT(contents_ != nullptr);
    writing([&] {
      contents_->finish(how);
      file_.flush();
    });
    contents_.reset();
    file_.close();
    partial_.keep();
  }

 private:
  template <class Action>
  void writing(Action action) {
    try {
      action();
    } catch (const DataError&) {
      leave_open(std::move(file_), std::move(contents_));
      throw;
    }
  }

  PartialFile partial_;  // destroyed last: the file goes only after it is closed
  hdf5::File file_;
  std::unique_ptr<Contents> contents_;
};

void check_name(const std::string& path, const std::string& kind, const std::string& name,
                std::set<std::string>& taken) {
  if (!hdf5::is_member_name(name)) {
    throw DataError(path, fmt::format("{} \"{}\" cannot be the name of an HDF5 group", kind, name));
  }
  const bool unique = taken.insert(name).second;
  NS_ASSERT(unique);
}

void check_header(const std::string& path, const RunHeader& header) {
  NS_ASSERT(header.ticks_per_sample > 0);
  NS_ASSERT(std::isnormal(header.step_ms) && header.step_ms > 0);
  std::set<std::string> populations, projections;
  for (const auto& population : header.populations) {
    check_name(path, "population", population.name, populations);
    NS_ASSERT(population.size > 0);
  }
  for (const auto& projection : header.projections) {
    check_name(path, "projection", projection.name, projections);
  }
  for (const auto& trace : header.traces) NS_ASSERT(trace.population < header.populations.size());
}

}  // namespace

std::unique_ptr<Sink> make_hdf5_recorder(const std::string& path, const RunHeader& header,
                                         Overwrite overwrite) {
  check_header(path, header);
  return std::make_unique<Hdf5Recorder>(path, header, overwrite);
}

}  // namespace neurosim
