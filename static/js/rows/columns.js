/** Columns as one likes them: how wide, which, in which order; remembered for results with the same columns. */
import { memory, nowAndAfterSwaps, onClick } from "../page.js";
import { resultOf, results, table } from "./places.js";

const STEP = 40;
const LEAST = 40;
const sheet = new CSSStyleSheet();
let applied = "";
document.adoptedStyleSheets.push(sheet);

const cellsOf = (row) => [...row.cells].filter((cell) => !cell.classList.contains("row"));
const heads = (result) => cellsOf(table(result).tHead.rows[0]);
const nameOf = (head) => (head.querySelector(".sort") ?? head).textContent.trim();
const inOrder = (result) => heads(result).sort((a, b) => indexOf(a) - indexOf(b));
const indexOf = (head) => Number(head.dataset.column);
const keyOf = (result) => `columns:${JSON.stringify(inOrder(result).map(nameOf))}`.slice(0, 4000);

function liked(result) {
  try {
    return { hidden: [], widths: {}, order: [], ...JSON.parse(memory.get(keyOf(result)) ?? "{}") };
  } catch {
    return { hidden: [], widths: {}, order: [] };
  }
}

function like(result, changed) {
  memory.set(keyOf(result), JSON.stringify({ ...liked(result), ...changed }));
  arrange();
}

/** Puts a row's cells into the order that is liked; each knows its column from 1 in `data-column`. */
function order(row, wanted) {
  const cells = cellsOf(row);
  if (cells.length < wanted.length) return;
  for (const [at, cell] of cells.entries()) cell.dataset.column ??= at + 1;
  const byColumn = new Map(cells.map((cell) => [Number(cell.dataset.column), cell]));
  row.append(...wanted.map((column) => byColumn.get(column)));
}

function rulesOf(result) {
  const { hidden, widths, order: wanted } = liked(result);
  const all = inOrder(result).map(indexOf);
  const places = wanted.length === all.length ? wanted : all;
  const first = table(result).tHead.rows[0].cells.length - all.length + 1; // behind the cell that names the row
  const cell = (column) => `#${result.id} .scroll > table > :not(caption, .more) > tr > :nth-child(${places.indexOf(column) + first})`;
  const gone = hidden.filter((column) => all.includes(column)).map((column) => `${cell(column)} { display: none; }`);
  const wide = Object.entries(widths).map(([column, width]) => `${cell(Number(column))} { width: ${width}px; min-width: ${width}px; max-width: ${width}px; overflow: hidden; text-overflow: ellipsis; }`);
  return [...gone, ...wide];
}

function arrange() {
  const rules = [];
  for (const result of results()) {
    for (const [at, head] of heads(result).entries()) head.dataset.column ??= at + 1;
    const { hidden, widths, order: wanted } = liked(result);
    if (wanted.length === heads(result).length) for (const row of table(result).rows) order(row, wanted);
    if (table(result).classList.contains("settled")) setTracks(table(result), tracks(result));
    if (hidden.length || Object.keys(widths).length) rules.push(...rulesOf(result));
  }
  const told = rules.join("\n");
  if (told !== applied) sheet.replaceSync(told); // or every cell there is would be styled anew for each arrival
  applied = told;
}

/**
 * A result of many rows gets columns of settled widths: rows that come while somebody scrolls do not have all
 * others measured again, and those out of sight are not drawn.
 */
function settle() {
  for (const result of results()) {
    const it = table(result);
    if (!it.querySelector("tbody.more") || it.classList.contains("settled")) continue;
    for (const head of it.tHead.rows[0].cells) head.dataset.width = head.getBoundingClientRect().width;
    it.classList.add("settled");
    // Ten thousand cells that stick to the side are slow, so they do where there is something to scroll past.
    it.classList.toggle("wide", it.offsetWidth > it.parentElement.clientWidth + 1);
    arrange();
  }
}

function setTracks(it, wanted) {
  if (it.style.getPropertyValue("--columns") !== wanted) it.style.setProperty("--columns", wanted);
}

/** The widths of the columns that are shown, in their order. */
function tracks(result) {
  const [number, ...others] = table(result).tHead.rows[0].cells;
  const { hidden, widths } = liked(result);
  const shown = others.filter((head) => !hidden.includes(indexOf(head)));
  const columns = shown.map((head) => `${widths[indexOf(head)] ?? head.dataset.width}px`);
  return [`${number.dataset.width}px`, ...columns].join(" ");
}

function grips() {
  for (const result of results()) {
    for (const head of heads(result)) {
      if (head.querySelector(".grip")) continue;
      head.append(Object.assign(document.createElement("span"), { className: "grip", title: "Drag to change the width" }));
    }
  }
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip) return;
  event.preventDefault();
  const head = grip.parentElement;
  const result = resultOf(head);
  const [from, width] = [event.clientX, head.offsetWidth];
  grip.setPointerCapture(event.pointerId);
  const widen = ({ clientX }) => setWidth(result, indexOf(head), width + clientX - from);
  grip.addEventListener("pointermove", widen);
  grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", widen), { once: true });
});

function setWidth(result, column, width) {
  like(result, { widths: { ...liked(result).widths, [column]: Math.max(LEAST, Math.round(width)) } });
}

const dialog = document.createElement("dialog");
dialog.id = "columns-dialog";
dialog.setAttribute("aria-labelledby", "columns-title");
document.body.append(dialog);
let open;

function button(words, label, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: words });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function line(result, head) {
  const column = indexOf(head);
  const name = nameOf(head);
  const item = document.createElement("li");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !liked(result).hidden.includes(column) });
  box.addEventListener("change", () => like(result, { hidden: box.checked ? liked(result).hidden.filter((each) => each !== column) : [...liked(result).hidden, column] }));
  label.append(box, name);
  item.append(
    label,
    button("↑", `Move ${name} towards the beginning`, () => move(result, column, -1)),
    button("↓", `Move ${name} towards the end`, () => move(result, column, 1)),
    button("−", `Make ${name} narrower`, () => setWidth(result, column, head.offsetWidth - STEP)),
    button("+", `Make ${name} wider`, () => setWidth(result, column, head.offsetWidth + STEP)),
  );
  return item;
}

function move(result, column, step) {
  const wanted = heads(result).map(indexOf);
  const at = wanted.indexOf(column);
  if (wanted[at + step] === undefined) return;
  [wanted[at], wanted[at + step]] = [wanted[at + step], column];
  like(result, { order: wanted });
  const pressed = document.activeElement?.getAttribute("aria-label");
  list(result);
  dialog.querySelector(`[aria-label="${CSS.escape(pressed ?? "")}"]`)?.focus();
}

function list(result) {
  const lines = heads(result).slice(0, 200).map((head) => line(result, head));
  dialog.querySelector("ul").replaceChildren(...lines);
}

onClick("[data-columns]", (pressed) => {
  open = resultOf(pressed);
  dialog.innerHTML = '<h2 id="columns-title">Columns</h2><ul class="columns"></ul><form method="dialog"><button type="button" class="quiet" data-as-they-came>As they came</button><button class="button">Close</button></form>';
  list(open);
  dialog.showModal();
});

onClick("[data-as-they-came]", () => {
  const all = inOrder(open).map(indexOf);
  like(open, { hidden: [], widths: {}, order: all });
  list(open);
});

nowAndAfterSwaps(() => {
  arrange();
  settle();
  grips();
});
