// The page of a training: curves over epochs.

// `lines` are [name, values by epoch]; those without a number are left out.
function trainingChart(parent, title, ylabel, lines, options = {}) {
  const known = lines.filter(([, values]) => values.some((value) => value !== null));
  if (known.length === 0) return;
  const place = panel(parent, title);
  const names = known.map(([name]) => name);
  const colours = () => lineColours.slice(0, names.length);
  if (names.length > 1) showKeys(place, names, colours());
  const rows = report.epochs.epoch.map((epoch, k) => [epoch, ...known.map(([, values]) => values[k])]);
  newChart(place, rows, {
    labels: ["epoch", ...names], xlabel: "epoch", ylabel, drawPoints: true, pointSize: 2,
    includeZero: true, xRangePad: 6, axes: {
      x: {axisLabelFormatter: (value) => Number.isInteger(value) ? String(value) : ""},
    },
    ...hoverText(place, "epoch", ""),
    ...options,
  }, colours);
}

function percents(values) {
  return values.map((value) => value === null ? null : 100 * value);
}

// Column `p` of a metric with a number for each population.
function ofPopulation(rows, p) {
  return percents(rows.map((row) => row[p]));
}

function showTraining() {
  const section = document.getElementById("training");
  section.hidden = false;
  const {epochs} = report;
  const grid = section.querySelector(".charts");
  if (!epochs.epoch) {
    element("p", section, {className: "note", textContent: "No epoch is finished yet."});
  } else {
    trainingChart(grid, "Loss", "cross-entropy",
      [["training", epochs.loss], ["validation", epochs.validation_loss]]);
    trainingChart(grid, "Accuracy", "%",
      [["training", percents(epochs.training_accuracy)],
        ["validation", percents(epochs.validation_accuracy)]], {includeZero: false});
    trainingChart(grid, "Learning rate", "", [["learning rate", epochs.learning_rate]]);
    trainingChart(grid, "Gradient norm, before clipping", "",
      [["gradient norm", epochs.gradient_norm]]);
    const byPopulation = (metric) =>
      report.populations.map((name, p) => [name, ofPopulation(epochs[metric], p)]);
    trainingChart(grid, "Activity: mean T(s)", "%", byPopulation("activity"));
    trainingChart(grid, "Share of the errors propagated", "%", byPopulation("error_density"));
  }
  const tables = document.getElementById("tables");
  tables.hidden = false;
  for (const table of report.tables) showTable(tables, table);
}
