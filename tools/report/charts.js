// Charts: dygraphs in the colours of the page, zoomed by mouse, wheel and keys.

const charts = [];
const lineColours = [
  "#4e79a7", "#f28e2b", "#e15759", "#3fa7a0", "#59a14f", "#c9a227", "#b07aa1", "#e377a2", "#9c755f",
  "#8a8f98",
];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

function element(tag, parent, properties = {}) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  if (parent) parent.append(made);
  return made;
}

function number(value) {
  if (!Number.isFinite(value)) return "-";
  return value.toLocaleString("en", {maximumSignificantDigits: 4});
}

function axisText(value) {
  if (Math.abs(value) >= 1e6) return `${number(value / 1e6)} M`;
  return Math.abs(value) >= 1e4 ? `${number(value / 1e3)} k` : number(value);
}

// A place for a chart: a title, a line for what is under the pointer, and the plot.
function panel(parent, title, classes = "") {
  const figure = element("figure", parent, {className: "panel " + classes});
  const caption = element("figcaption", figure);
  element("b", caption, {textContent: title});
  const keys = element("span", caption);
  const hover = element("span", figure, {className: "hover"});
  const plot = element("div", figure, {className: "plot", tabIndex: 0});
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", title);
  return {figure, caption, keys, hover, plot};
}

function showKeys(place, names, colours) {
  place.keys.replaceChildren();
  names.forEach((name, k) => {
    const key = element("span", place.keys, {className: "key", textContent: name});
    key.style.setProperty("--colour", colours[k]);
    place.keys.insertBefore(document.createTextNode("  "), key);
  });
}

// Keeps a range of `span` or less within [low, high].
function within([from, to], [low, high]) {
  const span = Math.min(to - from, high - low);
  const start = Math.min(Math.max(from, low), high - span);
  return [start, start + span];
}

function scaled([from, to], about, factor) {
  return [about + (from - about) * factor, about + (to - about) * factor];
}

function zoom(chart, horizontal, about, factor) {
  const [x, y] = [chart.xAxisRange(), chart.yAxisRange()];
  if (horizontal) {
    const range = within(scaled(x, about ?? (x[0] + x[1]) / 2, factor), chart.xAxisExtremes());
    chart.updateOptions({dateWindow: range});
  } else if (chart.fullRange) {
    const range = within(scaled(y, about ?? (y[0] + y[1]) / 2, factor), chart.fullRange);
    chart.updateOptions({valueRange: range});
  }
}

function showAll(chart) {
  const options = {dateWindow: null};
  if (chart.fullRange) options.valueRange = chart.fullRange;
  chart.resetZoom();
  chart.updateOptions(options);
}

// A wheel that scrolls the page should not stop at each chart it passes.
function onWheel(event, chart) {
  const chosen = document.activeElement?.chart === chart;
  if (!event.ctrlKey && !event.metaKey && !chosen) return;
  event.preventDefault();
  const [x, y] = chart.eventToDomCoords(event);
  const factor = Math.exp((event.deltaY || event.deltaX) * 0.002);
  if (event.shiftKey) zoom(chart, false, chart.toDataYCoord(y), factor);
  else zoom(chart, true, chart.toDataXCoord(x), factor);
}

function onKey(event, chart) {
  const x = chart.xAxisRange();
  const step = (x[1] - x[0]) / 5;
  const move = (by) => chart.updateOptions(
    {dateWindow: within([x[0] + by, x[1] + by], chart.xAxisExtremes())});
  if (event.key === "+" || event.key === "=") zoom(chart, true, null, 0.7);
  else if (event.key === "-") zoom(chart, true, null, 1 / 0.7);
  else if (event.key === "0") showAll(chart);
  else if (event.shiftKey && event.key === "ArrowLeft") move(-step);
  else if (event.shiftKey && event.key === "ArrowRight") move(step);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function themeOptions() {
  return {gridLineColor: colour("grid"), axisLineColor: colour("line")};
}

// `options` are those of dygraphs; `colours` gives the lines' colours, anew for each theme.
function newChart(place, rows, options, colours) {
  const inner = element("div", place.plot);
  inner.style.cssText = "width:100%;height:100%";
  const chart = new Dygraph(inner, rows, {
    legend: "never", axisLabelFontSize: 12, xLabelHeight: 18, yLabelWidth: 18, strokeWidth: 1.5,
    highlightCircleSize: 3, rightGap: 12, colors: colours(),
    interactionModel: {
      ...Dygraph.defaultInteractionModel,
      wheel: onWheel,
      dblclick: (event, clicked) => showAll(clicked),
    },
    ...themeOptions(),
    ...options,
    axes: {
      x: {axisLabelFormatter: axisText, ...options.axes?.x},
      y: {axisLabelFormatter: axisText, axisLabelWidth: 50, pixelsPerLabel: 24, ...options.axes?.y},
    },
  });
  place.plot.chart = chart;  // for tests, and for whoever opens the console
  chart.recolour = () => chart.updateOptions({...themeOptions(), colors: colours()});
  place.plot.addEventListener("mousedown", () => place.plot.focus({preventScroll: true}));
  place.plot.addEventListener("keydown", (event) => onKey(event, chart));
  charts.push(chart);
  return chart;
}

// Says in words what the lines are at the pointer.
function hoverText(place, name, unit) {
  return {
    highlightCallback: (event, x, points) => {
      const values = points.filter((point) => point.yval !== null)
        .map((point) => `${point.name} ${number(point.yval)}`);
      place.hover.textContent = `${name} ${number(x)}${unit}: ${values.join(", ")}`;
    },
    unhighlightCallback: () => { place.hover.textContent = ""; },
  };
}

// Bars as wide as the rows are apart.
function drawBars(plot) {
  const {drawingContext: context, points, plotArea: area, dygraph} = plot;
  const bottom = Math.min(area.y + area.h, dygraph.toDomYCoord(dygraph.yAxisRange()[0]));
  const width = dygraph.toDomXCoord(dygraph.barWidth) - dygraph.toDomXCoord(0);
  context.fillStyle = plot.color;
  for (const point of points) {
    if (!Number.isFinite(point.canvasy)) continue;
    context.fillRect(point.canvasx - width / 2, point.canvasy, Math.max(1, width * 0.9),
      bottom - point.canvasy);
  }
}

// `rows` are [middle of the bin, count]. Counts differ by orders of magnitude: a logarithmic axis.
function histogram(parent, title, rows, barWidth, xlabel, unit) {
  const place = panel(parent, title);
  const most = Math.max(1, ...rows.map((row) => row[1]));
  const range = [0.6, most * 1.6];
  const chart = newChart(place, rows.map(([x, count]) => [x, count > 0 ? count : null]), {
    labels: ["x", "count"], xlabel, ylabel: "count (log)", plotter: drawBars, logscale: true,
    valueRange: range, xRangePad: 8, drawHighlightPointCallback: () => {},
    ...hoverText(place, "at", unit),
  }, () => [colour("accent")]);
  chart.barWidth = barWidth;
  chart.fullRange = range;
  chart.updateOptions({});
  return chart;
}

function redrawCharts() {
  for (const chart of charts) chart.recolour();
}

function resizeCharts() {
  for (const chart of charts) chart.resize();
}
