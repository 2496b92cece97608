// Everything made of text: facts, tables, the confusion matrix.

function className(index) {
  return report.classes?.[index] ?? String(index);
}

function showFacts() {
  document.getElementById("title").textContent = report.title;
  const list = document.getElementById("facts");
  for (const [name, value] of report.facts) {
    const fact = element("div", list);
    element("dt", fact, {textContent: name});
    element("dd", fact, {textContent: value});
  }
  document.getElementById("yaml").textContent = report.yaml;
}

function scrollBox(parent, label) {
  const box = element("div", parent, {className: "scroll", tabIndex: 0});
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  return box;
}

function headerCell(row, text, scope) {
  const cell = element("th", row, {textContent: text});
  cell.scope = scope;
  return cell;
}

// {caption, columns, rows}: every cell is text; the first column names the row.
function showTable(parent, {caption, columns, rows}) {
  const table = element("table", scrollBox(parent, caption));
  element("caption", table, {textContent: caption});
  const head = element("tr", element("thead", table));
  // Numbers to the right, words to the left.
  const isText = columns.map((unused, c) => rows.some((row) => /^[^\d\-+]/.test(row[c])));
  columns.forEach((column, c) => {
    headerCell(head, column, "col").classList.toggle("text", isText[c]);
  });
  const body = element("tbody", table);
  for (const [name, ...values] of rows) {
    const row = element("tr", body);
    headerCell(row, name, "row");
    values.forEach((value, c) => {
      element("td", row, {textContent: value, className: isText[c + 1] ? "text" : ""});
    });
  }
}

function confusionCell(row, count, sum, right, label) {
  const cell = element("td", row, {textContent: String(count), tabIndex: -1});
  // The root makes rare confusions visible.
  const strength = sum > 0 ? Math.sqrt(count / sum) : 0;
  cell.style.setProperty("--tone", right ? "var(--accent)" : "var(--second)");
  cell.style.setProperty("--strength", `${Math.round(100 * strength)}%`);
  cell.classList.toggle("strong", strength > 0.55);
  cell.classList.toggle("zero", count === 0);
  cell.setAttribute("aria-label", label);
  cell.title = label;
  return cell;
}

// Arrow keys move within the table; Tab enters and leaves it.
function moveInTable(event, table) {
  const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};
  const cell = event.target.closest("td");
  if (!cell || !steps[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  const [down, right] = steps[event.key];
  const row = table.tBodies[0].rows[cell.parentNode.sectionRowIndex + down];
  const next = row?.cells[cell.cellIndex + right];
  if (next?.tagName !== "TD") return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

// `choose(label, prediction)` is called for the cell that is clicked, or entered by key.
function showConfusion(section, {classes, counts, labelled, correct}, choose) {
  element("p", section, {
    textContent: `${correct} of ${labelled} samples right: ${(100 * correct / labelled).toFixed(2)} %.`,
  });
  element("p", section, {
    className: "hint control",
    textContent: "A click on a cell, or Enter, shows the next such sample that this page holds.",
  });
  const table = element("table", scrollBox(section, "Confusion matrix"), {className: "confusion"});
  element("caption", table, {textContent: "Samples by label (row) and prediction (column)"});
  const head = element("tr", element("thead", table));
  headerCell(head, "label", "col");
  for (const name of classes) headerCell(head, name, "col");
  headerCell(head, "right, %", "col");
  const body = element("tbody", table);
  classes.forEach((name, label) => {
    const row = element("tr", body);
    headerCell(row, name, "row");
    const own = counts.slice(label * classes.length, (label + 1) * classes.length);
    const sum = own.reduce((a, b) => a + b, 0);
    own.forEach((count, prediction) => {
      const cell = confusionCell(row, count, sum, label === prediction,
        `label ${name}, predicted ${classes[prediction]}: ${count} of ${sum}`);
      const act = () => choose(label, prediction);
      cell.addEventListener("click", act);
      cell.addEventListener("keydown", (event) => { if (event.key === "Enter") act(); });
    });
    headerCell(row, sum > 0 ? (100 * own[label] / sum).toFixed(1) : "-", "row");
  });
  body.rows[0].cells[1].tabIndex = 0;
  table.addEventListener("keydown", (event) => moveInTable(event, table));
}
