// Theme, printing, and the start.

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  button.textContent = theme === "dark" ? "Light" : "Dark";
  button.setAttribute("aria-label", `Switch to ${theme === "dark" ? "light" : "dark"} colours`);
  redrawCharts();
}

function watchTheme() {
  const {dataset} = document.documentElement;
  document.getElementById("theme").addEventListener("click",
    () => setTheme(dataset.theme === "dark" ? "light" : "dark"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
    (event) => setTheme(event.matches ? "dark" : "light"));
  setTheme(dataset.theme);
}

// Chromium prints canvases that were drawn since the last frame only in part, but images whole.
function replaceCanvases() {
  for (const canvas of document.querySelectorAll(".plot canvas")) {
    const image = element("img", null, {className: "paper", src: canvas.toDataURL(), alt: ""});
    image.style.cssText = canvas.style.cssText;
    canvas.after(image);  // page.css hides the canvas
  }
}

// Paper is white, and narrower than most windows.
function watchPrinting() {
  let theme = null;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.classList.add("printing");
    setTheme("light");
    resizeCharts();
    replaceCanvases();
  });
  addEventListener("afterprint", () => {
    for (const image of document.querySelectorAll("img.paper")) image.remove();
    document.documentElement.classList.remove("printing");
    setTheme(theme);
    resizeCharts();
  });
}

function complain(message) {
  const problem = document.getElementById("problem");
  problem.hidden = false;
  problem.textContent = message;
}

async function start() {
  showFacts();
  watchTheme();
  watchPrinting();
  if (report.kind === "training") {
    showTraining();
  } else {
    if (typeof DecompressionStream === "undefined") {
      complain("This browser is too old for the charts of single samples: it lacks " +
        "DecompressionStream (Firefox 113, Chromium 80, Safari 16.4 and later have it).");
      report.embedded = 0;
    }
    await showRun();
  }
  // Two frames later everything is on the screen.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.documentElement.dataset.ready = performance.now().toFixed(0);
  }));
}

start().catch((error) => {
  console.error(error);
  complain(`This page could not be shown: ${error.message}`);
});
