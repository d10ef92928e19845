/** Tables as boxes with their columns, and foreign keys as arrows between them, as one SVG. */
import { placed } from "./layout.js";

const LINE = 18;
const HEAD = 28;
const SIDE = 10;
const MOST_COLUMNS = 14;
const MOST_LETTERS = 34;
const LETTER = 7; // of the text of a box, at its widest on average

/** The drawing of what `items` tell: one element for each table, which holds its columns and keys. */
export function draw(items) {
  const tables = [...items].map(told);
  const known = new Map(tables.map((table) => [table.name, table]));
  const ties = tiesOf(tables, known);
  const size = placed(tables, ties);
  const svg = make("svg", { viewBox: `0 0 ${size.width} ${size.height}`, class: "tables-drawn", "aria-label": "Tables and what they refer to", role: "group" });
  svg.append(arrowhead(), ...ties.map(line), ...tables.map(box));
  return svg;
}

function told(item) {
  const columns = [...item.querySelectorAll("[data-column]")].map((each) => ({
    name: each.dataset.column,
    type: each.dataset.type,
    isKey: "key" in each.dataset,
  }));
  const keys = [...item.querySelectorAll("[data-parent]")].map((each) => ({ parent: each.dataset.parent, words: each.textContent.trim().replace(/\s+/g, " ") }));
  const shown = columns.slice(0, MOST_COLUMNS);
  const lines = shown.length + (columns.length > shown.length ? 1 : 0);
  const letters = Math.max(item.dataset.table.length + 2, ...shown.map(({ name, type }) => name.length + type.length + 3), 14);
  return {
    name: item.dataset.table,
    href: item.querySelector("a").href,
    isNear: "near" in item.dataset,
    columns: shown,
    more: columns.length - shown.length,
    keys,
    width: Math.min(letters, MOST_LETTERS + 6) * LETTER + 2 * SIDE,
    height: HEAD + lines * LINE + 8,
  };
}

/** One for each pair of tables, however many keys lead from one to the other. */
function tiesOf(tables, known) {
  const found = new Map();
  for (const from of tables) {
    for (const { parent, words } of from.keys) {
      const name = JSON.stringify([from.name, parent]);
      const tie = found.get(name) ?? { from, to: known.get(parent), words: [] };
      tie.words.push(`${from.name}: ${words}`);
      found.set(name, tie);
    }
  }
  return [...found.values()];
}

function box({ name, href, isNear, columns, more, width, height, x, y }) {
  const link = make("a", { href, class: isNear ? "drawn-table near" : "drawn-table", transform: `translate(${x - width / 2} ${y - height / 2})`, "data-drawn": name });
  link.append(
    titled(name),
    make("rect", { width, height, rx: 6, class: "drawn-box" }),
    make("line", { x1: 0, x2: width, y1: HEAD, y2: HEAD, class: "drawn-rule" }),
    words(shortened(name, MOST_LETTERS), { x: SIDE, y: 19, class: "drawn-name" }),
    ...columns.flatMap((column, i) => columnLine(column, width, HEAD + 4 + (i + 0.75) * LINE)),
  );
  if (more) link.append(words(`and ${more} more`, { x: SIDE, y: HEAD + 4 + (columns.length + 0.75) * LINE, class: "drawn-type", "aria-hidden": true }));
  return link;
}

function columnLine({ name, type, isKey }, width, y) {
  const room = Math.floor((width - 2 * SIDE) / LETTER);
  const kind = shortened(type, 14);
  return [
    words(shortened(name, Math.max(6, room - kind.length - 1)), { x: SIDE, y, class: isKey ? "drawn-column is-key" : "drawn-column", "aria-hidden": true }),
    words(kind, { x: width - SIDE, y, class: "drawn-type at-end", "aria-hidden": true }),
  ];
}

function line({ from, to, points, words: said }) {
  const path = make("path", { d: curve(points), class: "drawn-key", "marker-end": "url(#arrow)", "data-from": from.name, "data-to": to.name });
  path.append(titled(said.join("\n")));
  return path;
}

/** Through the middles between the points, bent towards these. */
function curve(points) {
  const place = ({ x, y }) => `${x} ${y}`;
  const middle = (one, other) => place({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  const bends = points.slice(1, -1).map((point, i) => `Q${place(point)} ${i + 3 < points.length ? middle(point, points[i + 2]) : place(points.at(-1))}`);
  return `M${place(points[0])}${bends.join("") || `L${place(points.at(-1))}`}`;
}

function arrowhead() {
  const marker = make("marker", { id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
  marker.append(make("path", { d: "M0 0L10 5L0 10z", class: "drawn-head" }));
  const defs = make("defs", {});
  defs.append(marker);
  return defs;
}

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function words(text, attributes) {
  const made = make("text", attributes);
  made.textContent = text;
  return made;
}

function titled(text) {
  const made = make("title", {});
  made.textContent = text;
  return made;
}

function make(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
