#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "experiments/measures.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/io/recorder.hpp"
#include "sim/io/results.hpp"
#include "tools/cli_files.hpp"
#include "tools/report_page.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

using Arrays = std::vector<std::vector<double>>;

/// A workplace with out.h5, the results of a network.
class Ran : public Workplace {
 public:
  explicit Ran(std::string_view network, std::vector<std::string> more = {}) {
    write("net.yaml", network);
    more.insert(more.begin(), {"run", "net.yaml", "-o", "out.h5", "-q"});
    const Outcome outcome = run(more);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
  }

  /// The page that `neurosim report out.h5` with these words writes.
  ReportPage report(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"report", "out.h5", "-o", "page.html", "--force"});
    const Outcome outcome = run(more);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(outcome.out.empty());
    return ReportPage(read("page.html"));
  }
};

std::vector<double> numbers(const auto& values) { return {values.begin(), values.end()}; }

/// The numbers of a raster as a block holds them.
Arrays raster_arrays(const SpikeTrain& train, bool graded) {
  Arrays arrays(3);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    arrays[0].push_back(static_cast<double>(train.tick(k)));
    arrays[1].push_back(static_cast<double>(train.packet(k).ids.size()));
  }
  arrays[2] = numbers(train.ids());
  if (graded) arrays.push_back(numbers(train.values()));
  return arrays;
}

/// Of a network whose description is not one: 20 x 20 graded inputs and a readout of two.
RunHeader odd_header() {
  return {.network_name = "odd",
          .network_yaml = "nothing: [",
          .version = "0",
          .engine = "event",
          .precision = "double",
          .ticks_per_sample = 100'000,
          .class_names = {"<b>one</b>", "two"},
          .populations = {
              {.name = "in",
               .model = "source",
               .shape = {20, 20},
               .size = 400,
               .record_raster = true,
               .graded = true},
              {.name = "out", .model = "leaky_readout", .shape = {2}, .size = 2, .spikes = false}}};
}

SampleRecord odd_sample() {
  SampleRecord record{.ticks = 100'000, .label = 0, .prediction = 1, .readout = {-0.1, 0.7}};
  record.spikes.resize(2);
  record.spikes[0].append(2, 0, 0.1);
  record.spikes[0].append(2, 300, 0.2);
  record.spikes[0].append(70'000, 1, 0.3);
  record.spiking_ticks = {std::vector<std::uint32_t>(400, 0), {}};
  for (const std::size_t neuron : {0u, 1u, 300u}) record.spiking_ticks[0][neuron] = 1;
  record.populations.resize(2);
  return record;
}

void check_sample(const Results& results, std::size_t sample, const Arrays& arrays) {
  std::size_t at = 0;
  for (const std::size_t population : {0u, 1u}) {
    const RecordedPopulation& recorded = results.header().populations[population];
    const bool graded = recorded.graded;
    const SpikeTrain train = results.raster(population, sample);
    REQUIRE(train.spike_count() > 0);
    for (const auto& expected : raster_arrays(train, graded)) CHECK(arrays.at(at++) == expected);
    double rates = 0;
    for (const double rate : arrays.at(at)) rates += rate;
    const auto neurons = static_cast<double>(recorded.size);
    // 40 bins of 1 ms.
    CHECK(arrays.at(at++).size() == 40);
    CHECK(rates * neurons * 0.001 ==
          doctest::Approx(static_cast<double>(counted_spikes(train, recorded).spike_count()))
              .epsilon(1e-5));
  }
  const std::vector<double> activity = results.activity(0, sample);
  REQUIRE(arrays.at(at).size() == activity.size());
  for (std::size_t n = 0; n < activity.size(); ++n) {
    CHECK(arrays[at][n] == std::round(activity[n] * 40));
  }
  CHECK(arrays.at(++at) == results.readout(sample));
  for (const std::size_t trace : {0u, 1u}) {
    CHECK(arrays.at(++at) == results.trace(trace, sample).values);
  }
  CHECK(arrays.size() == at + 1);
}

}  // namespace

TEST_CASE("a report holds what the results file holds") {
  const Ran place(kReportNetwork);
  const ReportPage page = place.report();
  const Results results(place.path("out.h5").string());
  REQUIRE(page.block_count() == 4);
  for (std::size_t sample = 0; sample < 4; ++sample) {
    CAPTURE(sample);
    check_sample(results, sample, page.arrays(sample));
  }
  const auto& data = page.data();
  CHECK(data["labels"].get<std::vector<std::int64_t>>() == results.labels());
  CHECK(data["predictions"].get<std::vector<std::int64_t>>() == results.predictions());
  CHECK(data["yaml"] == results.header().network_yaml);
  CHECK(data["samples"] == 4);
  CHECK(data["steps"] == 40);
  CHECK(data["confusion"]["labelled"] == 4);
  CHECK(data["populations"][0]["image"] == true);
  CHECK(data["populations"][1]["image"] == false);
  const auto& table = data["activity_tables"][0]["rows"];
  REQUIRE(table.size() == 3);
  CHECK(table[1][0] == "hidden");
  CHECK(table[1][3] == std::to_string(results.population(1).spikes));
}

TEST_CASE("histograms of a report count every neuron, sample and interval") {
  const Ran place(kReportNetwork);
  const ReportPage page = place.report({"--samples", "1"});
  const Results results(place.path("out.h5").string());
  for (const std::size_t population : {0u, 1u}) {
    const auto& object = page.data()["populations"][population];
    std::uint64_t pairs = 0, intervals = 0, expected = 0;
    for (const auto& count : object["activity"]["histogram"]) pairs += count.get<std::uint64_t>();
    for (const auto& count : object["intervals"]["counts"]) intervals += count.get<std::uint64_t>();
    CHECK(pairs == 4 * object["size"].get<std::uint64_t>());
    for (std::size_t sample = 0; sample < 4; ++sample) {
      // Each spike but a neuron's first ends an interval.
      const SpikeTrain train = counted_spikes(results.raster(population, sample),
                                              results.header().populations[population]);
      std::vector<NeuronId> ids(train.ids().begin(), train.ids().end());
      expected += ids.size();
      std::ranges::sort(ids);
      expected -= static_cast<std::uint64_t>(
          std::distance(ids.begin(), std::unique(ids.begin(), ids.end())));
    }
    CHECK(intervals == expected);
  }
}

TEST_CASE("--samples chooses how many samples a report holds") {
  const Ran place(kReportNetwork);
  const ReportPage two = place.report({"--samples", "2"});
  CHECK(two.block_count() == 2);
  CHECK(two.data()["embedded"] == 2);
  CHECK(two.data()["samples"] == 4);
  CHECK(two.data()["labels"].size() == 2);
  CHECK(place.report({"--samples", "9"}).block_count() == 4);
}

TEST_CASE("by itself a report stays below a million spikes, but holds one sample") {
  // About 700,000 spikes a sample.
  const Ran place(R"(format: neurosim/1
name: dense
time: { steps: 1000 }
data: { dataset: synthetic-digits, samples: 2, encoder: { type: rate, gain: 0.1 } }
populations:
  pixels: { model: source, shape: [28, 28] }
  noise: { model: poisson, size: 2000, rate_hz: 350 }
  cells: { model: lif, size: 2 }
projections:
  - { from: pixels, to: cells, weights: 0.01 }
  - { from: noise, to: cells, weights: 0.0001 }
record: { spikes: [noise] }
)");
  const ReportPage page = place.report();
  CHECK(page.block_count() == 1);
  CHECK(page.data()["samples"] == 2);
  CHECK(page.arrays(0).at(2).size() > 500'000);
  CHECK(place.report({"--samples", "2"}).block_count() == 2);
}

TEST_CASE("names from files reach a report as text only") {
  const std::string evil = R"(</script><script>oops=1</script><img src=x onerror="oops=1"> ]]> &)";
  std::string network(kListNetwork);
  network.replace(network.find("listed"), 6, "'" + evil + "'");
  const Ran place(network);
  const ReportPage page = place.report();
  CHECK(page.data()["title"] == evil);
  const std::string html = place.read("page.html");
  CHECK_FALSE(contains(html, "oops=1</script>"));
  CHECK_FALSE(contains(html, "<img"));
  CHECK_FALSE(contains(html, "<script>oops"));
  CHECK(contains(html, "<title>&lt;/script&gt;&lt;script&gt;oops=1"));
}

TEST_CASE("a report of an interrupted run in double precision, with named classes") {
  const Workplace place;
  const RunHeader header = odd_header();
  const auto recorder = make_hdf5_recorder(place.path("out.h5"), header, Overwrite::kRefuse);
  recorder->sample(odd_sample());
  recorder->end(RunEnd::kInterrupted);
  REQUIRE(place.run({"report", "out.h5", "-o", "page.html"}).code == 0);
  const std::string html = place.read("page.html");
  const ReportPage page(html);
  CHECK(page.data()["facts"][1] == nlohmann::json({"state", "interrupted after 1 sample"}));
  CHECK(page.data()["classes"] == header.class_names);
  CHECK(page.data()["confusion"]["classes"] == header.class_names);
  CHECK_FALSE(contains(html, "<b>one"));
  // Ticks, spikes a tick, neurons, values, rate; counts of the image; readout.
  const Arrays arrays = page.arrays(0);
  REQUIRE(arrays.size() == 7);
  CHECK(arrays[0] == std::vector<double>{2, 70'000});
  CHECK(arrays[1] == std::vector<double>{2, 1});
  CHECK(arrays[2] == std::vector<double>{0, 300, 1});
  CHECK(arrays[3] == std::vector<double>{0.1, 0.2, 0.3});  // not rounded to single precision
  CHECK(arrays[5][300] == 1);
  CHECK(arrays[6] == std::vector<double>{-0.1, 0.7});
  CHECK(contains(html, "The network was not drawn: its description was not understood."));
}

TEST_CASE("a report of a run that was stopped before its first sample") {
  const Workplace place;
  make_hdf5_recorder(place.path("out.h5"), odd_header(), Overwrite::kRefuse)
      ->end(RunEnd::kInterrupted);
  const Outcome outcome = place.run({"report", "out.h5", "-o", "page.html"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const ReportPage page(place.read("page.html"));
  CHECK(page.block_count() == 0);
  CHECK(page.data()["samples"] == 0);
  CHECK(page.data()["confusion"].is_null());
}

TEST_CASE("a report asks for nothing from anywhere") {
  const Ran place(kReportNetwork);
  place.report();
  const std::string html = place.read("page.html");
  CHECK(contains(html,
                 "content=\"default-src 'none'; script-src 'unsafe-inline'; "
                 "style-src 'unsafe-inline'; img-src data:\""));
  for (const char* part : {"src=\"http", "src='http", "href=\"", "@import", "url(", "fetch(",
                           "XMLHttpRequest(", "sourceMappingURL", "xmlns=", "<link"}) {
    CAPTURE(part);
    CHECK_FALSE(contains(html, part));
  }
}

TEST_CASE("without graphviz a report says so where the network would be") {
  const Ran place(kListNetwork);
  const Outcome outcome = place.run({"report", "out.h5", "-o", "page.html"},
                                    {.environment = {{"PATH", "/nonexistent"}}});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  const std::string html = place.read("page.html");
  CHECK(contains(html, "The network was not drawn: the program dot was not found."));
  CHECK_FALSE(contains(html, "<svg"));
  if (!std::filesystem::exists("/usr/bin/dot")) return;
  place.report();
  CHECK(contains(place.read("page.html"), "<svg role=\"img\" aria-label=\"Graph of the network\""));
}

TEST_CASE("a weights file gives the curves of its training") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  REQUIRE(place.run({"train", "net.yaml", "-o", "w.h5", "-q"}).code == 0);
  REQUIRE(place.run({"report", "w.h5", "-o", "page.html"}).code == 0);
  const ReportPage page(place.read("page.html"));
  const Checkpoint checkpoint = read_checkpoint(place.path("w.h5").string());
  const auto& data = page.data();
  CHECK(data["kind"] == "training");
  CHECK(page.block_count() == 0);
  CHECK(data["populations"] == checkpoint.populations);
  REQUIRE(checkpoint.epochs.size() == 2);
  for (std::size_t k = 0; k < 2; ++k) {
    const EpochMetrics& epoch = checkpoint.epochs[k];
    CHECK(data["epochs"]["epoch"][k] == epoch.epoch);
    for (const MetricColumn& column : kMetricColumns) {
      CHECK(data["epochs"][column.name][k].get<double>() == epoch.*column.value);
    }
    CHECK(data["epochs"]["activity"][k][1].get<double>() == epoch.activity[1]);
    CHECK(data["epochs"]["activity"][k][2].is_null());  // a readout has no T(s)
  }
  CHECK(data["facts"][0][0] == "validation accuracy");
  CHECK(contains(data["facts"][0][1].get<std::string>(), "% (weights of epoch 2)"));
  CHECK(data["facts"][1][0] == "best validation accuracy");
  const Outcome samples =
      place.run({"report", "w.h5", "-o", "page.html", "--force", "--samples", "2"});
  CHECK(samples.code == 2);
  CHECK(contains(samples.err, "--samples: w.h5 is a weights file, which holds none"));
}

TEST_CASE("mistakes of report are explained, and leave files alone") {
  const Ran place(kListNetwork);
  const std::string before = place.read("out.h5");
  const auto message = [&](int code, std::vector<std::string> words) {
    words.insert(words.begin(), "report");
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(contains(message(2, {"out.h5"}), "needs -o FILE.html"));
  CHECK(contains(message(2, {"out.h5", "-o", "page.pdf"}), "ends in .html, got \"page.pdf\""));
  CHECK(contains(message(2, {"out.h5", "-o", "out.h5", "--force"}), "is the file to report on"));
  CHECK(contains(message(2, {"out.h5", "-o", "a.html", "--samples", "0"}), "--samples"));
  CHECK(contains(message(3, {"none.h5", "-o", "a.html"}), "none.h5"));
  CHECK(contains(message(3, {"net.yaml", "-o", "a.html"}), "net.yaml"));
  CHECK(contains(message(3, {"out.h5", "-o", "no/such/a.html"}), "no/such/a.html"));
  place.write("old.html", "precious");
  CHECK(contains(message(3, {"out.h5", "-o", "old.html"}), "add --force"));
  CHECK(place.read("old.html") == "precious");
  CHECK(place.read("out.h5") == before);
  CHECK_FALSE(place.has("a.html"));
  CHECK(place.run({"report", "out.h5", "-o", "old.html", "--force"}).code == 0);
  CHECK(contains(place.read("old.html"), "<!DOCTYPE html>"));
  CHECK_FALSE(place.has("old.html.partial"));
}

}  // namespace neurosim
