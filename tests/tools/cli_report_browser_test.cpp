#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/io/recorder.hpp"
#include "sim/io/results.hpp"
#include "tools/cli_files.hpp"
#include "tools/report_page.hpp"
#include "tools/train_files.hpp"

// Pages of `neurosim report` in a real browser. A test appends a script to a copy of the page,
// which acts by the events of a user and leaves what it found as JSON in the document.

namespace neurosim {
namespace {

/// Empty, with a word on it, where there is none.
std::string browser() {
  for (const char* path :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}) {
    if (std::filesystem::exists(path)) return path;
  }
  MESSAGE("skipped: no chromium");
  return {};
}

/// What the scripts of the tests use; `found` is what they tell.
constexpr std::string_view kPrelude = R"js(
const found = {};
const root = document.documentElement;
async function until(holds) {
  for (let k = 0; k < 400 && !holds(); ++k) await new Promise((done) => setTimeout(done, 10));
}
function fire(target, kind, name, options) {
  target.dispatchEvent(new kind(name, {bubbles: true, cancelable: true, view: window, ...options}));
}
// The place of a time and neuron, for the mouse.
function at(plot, ms, neuron) {
  const box = plot.chart.graphDiv.getBoundingClientRect();
  return {clientX: box.left + plot.chart.toDomXCoord(ms),
          clientY: box.top + plot.chart.toDomYCoord(neuron)};
}
)js";

/// Opens `html` with a script in Chromium; returns what the script put into `found`.
nlohmann::json open_page(const Workplace& place, std::string html, const std::string& script) {
  const std::string test = fmt::format(
      "<script>(async () => {{{}\nawait until(() => root.dataset.ready);\n"
      "try {{ {} }} catch (error) {{ found.error = error.stack; }}\n"
      "found.requests = performance.getEntriesByType('resource').length;\n"
      "const result = document.createElement('pre');\nresult.id = 'found';\n"
      "result.textContent = btoa(String.fromCharCode(...new "
      "TextEncoder().encode(JSON.stringify(found))));\ndocument.body.append(result);\n}})();"
      "</script></body>",
      kPrelude, script);
  html.replace(html.rfind("</body>"), 7, test);
  place.write("test.html", html);
  const Outcome outcome = run_program(
      {browser(), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
       "--window-size=1280,1000", "--virtual-time-budget=20000",
       "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + place.path("profile").string(),
       "--dump-dom", "file://" + place.path("test.html").string()},
      {.environment = {{"HOME", place.folder()}}});
  CAPTURE(outcome.err);
  CHECK_FALSE(contains(outcome.err, ":CONSOLE"));
  const std::string_view mark = "<pre id=\"found\">";
  const std::size_t begin = outcome.out.find(mark);
  REQUIRE(begin != std::string::npos);
  std::string text = outcome.out.substr(begin + mark.size());
  const auto found = nlohmann::json::parse(from_base64(text.substr(0, text.find('<'))));
  CAPTURE(found.dump());
  CHECK_FALSE(found.contains("error"));
  CHECK(found["requests"] == 0);
  return found;
}

/// The page of a network's run, as text.
std::string report_of(const Workplace& place, std::string_view network,
                      std::vector<std::string> more = {}) {
  place.write("net.yaml", network);
  REQUIRE(place.run({"run", "net.yaml", "-o", "out.h5", "-q"}).code == 0);
  more.insert(more.begin(), {"report", "out.h5", "-o", "page.html"});
  REQUIRE(place.run(more).code == 0);
  return place.read("page.html");
}

}  // namespace

TEST_CASE("browser: every spike is drawn, and the pointer finds them") {
  if (browser().empty()) return;
  const Workplace place;
  const std::string html = report_of(place, kReportNetwork);
  const Results results(place.path("out.h5").string());
  const SpikeTrain pixels = results.raster(0, 0), hidden = results.raster(1, 0);
  const SpikePacket spike = hidden.packet(hidden.packet_count() / 2);
  const std::string place_of_spike =
      fmt::format("const spike = [{}, {}];", spike.tick, spike.ids[0]);
  const auto found = open_page(place, html, place_of_spike + R"js(
    const rasters = [...document.querySelectorAll(".raster")];
    found.drawn = rasters.map((raster) => Number(raster.dataset.drawn));
    const plot = rasters[1].querySelector(".plot");
    const hover = rasters[1].querySelector(".hover");
    fire(plot, MouseEvent, "mousemove", at(plot, ...spike));
    found.hover = hover.textContent;
    fire(plot, MouseEvent, "mouseleave", {});
    found.left = hover.textContent;
    found.inked = [...plot.querySelectorAll("canvas")].some((canvas) => {
      const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const blue = getComputedStyle(root).getPropertyValue("--accent").trim();
      const wanted = [1, 3, 5].map((k) => parseInt(blue.slice(k, k + 2), 16));
      for (let k = 0; k < data.length; k += 4) {
        if (data[k + 3] === 255 && wanted.every((value, c) => data[k + c] === value)) return true;
      }
      return false;
    });
  )js");
  CHECK(found["drawn"] == nlohmann::json({pixels.spike_count(), hidden.spike_count()}));
  CHECK(found["inked"] == true);
  CHECK(found["left"] == "");
  const std::string hover = found["hover"];
  CAPTURE(hover);
  CHECK(hover.starts_with(
      fmt::format("neuron {} at {} ms (step {}), value 0.", spike.ids[0], spike.tick, spike.tick)));
}

TEST_CASE("browser: charts zoom by wheel, mouse and keys, and show everything again") {
  if (browser().empty()) return;
  const Workplace place;
  const auto found = open_page(place, report_of(place, kReportNetwork), R"js(
    const plot = document.querySelector(".raster .plot");
    const raster = plot.parentNode;
    const target = plot.chart.canvas_;
    const span = () => {
      const [from, to] = plot.chart.xAxisRange();
      return to - from;
    };
    const drawn = () => Number(raster.dataset.drawn);
    found.all = drawn();
    const middle = at(plot, 20, 300);
    fire(target, WheelEvent, "wheel", {...middle, deltaY: -300});
    found.unfocused = span();
    fire(target, WheelEvent, "wheel", {...middle, deltaY: -300, ctrlKey: true});
    found.wheel = span();
    found.part = drawn();
    fire(target, MouseEvent, "dblclick", middle);
    found.reset = [span(), drawn()];
    fire(target, MouseEvent, "mousedown", {...at(plot, 10, 300), button: 0});
    fire(document, MouseEvent, "mousemove", at(plot, 15, 300));
    fire(document, MouseEvent, "mouseup", at(plot, 15, 300));
    found.drag = plot.chart.xAxisRange();
    found.focused = document.activeElement === plot;
    fire(plot, KeyboardEvent, "keydown", {key: "ArrowRight", shiftKey: true});
    found.moved = plot.chart.xAxisRange();
    fire(plot, KeyboardEvent, "keydown", {key: "0"});
    found.key = [span(), drawn()];
    fire(target, WheelEvent, "wheel", {...middle, deltaY: -300, shiftKey: true});
    found.vertical = plot.chart.yAxisRange();
    fire(target, MouseEvent, "dblclick", middle);
    found.neurons = plot.chart.yAxisRange();
    found.sample = root.dataset.sample;
  )js");
  CHECK(found["unfocused"] == 40);
  CHECK(found["wheel"] < 30);
  CHECK(found["part"] < found["all"]);
  CHECK(found["part"] > 0);
  CHECK(found["reset"] == nlohmann::json({40, found["all"]}));
  CHECK(found["drag"][0].get<double>() == doctest::Approx(10).epsilon(0.02));
  CHECK(found["drag"][1].get<double>() == doctest::Approx(15).epsilon(0.02));
  CHECK(found["focused"] == true);
  CHECK(found["moved"][0].get<double>() == doctest::Approx(11).epsilon(0.02));
  CHECK(found["key"] == nlohmann::json({40, found["all"]}));
  CHECK(found["vertical"][1].get<double>() - found["vertical"][0].get<double>() < 500);
  CHECK(found["neurons"] == nlohmann::json({-0.5, 783.5}));
  CHECK(found["sample"] == "0");  // the keys of a chart are its own
}

TEST_CASE("browser: slider, arrow keys and the confusion matrix choose the sample") {
  if (browser().empty()) return;
  const Workplace place;
  const std::string html = report_of(place, kReportNetwork, {"--samples", "3"});
  const auto found = open_page(place, html, R"js(
    const slider = document.getElementById("sample");
    const shown = (sample) => until(() => root.dataset.sample === sample);
    const look = () => ({
      sample: root.dataset.sample,
      total: Number(document.querySelector(".raster").dataset.total),
      answer: document.getElementById("answer").textContent,
      bar: document.getElementById("sample-text").textContent,
    });
    found.first = look();
    found.note = document.getElementById("embedded").textContent;
    slider.value = 2;
    fire(slider, Event, "input", {});
    await shown("2");
    found.slid = look();
    fire(document.body, KeyboardEvent, "keydown", {key: "ArrowLeft"});
    await shown("1");
    found.key = look();
    const report = JSON.parse(document.getElementById("data").textContent);
    const rows = document.querySelector(".confusion").tBodies[0].rows;
    const cell = rows[report.labels[2]].cells[1 + report.predictions[2]];
    fire(cell, KeyboardEvent, "keydown", {key: "Enter"});
    await shown("2");
    found.chosen = look();
    rows[0].cells[1].focus();
    fire(document.activeElement, KeyboardEvent, "keydown", {key: "ArrowDown"});
    fire(document.activeElement, KeyboardEvent, "keydown", {key: "ArrowRight"});
    found.cell = [rows[1].cells[2] === document.activeElement, document.activeElement.tabIndex];
    found.still = root.dataset.sample;
    found.pixels = (() => {
      const canvas = document.querySelector("#sample-parts canvas");
      return [canvas.width, canvas.height];
    })();
  )js");
  const Results results(place.path("out.h5").string());
  for (const auto& [key, sample] :
       {std::pair{"first", 0u}, {"slid", 2u}, {"key", 1u}, {"chosen", 2u}}) {
    CAPTURE(key);
    CHECK(found[key]["sample"] == std::to_string(sample));
    CHECK(found[key]["total"] == results.raster(0, sample).spike_count());
    const std::string answer = found[key]["answer"];
    CHECK(answer.starts_with(fmt::format("Sample {}: label {}, predicted {}", sample,
                                         results.labels()[sample], results.predictions()[sample])));
    CHECK(contains(std::string(found[key]["bar"]), "first 3 of 4 samples"));
  }
  CHECK(contains(std::string(found["note"]), "first 3 of 4 samples"));
  CHECK(found["cell"] == nlohmann::json({true, 0}));
  CHECK(found["still"] == "2");  // the keys of the table are its own
  CHECK(found["pixels"] == nlohmann::json({28, 28}));
}

TEST_CASE("browser: the button changes between light and dark") {
  if (browser().empty()) return;
  const Workplace place;
  const auto found = open_page(place, report_of(place, kListNetwork), R"js(
    const button = document.getElementById("theme");
    const look = () => [root.dataset.theme, getComputedStyle(document.body).backgroundColor,
      button.textContent, document.querySelector(".raster .plot").chart.getOption("gridLineColor")];
    found.before = look();
    button.click();
    found.after = look();
    button.click();
    found.again = look();
  )js");
  CHECK(found["before"] == found["again"]);
  for (std::size_t k = 0; k < 4; ++k) CHECK(found["before"][k] != found["after"][k]);
}

TEST_CASE("browser: names with markup are shown, not obeyed") {
  if (browser().empty()) return;
  const Workplace place;
  const std::string evil = "</script><script>oops=1</script><img src=x onerror=\"oops=1\">";
  std::string network(kListNetwork);
  network.replace(network.find("listed"), 6, "'" + evil + "'");
  const auto found = open_page(place, report_of(place, network), R"js(
    found.oops = "oops" in window;
    found.title = document.title;
    found.heading = document.getElementById("title").textContent;
    found.images = document.images.length;
    found.yaml = document.getElementById("yaml").textContent;
  )js");
  CHECK(found["oops"] == false);
  CHECK(found["title"] == evil);
  CHECK(found["heading"] == evil);
  CHECK(found["images"] == 0);
  CHECK(contains(std::string(found["yaml"]), "onerror"));
}

TEST_CASE("browser: a run that was stopped before its first sample has a page too") {
  if (browser().empty()) return;
  const Workplace place;
  const RunHeader header = {
      .network_name = "early",
      .engine = "event",
      .precision = "single",
      .ticks_per_sample = 10,
      .populations = {
          {.name = "cells", .model = "lif", .shape = {2}, .size = 2, .record_raster = true}}};
  make_hdf5_recorder(place.path("out.h5"), header, Overwrite::kRefuse)->end(RunEnd::kInterrupted);
  REQUIRE(place.run({"report", "out.h5", "-o", "page.html"}).code == 0);
  const auto found = open_page(place, place.read("page.html"), R"js(
    found.problem = document.getElementById("problem").hidden;
    found.bar = document.getElementById("sample-bar").hidden;
    found.facts = document.getElementById("facts").textContent;
  )js");
  CHECK(found["problem"] == true);
  CHECK(found["bar"] == true);
  CHECK(contains(std::string(found["facts"]), "interrupted after 0 samples"));
}

TEST_CASE("browser: one that cannot inflate gets a plain message, and the tables") {
  if (browser().empty()) return;
  const Workplace place;
  std::string html = report_of(place, kListNetwork);
  html.insert(html.find("<style>"), "<script>delete window.DecompressionStream;</script>");
  const auto found = open_page(place, html, R"js(
    const problem = document.getElementById("problem");
    found.problem = problem.hidden ? "" : problem.textContent;
    found.rows = document.querySelectorAll("#activity-tables tbody tr").length;
  )js");
  CHECK(contains(std::string(found["problem"]), "too old for the charts of single samples"));
  CHECK(found["rows"] == 3);  // two populations, one projection
}

TEST_CASE("browser: a training's curves are drawn") {
  if (browser().empty()) return;
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  REQUIRE(place.run({"train", "net.yaml", "-o", "w.h5", "-q"}).code == 0);
  REQUIRE(place.run({"report", "w.h5", "-o", "page.html"}).code == 0);
  const auto found = open_page(place, place.read("page.html"), R"js(
    const plots = [...document.querySelectorAll("#training .plot")];
    found.titles = plots.map((plot) => plot.getAttribute("aria-label"));
    found.rows = plots.map((plot) => plot.chart.numRows());
    found.hidden = document.getElementById("populations").hidden;
  )js");
  CHECK(found["titles"][0] == "Loss");
  CHECK(found["titles"].size() >= 5);
  for (const auto& rows : found["rows"]) CHECK(rows == 2);
  CHECK(found["hidden"] == true);
}

}  // namespace neurosim
