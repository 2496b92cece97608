// The page of a run.

class Rate {
  constructor(parent, population) {
    this.population = population;
    this.place = panel(parent, `Rate of ${population.name}`, "wide");
    const colours = () => [colour("accent"), colour("second")];
    const names = ["this sample", `mean of ${report.samples} samples`];
    if (report.samples === 1) names.pop();
    showKeys(this.place, names, ["var(--accent)", "var(--second)"]);
    this.series = names.length;
    this.chart = newChart(this.place, [[0, ...names.map(() => 0)]], {
      labels: ["ms", ...names], xlabel: "time, ms", ylabel: "Hz a neuron", stepPlot: true,
      includeZero: true,
      ...hoverText(this.place, "from", " ms"),
    }, colours);
  }

  show(rates) {
    const bin = report.rate_bin * report.step_ms;
    const {mean_rate: mean} = this.population;
    const rows = Array.from(rates,
      (rate, k) => [k * bin, rate, mean[k]].slice(0, 1 + this.series));
    // The last step of the line, up to the end.
    rows.push([report.steps * report.step_ms, ...rows[rows.length - 1].slice(1)]);
    this.chart.updateOptions({file: rows});
  }
}

function activityHistogram(parent, population) {
  const {histogram: counts, first, width} = population.activity;
  if (counts.length === 0) return;
  histogram(parent, `T(s) of ${population.name}, neurons × all samples`,
    counts.map((count, k) => [100 * (first + k * width), count]), 100 * width,
    "T(s), % of the steps", " %");
}

function intervalHistogram(parent, population) {
  const {counts, width} = population.intervals;
  if (counts.length === 0) return;
  const rows = counts.map((count, k) =>
    [(1 + k * width + (width - 1) / 2) * report.step_ms, count]);
  histogram(parent, `Intervals between spikes of ${population.name}, all samples`, rows,
    width * report.step_ms, "interval, ms", " ms");
}

// Charts of one population; returns those that follow the sample.
function showPopulation(section, population, p) {
  if (!population.spikes) return [];
  const title = element("h3", section, {textContent: population.name + " "});
  element("small", title, {
    textContent: `${population.model}, ${population.size.toLocaleString("en")} neurons, mean T(s) ` +
      `${number(100 * population.activity.mean)} %`,
  });
  const grid = element("div", section, {className: "charts"});
  const followers = [];
  if (population.raster && report.embedded > 0) {
    const raster = new Raster(grid, population);
    const rate = new Rate(grid, population);
    followers.push((sample) => raster.show(sample.rasters[p]), (sample) => rate.show(sample.rates[p]));
  }
  if (report.embedded > 0) followers.push(...traceCharts(grid, p));
  if (report.samples > 0) activityHistogram(grid, population);
  if (population.raster && report.samples > 0) intervalHistogram(grid, population);
  return followers;
}

function traceCharts(parent, p) {
  const followers = [];
  report.traces.forEach((trace, k) => {
    if (trace.population !== p) return;
    const traces = new Traces(parent, trace);
    followers.push((sample) => traces.show(sample.traces[k]));
  });
  return followers;
}

function showSampleParts() {
  const parts = document.getElementById("sample-parts");
  const followers = [];
  report.populations.forEach((population, p) => {
    if (population.image) {
      const images = new InputImages(parts, population);
      followers.push((sample) => images.show(sample.images[p]));
    }
    if (!population.spikes) {
      followers.push(...traceCharts(document.getElementById("readout-traces"), p));
    }
  });
  if (report.populations.some((population) => !population.spikes)) {
    const bars = new ReadoutBars(element("div", parts));
    followers.push((sample) => bars.show(sample.readout));
  }
  return followers;
}

// Slider, buttons and arrow keys. Samples are unpacked one after the other; of those asked for
// meanwhile, only the last is.
class SampleChooser {
  constructor(followers) {
    this.followers = followers;
    this.slider = document.getElementById("sample");
    this.slider.max = report.embedded - 1;
    this.busy = false;
    this.slider.addEventListener("input", () => this.load());
    document.getElementById("previous").addEventListener("click", () => this.step(-1));
    document.getElementById("next").addEventListener("click", () => this.step(1));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("input, select, .scroll, pre")) return;
    if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "ArrowRight") this.step(1);
    else return;
    event.preventDefault();
  }

  step(by) { this.choose(Number(this.slider.value) + by); }

  choose(number) {
    this.slider.value = number;
    return this.load();
  }

  async load() {
    this.tell();
    if (this.busy) return;
    this.busy = true;
    try {
      for (let shown = null; shown !== this.slider.value;) {
        shown = this.slider.value;
        const sample = await readSample(Number(shown));
        for (const show of this.followers) show(sample);
        document.documentElement.dataset.sample = shown;
      }
    } finally {
      this.busy = false;
    }
  }

  tell() {
    const number = Number(this.slider.value);
    const {text, mark} = answerOf(number);
    document.getElementById("sample-text").textContent = sampleText(number);
    this.slider.setAttribute("aria-valuetext", `sample ${number}, ${text}`);
    const answer = document.getElementById("answer");
    answer.textContent = `Sample ${number}` + (text ? `: ${text}` : "");
    answer.className = mark;
  }
}

function chooseByAnswer(chooser, label, prediction) {
  const now = Number(chooser.slider.value);
  for (let k = 1; k <= report.embedded; ++k) {
    const number = (now + k) % report.embedded;
    if (report.labels[number] !== label || report.predictions[number] !== prediction) continue;
    chooser.choose(number);
    return;
  }
}

function unhide(id) {
  const section = document.getElementById(id);
  section.hidden = false;
  return section;
}

async function showRun() {
  const populations = unhide("populations");
  let chooser = null;
  const followers = [];
  if (report.embedded > 0) {
    if (report.samples > 1) unhide("sample-bar");
    if (report.embedded < report.samples) {
      document.getElementById("embedded").textContent =
        `This page holds the first ${report.embedded} of ${report.samples} samples ` +
        "(neurosim report --samples N: more or fewer). Tables and histograms are of all of them.";
    }
    followers.push(...showSampleParts());
    if (report.samples > 1 || followers.length > 0) unhide("of-sample");
    chooser = new SampleChooser(followers);
  }
  report.populations.forEach((population, p) => {
    followers.push(...showPopulation(populations, population, p));
  });
  if (report.confusion) {
    const section = unhide("classes");
    if (report.confusion.problem) {
      element("p", section, {className: "note", textContent: report.confusion.problem});
    } else {
      showConfusion(section, report.confusion,
        (label, prediction) => chooser && chooseByAnswer(chooser, label, prediction));
    }
  }
  unhide("activity");
  const tables = document.getElementById("activity-tables");
  for (const table of report.activity_tables) showTable(tables, table);
  const energy = document.getElementById("energy-tables");
  for (const table of report.energy_tables) showTable(energy, table);
  if (chooser) await chooser.load();
}
