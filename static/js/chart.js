// Draws [data-chart]: a canvas whose figures stand in a table on the same page as well. Without scripts there is none.
// Colours are the style sheet's, asked for anew when the theme changes and for paper; nothing moves.
const Chart = window.Chart;
const root = document.documentElement;
const language = root.lang || "en";
const rtl = root.dir === "rtl";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paper = window.matchMedia("print");
const points = ["circle", "rect", "triangle", "rectRot", "star", "cross"];
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3], [10, 4]];

/** What a custom colour is now: only an element of the page knows whether it is light or dark. */
function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const tones = (name) => colour({ neutral: "line-strong" }[name] ?? name);

/** Numbers as the page writes them: Latin digits in every language. */
function formats(currency) {
  const locale = { en: "en-GB" }[language] ?? language;
  const money = currency ? { style: "currency", currency, currencyDisplay: "symbol" } : {};
  const whole = new Intl.NumberFormat(`${locale}-u-nu-latn`, money);
  const short = new Intl.NumberFormat(`${locale}-u-nu-latn`, { ...money, notation: "compact", maximumFractionDigits: 2 });
  return { whole: (value) => whole.format(value), short: (value) => short.format(value) };
}

function dataset(series, place, spec, total) {
  const ink = tones(series.tone);
  const line = spec.kind === "line";
  return {
    label: series.label,
    data: series.values,
    backgroundColor: ink,
    borderColor: line ? ink : colour("surface"),
    borderWidth: line ? 2 : spec.stacked ? 1 : 0,
    borderRadius: line ? 0 : 3,
    borderDash: line && total > 1 ? dashes[place % dashes.length] : [],
    pointStyle: points[place % points.length],
    pointRadius: series.values.length > 60 ? 0 : 3,
    stepped: spec.stepped,
    spanGaps: true,
    maxBarThickness: 48,
  };
}

function settings(spec) {
  const say = formats(spec.currency);
  const [ink, line] = [colour("ink-2"), colour("line")];
  const title = { color: ink, font: { family: getComputedStyle(document.body).fontFamily, size: 12 } };
  return {
    type: spec.kind,
    data: { labels: spec.labels, datasets: spec.series.map((one, place) => dataset(one, place, spec, spec.series.length)) },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      locale: language,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { stacked: spec.stacked, reverse: rtl, grid: { display: false }, border: { color: line }, ticks: { ...title, maxRotation: 0, autoSkipPadding: 12 } },
        y: {
          stacked: spec.stacked,
          position: rtl ? "right" : "left",
          beginAtZero: spec.kind === "bar",
          grid: { color: line },
          border: { display: false },
          ticks: { ...title, maxTicksLimit: 6, precision: spec.currency ? undefined : 0, callback: say.short },
        },
      },
      plugins: {
        legend: {
          display: spec.series.length > 1,
          position: "bottom",
          rtl,
          textDirection: root.dir,
          labels: { ...title, usePointStyle: true, pointStyle: spec.kind === "line" ? undefined : "rectRounded", boxHeight: 8, padding: 16 },
        },
        tooltip: {
          rtl,
          textDirection: root.dir,
          callbacks: { label: (item) => ` ${item.dataset.label}: ${say.whole(item.parsed.y)}` },
        },
      },
    },
  };
}

const drawn = new Map();

function draw(figure) {
  drawn.get(figure)?.destroy();
  drawn.set(figure, new Chart(figure.querySelector("canvas"), settings(JSON.parse(figure.dataset.chart))));
}

const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

if (Chart) {
  drawAll();
  document.fonts?.ready.then(drawAll); // with the page's own letters
  new MutationObserver(drawAll).observe(root, { attributeFilter: ["data-theme"] });
  document.addEventListener("portway:later", drawAll); // what came after the page
  dark.addEventListener("change", drawAll);
  paper.addEventListener("change", drawAll);
}
