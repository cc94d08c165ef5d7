// Draws what a table of the page says. The table stays: it is what screen readers, and whoever wants figures, read.
// `ui.chart` in templates/_parts/ui.html says how a table is marked for it.

const PALETTE = ["accent", "warn", "info", "bad", "good", "neutral"];
const INK = { neutral: "--ink-3" };
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]]; // colour is never the only difference
const POINTS = ["circle", "triangle", "rect", "rectRot"];

export function startCharts() {
  const figures = [...document.querySelectorAll("[data-chart]")];
  if (!figures.length) return;
  load(figures[0].dataset.library).then(() => {
    let charts = figures.map(draw);
    const again = () => {
      charts.forEach((chart) => chart?.destroy());
      charts = figures.map(draw);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  });
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} could not be loaded`));
    document.head.append(script);
  });
}

function draw(figure) {
  const table = document.getElementById(figure.dataset.of);
  if (!table) return null;
  const found = read(table);
  const kind = figure.dataset.chart;
  return new window.Chart(figure.querySelector("canvas"), {
    type: kind === "bars" || kind === "stacked" ? "bar" : "line",
    data: { labels: found.labels, datasets: datasets(found, kind) },
    options: options(found, kind, look(figure)),
  });
}

/** What the table says: labels of the rows, their places on a time axis, and the columns that are plotted. */
function read(table) {
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const heads = [...table.tHead.rows[0].cells];
  return {
    labels: rows.map((row) => text(row.cells[0])),
    places: rows.map((row) => Date.parse(row.cells[0].dataset.value ?? row.cells[0].querySelector("time")?.dateTime)),
    series: heads
      .map((head, at) => ({ head, cells: rows.map((row) => row.cells[at]) }))
      .filter(({ head }) => "series" in head.dataset)
      .map(({ head, cells }) => ({
        name: text(head),
        tone: head.dataset.tone,
        values: cells.map((cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null)),
        words: cells.map(text),
      })),
  };
}

const text = (cell) => cell?.textContent.trim().replace(/\s+/g, " ") ?? "";

function datasets({ places, series }, kind) {
  return series.map(({ name, tone, values }, at) => {
    const colour = colourOf(tone ?? PALETTE[at % PALETTE.length]);
    return {
      label: name,
      data: kind === "steps" ? values.map((y, row) => ({ x: places[row], y })) : values,
      stepped: kind === "steps" ? "before" : false,
      borderColor: colour,
      backgroundColor: colour,
      borderDash: kind === "bars" || kind === "stacked" ? undefined : DASHES[at % DASHES.length],
      pointStyle: POINTS[at % POINTS.length],
      borderWidth: kind === "bars" || kind === "stacked" ? 0 : 2,
      borderRadius: 3,
      maxBarThickness: 48,
      pointRadius: 4,
      pointHoverRadius: 6,
    };
  });
}

function options({ labels, places, series }, kind, { ink, faint, line, surface, rtl, locale, still }) {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const month = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  const ticks = { color: faint, maxRotation: 0, autoSkipPadding: 16 };
  const across = { reverse: rtl, grid: { display: false }, border: { color: line }, ticks };
  const timed = { type: "linear", ticks: { ...ticks, callback: (at) => month.format(at) } };
  const stacked = kind === "stacked";
  return {
    animation: still ? false : { duration: 250 },
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    locale,
    scales: {
      x: {
        ...across,
        stacked,
        ...(kind === "steps" && { ...timed, afterBuildTicks: (axis) => (axis.ticks = places.map((value) => ({ value }))) }),
      },
      y: {
        stacked,
        position: rtl ? "right" : "left",
        beginAtZero: kind !== "steps",
        grace: kind === "steps" ? "10%" : 0,
        grid: { color: line },
        border: { display: false },
        ticks: { ...ticks, maxTicksLimit: 6, callback: (value) => number.format(value) },
      },
    },
    plugins: {
      legend: {
        display: series.length > 1,
        rtl,
        textDirection: rtl ? "rtl" : "ltr",
        position: "bottom",
        labels: { color: ink, usePointStyle: true, padding: 16 },
      },
      tooltip: {
        rtl,
        textDirection: rtl ? "rtl" : "ltr",
        backgroundColor: surface,
        titleColor: ink,
        bodyColor: ink,
        borderColor: line,
        borderWidth: 1,
        padding: 10,
        usePointStyle: true,
        callbacks: {
          title: ([first]) => labels[first?.dataIndex] ?? "",
          label: ({ dataset, datasetIndex, dataIndex }) => `${dataset.label}: ${series[datasetIndex].words[dataIndex]}`,
        },
      },
    },
  };
}

/** The page's colours, letters and reading direction; the colours as they are in this theme. */
function look(figure) {
  const { fontFamily, direction } = getComputedStyle(figure);
  window.Chart.defaults.font.family = fontFamily;
  window.Chart.defaults.font.size = 13;
  return {
    ink: resolved("--ink"),
    faint: resolved("--ink-3"),
    line: resolved("--line"),
    surface: resolved("--raised"),
    rtl: direction === "rtl",
    locale: document.documentElement.lang || "en",
    still: matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

const colourOf = (tone) => resolved(INK[tone] ?? `--${tone}`);

/** What a custom property comes to; asked of an element, since `light-dark(…)` is worked out there only. */
function resolved(property) {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
