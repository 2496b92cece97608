// The chosen sample: slider, input images, readout, state traces.

const kMostBars = 20;
const kLines = 10;  // in one chart of traces
const kMostPoints = 4000;  // of a line

function sampleText(number) {
  const of = report.embedded < report.samples
    ? `first ${report.embedded} of ${report.samples} samples` : `of ${report.samples}`;
  return `sample ${number} (${of})`;
}

// Text and class of the answer to a sample.
function answerOf(number) {
  const label = report.labels[number];
  const prediction = report.predictions[number];
  const words = [];
  if (label >= 0) words.push(`label ${className(label)}`);
  if (prediction >= 0) words.push(`predicted ${className(prediction)}`);
  if (label < 0 || prediction < 0) return {text: words.join(", "), mark: ""};
  const right = label === prediction;
  return {text: `${words.join(", ")} ${right ? "✓" : "✗"}`, mark: right ? "right" : "wrong"};
}

// Rows and columns of each channel, and where in the counts a pixel is.
function imageLayout(shape) {
  if (shape.length === 2) return {channels: 1, rows: shape[0], columns: shape[1], at: (c, k) => k};
  if (shape[0] <= shape[2]) {
    const [channels, rows, columns] = shape;
    return {channels, rows, columns, at: (c, k) => c * rows * columns + k};
  }
  const [rows, columns, channels] = shape;
  return {channels, rows, columns, at: (c, k) => k * channels + c};
}

class InputImages {
  constructor(parent, population) {
    this.layout = imageLayout(population.shape);
    const figure = element("figure", parent);
    this.caption = element("figcaption", figure);
    element("b", this.caption, {textContent: `Input ${population.name}`});
    this.text = element("span", this.caption);
    const images = element("div", figure, {className: "images"});
    const {channels, rows, columns} = this.layout;
    const zoom = Math.max(1, Math.floor(220 / Math.max(rows, columns)));
    this.canvases = Array.from({length: channels}, (unused, c) => {
      const canvas = element("canvas", images, {width: columns, height: rows});
      canvas.style.width = `${columns * zoom}px`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label",
        `Input of ${population.name}, ${rows} by ${columns}` + (channels > 1 ? `, channel ${c}` : ""));
      return canvas;
    });
  }

  show(counts) {
    const most = counts.reduce((a, b) => Math.max(a, b), 0);
    this.text.textContent = `: steps with a spike, black 0, white ${most}` +
      (this.canvases.length > 1 ? `; channels 0 to ${this.canvases.length - 1}` : "");
    const {rows, columns, at} = this.layout;
    this.canvases.forEach((canvas, c) => {
      const image = new ImageData(columns, rows);
      const pixels = new Uint32Array(image.data.buffer);
      for (let k = 0; k < pixels.length; ++k) {
        const grey = most > 0 ? Math.round(255 * counts[at(c, k)] / most) : 0;
        pixels[k] = (255 << 24) | (grey << 16) | (grey << 8) | grey;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }
}

function barRow(body, index, value, low, span, largest) {
  const row = element("tr", body, {className: largest ? "largest" : ""});
  element("th", row, {textContent: className(index), scope: "row"});
  const bar = element("i", element("td", row));
  bar.style.marginLeft = `${100 * (Math.min(value, 0) - low) / span}%`;
  bar.style.width = `${100 * Math.abs(value) / span}%`;
  element("td", row, {textContent: number(value)});
}

// The last values of the readout as bars; of many classes the largest.
class ReadoutBars {
  constructor(parent) {
    const name = report.populations.find((population) => !population.spikes)?.name ?? "readout";
    this.table = element("table", parent, {className: "bars"});
    element("caption", this.table, {textContent: `Readout ${name} at the last step`});
    this.body = element("tbody", this.table);
  }

  show(values) {
    this.body.replaceChildren();
    const order = Array.from(values.keys());
    const largest = order.reduce((best, k) => values[k] > values[best] ? k : best, 0);
    if (order.length > kMostBars) order.sort((a, b) => values[b] - values[a]);
    const finite = values.filter(Number.isFinite);
    const low = Math.min(0, ...finite);
    const span = Math.max(0, ...finite) - low || 1;
    for (const k of order.slice(0, kMostBars)) {
      barRow(this.body, k, values[k], low, span, k === largest);
    }
  }
}

// How many points of a long line are drawn as their lowest and highest value; 1: all are drawn.
function pieceOf(points) {
  return points <= kMostPoints ? 1 : Math.ceil(2 * points / kMostPoints);
}

function thinned(rows) {
  const piece = pieceOf(rows.length);
  if (piece === 1) return rows;
  const result = [];
  for (let from = 0; from < rows.length; from += piece) {
    const part = rows.slice(from, from + piece);
    for (const pick of [Math.min, Math.max]) {
      const time = part[pick === Math.min ? 0 : part.length >> 1][0];
      const columns = part[0].slice(1).map((unused, c) => pick(...part.map((row) => row[c + 1])));
      result.push([time, ...columns]);
    }
  }
  return result;
}

function choice(parent, label, names, changed) {
  if (names.length < 2) return;
  const select = element("select", parent, {className: "control"});
  select.setAttribute("aria-label", label);
  for (const name of names) element("option", select, {textContent: name});
  select.addEventListener("change", () => changed(select.selectedIndex));
}

class Traces {
  constructor(parent, trace) {
    const population = report.populations[trace.population];
    this.trace = trace;
    this.readout = !population.spikes;
    this.variable = 0;
    this.group = 0;
    this.place = panel(parent, `State of ${population.name}`, "wide");
    const groups = [];
    for (let k = 0; k < trace.neurons.length; k += kLines) {
      groups.push(`neurons ${trace.neurons[k]} to ` +
        `${trace.neurons[Math.min(k + kLines, trace.neurons.length) - 1]}`);
    }
    // On paper, where no list shows what was chosen.
    const alone = trace.variables.length === 1 && groups.length === 1;
    this.name = element("span", this.place.caption, {className: alone ? "" : "paper-only"});
    choice(this.place.caption, `Variable of ${population.name}`, trace.variables,
      (k) => { this.variable = k; this.draw(); });
    choice(this.place.caption, `Neurons of ${population.name}`, groups,
      (k) => { this.group = k; this.draw(); });
    if (pieceOf(report.steps) > 1) {
      element("span", this.place.caption, {
        textContent: ` lowest and highest values of each ${pieceOf(report.steps)} steps`,
      });
    }
    this.chart = null;
  }

  show(values) {
    this.values = values;
    this.draw();
  }

  draw() {
    const {trace, values} = this;
    const first = this.group * kLines;
    const shown = trace.neurons.slice(first, first + kLines);
    const start = this.variable * report.steps * trace.neurons.length + first;
    const rows = Array.from({length: report.steps}, (unused, tick) => {
      const at = start + tick * trace.neurons.length;
      return [tick * report.step_ms, ...values.subarray(at, at + shown.length)];
    });
    const names = shown.map((n) => this.readout ? className(n) : `neuron ${n}`);
    this.name.textContent = ` ${trace.variables[this.variable]}`;
    const colours = () => lineColours.slice(0, shown.length);
    showKeys(this.place, names, colours());
    const options = {labels: ["ms", ...names], colors: colours(), file: thinned(rows)};
    if (this.chart) {
      this.chart.updateOptions(options);
    } else {
      this.chart = newChart(this.place, options.file, {
        ...options, xlabel: "time, ms", ylabel: trace.variables[this.variable],
        ...hoverText(this.place, "at", " ms"),
      }, colours);
    }
    this.chart.updateOptions({ylabel: trace.variables[this.variable]});
    this.chart.recolour = () => this.chart.updateOptions({...themeOptions(), colors: colours()});
  }
}
