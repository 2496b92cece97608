// Rasters: dygraphs gives axes, zoom and moving; the spikes are drawn here, so that a million of
// them take milliseconds.

const kHoverPixels = 8;

// The colour of a pixel by how many spikes fall on it, as ImageData holds it.
function shades(most, name) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour(name);
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const faintest = 0.3 + 0.4 / Math.sqrt(most);
  const table = new Uint32Array(most + 1);
  for (let n = 1; n <= most; ++n) {
    // Up to three is what marks larger than a pixel share with their neighbours.
    const alpha = most <= 3 ? 1 : faintest + (1 - faintest) * Math.log(n) / Math.log(most);
    table[n] = (Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red;
  }
  return table;
}

class Raster {
  constructor(parent, population) {
    this.population = population;
    this.spikes = null;
    this.place = panel(parent, `Spikes of ${population.name}`, "wide raster");
    this.picture = document.createElement("canvas");
    const length = report.steps * report.step_ms;
    const range = [-0.5, population.size - 0.5];
    this.chart = newChart(this.place, [[0, null], [length, null]], {
      labels: ["ms", "neuron"], xlabel: "time, ms", ylabel: "neuron", valueRange: range,
      axes: {y: {
        axisLabelFormatter: (value) => Number.isInteger(value) ? String(value) : "",
      }},
      underlayCallback: (context, area, chart) => this.draw(context, area, chart),
    }, () => [colour("accent")]);
    this.chart.fullRange = range;
    this.spot = element("i", this.place.plot, {className: "spot", hidden: true});
    this.place.plot.addEventListener("mousemove", (event) => this.hover(event));
    this.place.plot.addEventListener("mouseleave", () => this.point(null));
  }

  show(spikes) {
    this.spikes = spikes;
    this.point(null);
    this.chart.updateOptions({});
  }

  // The packets within a range of time.
  packets([from, to]) {
    const {ticks} = this.spikes;
    return [lowerBound(ticks, from / report.step_ms), lowerBound(ticks, to / report.step_ms + 1e-9)];
  }

  draw(context, area, chart) {
    if (!this.spikes) return;
    const start = performance.now();
    const scale = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(area.w * scale));
    const height = Math.max(1, Math.round(area.h * scale));
    const {hits, drawn} = this.count(chart, width, height, scale);
    this.paint(hits, width, height);
    context.drawImage(this.picture, area.x, area.y, area.w, area.h);
    const {dataset} = this.place.figure;
    dataset.total = this.spikes.neurons.length;
    dataset.drawn = drawn;
    dataset.drawTime = performance.now() - start;
  }

  // How many visible spikes there are, and how many cover each pixel. A mark is as large as a step
  // of a neuron, within limits.
  count(chart, width, height, scale) {
    const {ticks, offsets, neurons} = this.spikes;
    const time = chart.xAxisRange();
    const [low, high] = chart.yAxisRange();
    const [first, last] = this.packets(time);
    const perTick = width / (time[1] - time[0]) * report.step_ms;
    const perNeuron = height / (high - low);
    const least = Math.round(offsets[last] - offsets[first] < 5000 ? 2 * scale : 1);
    const size = (room, most) => Math.max(least, Math.min(Math.round(0.8 * room), most * scale) | 0);
    const [markWidth, markHeight] = [size(perTick, 5), size(perNeuron, 9)];
    const left = time[0] / report.step_ms;
    const hits = new Uint32Array(width * height);
    let drawn = 0;
    for (let p = first; p < last; ++p) {
      const x0 = Math.round((ticks[p] - left) * perTick - markWidth / 2);
      const [xFrom, xTo] = [Math.max(0, x0), Math.min(width, x0 + markWidth)];
      for (let k = offsets[p]; k < offsets[p + 1]; ++k) {
        const neuron = neurons[k];
        if (neuron < low || neuron > high) continue;
        ++drawn;
        const y0 = Math.round((high - neuron) * perNeuron - markHeight / 2);
        const yTo = Math.min(height, y0 + markHeight);
        for (let y = Math.max(0, y0); y < yTo; ++y) {
          for (let x = xFrom; x < xTo; ++x) ++hits[y * width + x];
        }
      }
    }
    return {hits, drawn};
  }

  paint(hits, width, height) {
    let most = 1;
    for (let k = 0; k < hits.length; ++k) if (hits[k] > most) most = hits[k];
    const table = shades(most, "accent");
    this.picture.width = width;
    this.picture.height = height;
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let k = 0; k < hits.length; ++k) pixels[k] = table[hits[k]];
    this.picture.getContext("2d").putImageData(image, 0, 0);
  }

  // The spike nearest to a place of the plot, or null.
  nearest(x, y) {
    if (!this.spikes) return null;
    const {chart, spikes: {ticks, offsets, neurons}} = this;
    const [first, last] = this.packets(
      [chart.toDataXCoord(x - kHoverPixels), chart.toDataXCoord(x + kHoverPixels)]);
    const low = chart.toDataYCoord(y + kHoverPixels);
    const high = chart.toDataYCoord(y - kHoverPixels);
    let best = null;
    let distance = kHoverPixels ** 2;
    for (let p = first; p < last; ++p) {
      const dx = chart.toDomXCoord(ticks[p] * report.step_ms) - x;
      for (let k = lowerBound(neurons, low, offsets[p], offsets[p + 1]);
        k < offsets[p + 1] && neurons[k] <= high; ++k) {
        const far = dx ** 2 + (chart.toDomYCoord(neurons[k]) - y) ** 2;
        if (far > distance) continue;
        distance = far;
        best = {tick: ticks[p], neuron: neurons[k], spike: k};
      }
    }
    return best;
  }

  hover(event) {
    const [x, y] = this.chart.eventToDomCoords(event);
    this.point(this.nearest(x, y));
  }

  point(found) {
    this.spot.hidden = !found;
    if (!found) {
      this.place.hover.textContent = "";
      return;
    }
    const ms = found.tick * report.step_ms;
    this.spot.style.left = this.chart.toDomXCoord(ms) + "px";
    this.spot.style.top = this.chart.toDomYCoord(found.neuron) + "px";
    const {values} = this.spikes;
    const value = values ? `, value ${number(values[found.spike])}` : "";
    this.place.hover.textContent =
      `neuron ${found.neuron} at ${number(ms)} ms (step ${found.tick})${value}`;
  }
}
