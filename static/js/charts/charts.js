/** Draws the charts of results with Chart.js, in the colours of the page. Nothing of it moves. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  ScatterController,
  TimeScale,
  Tooltip,
} from "chart.js";
import "chartjs-adapter-luxon";
import { save } from "./picture.js";
import { looks, theme, whenThemeChanges } from "./looks.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LineController, LineElement, LinearScale, PointElement, ScatterController, TimeScale, Tooltip);

const MARKED = 300; // points of a line up to which each has a mark
const SCALES = { category: "category", number: "linear", time: "time" };
const ISO = {
  millisecond: "HH:mm:ss.SSS",
  second: "HH:mm:ss",
  minute: "HH:mm",
  hour: "MM-dd HH:mm",
  day: "yyyy-MM-dd",
  week: "yyyy-MM-dd",
  month: "yyyy-MM",
  quarter: "yyyy-MM",
  year: "yyyy",
};

const shown = new Map(); // what is drawn, by its section

/** Fetches the points of the chart in `section` and draws them. */
export async function show(section) {
  const response = await fetch(section.dataset.chart, { headers: { Accept: "application/json" } });
  const told = await response.json();
  const words = section.querySelector("figcaption p");
  if (!response.ok) {
    words.textContent = [told.problem, told.hint].filter(Boolean).join(" ");
    return;
  }
  words.textContent = told.summary.join("\n");
  for (const [old, { chart }] of shown) if (!old.isConnected) shown.delete(old), chart.destroy();
  draw(section, told);
}

function draw(section, told) {
  shown.get(section)?.chart.destroy();
  shown.set(section, { told, chart: new Chart(section.querySelector("canvas"), config(section, told)) });
}

function config(section, told) {
  const colours = theme(section);
  return {
    type: told.kind === "histogram" ? "bar" : told.kind,
    data: { labels: told.scale === "category" ? told.x : undefined, datasets: told.series.map((each, place) => dataset(told, each, looks(section, place, told.kind))) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: told.kind === "scatter" ? "nearest" : "index", intersect: false },
      color: colours.ink,
      font: { family: colours.family },
      scales: { x: xScale(told, colours), y: { title: title(told.series.length === 1 ? nameOfY(told) : "", colours), ...axis(colours) } },
      plugins: { legend: { display: told.series.length > 1, labels: { ...marks(told.kind), color: colours.ink } }, tooltip: tooltip(told) },
    },
  };
}

/** Lines are told by their marks, bars by their hatching. */
const marks = (kind) => (kind === "bar" || kind === "histogram" ? { boxWidth: 24 } : { usePointStyle: true, boxHeight: 6 });

const nameOfY = (told) => (told.kind === "histogram" ? "rows" : told.series[0].name);

/** The values as they are placed; beside them their exact digits, which a number of JavaScript may not have. */
function dataset(told, { name, values }, look) {
  const number = (value) => (value === null ? null : Number(value));
  const data = told.scale === "category" && told.kind !== "scatter" ? values.map(number) : values.map((y, at) => ({ x: place(told, at), y: number(y) }));
  return { label: name, data, exact: values, pointRadius: told.kind === "scatter" || values.length <= MARKED ? 3 : 0, pointHitRadius: 8, spanGaps: false, ...look };
}

const place = (told, at) => (told.scale === "category" ? told.x[at] : Number(told.x[at]));

function xScale(told, colours) {
  const { ticks, grid, border } = axis(colours);
  const time = told.scale === "time" ? { adapters: { date: { zone: "utc" } }, time: { displayFormats: ISO } } : {};
  return { type: SCALES[told.scale], title: title(told.name, colours), ticks: { ...ticks, maxRotation: 45, autoSkipPadding: 8 }, grid: { ...grid, display: told.scale !== "category" }, border, ...time };
}

const axis = ({ soft, line }) => ({ ticks: { color: soft }, grid: { color: line }, border: { color: line } });

const title = (text, { soft }) => ({ display: text !== "", text, color: soft });

function tooltip(told) {
  const at = (item) => told.x[item.dataIndex];
  const x = (item) => (told.scale === "time" ? new Date(at(item)).toISOString().replace("T00:00:00.000Z", "") : String(at(item)));
  return {
    usePointStyle: true,
    callbacks: {
      title: (items) => (items.length ? x(items[0]) : ""),
      label: (item) => `${item.dataset.label}: ${item.dataset.exact[item.dataIndex]}`,
    },
  };
}

whenThemeChanges(() => {
  for (const [section, { told }] of [...shown]) if (section.isConnected) draw(section, told);
});

document.addEventListener("click", ({ target }) => {
  const section = target.closest?.("[data-saves-chart]")?.closest("[data-chart]");
  if (shown.has(section)) save(section.querySelector("canvas"), theme(section).surface);
});
