/**
 * Cells of a table by keyboard: arrows go from one to the next, Enter edits, and what copies text copies the whole
 * value, exactly. Whoever has edited one goes on from it.
 */
import { nowAndAfterSwaps, visit } from "../page.js";
import { tell } from "./copies.js";

const CELL = "#table .scroll tbody td";
const EDITED = "edited-cell";
const cells = () => [...document.querySelectorAll(CELL)];
const rowLink = (cell) => cell.parentElement.querySelector("th.row a");
const columnOf = (cell) => Number(cell.dataset.column ?? cell.cellIndex + (rowLink(cell) ? 0 : 1));
const shown = (row) => [...row.cells].filter((cell) => cell.matches(CELL) && cell.checkVisibility());

/** One cell at a time is reached by the Tab key: where somebody was last. A click moves nothing below the pointer. */
function goTo(cell, { preventScroll = false } = {}) {
  if (!cell) return;
  for (const each of document.querySelectorAll(`${CELL}[tabindex="0"]`)) each.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll });
}

/** The cell that a key leads to from this one. */
function next(cell, key) {
  const row = cell.parentElement;
  const at = shown(row).indexOf(cell);
  const beside = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: shown(row).length - 1 }[key];
  if (beside !== undefined) return shown(row)[beside];
  const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[key];
  return other && shown(other)[at];
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!target.matches?.(CELL) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (key === "Enter" || key === "F2") target.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  else if (/^(Arrow|Home|End)/.test(key)) goTo(next(target, key));
  else return;
  event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  const cell = target.closest?.(CELL);
  if (cell && !target.closest("a, summary, button") && getSelection().isCollapsed) goTo(cell, { preventScroll: true });
});

/** The value from the server, where the page shows it with marks or by its beginning. */
async function valueOf(cell) {
  const address = cell.parentElement.querySelector("[data-copy-row]")?.href;
  if (!address) return cell.textContent;
  const asked = new URL(address);
  asked.searchParams.set("format", "value");
  asked.searchParams.set("column", columnOf(cell));
  const answer = await fetch(asked);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

document.addEventListener("copy", (event) => {
  const cell = document.activeElement;
  if (!cell?.matches(CELL) || !getSelection().isCollapsed) return;
  event.preventDefault();
  const status = document.querySelector("#chosen [role=status]");
  tell(status, "Copied the value.", async () => navigator.clipboard.writeText(await valueOf(cell)));
});

document.addEventListener("submit", ({ target }) => {
  const cell = target.closest("#in-place") && document.querySelector(`${CELL}[tabindex="0"]`);
  if (cell) visit.set(EDITED, JSON.stringify([rowLink(cell).href, columnOf(cell)]));
});

/** The cell that was edited before this page came. */
function edited() {
  const [href, column] = JSON.parse(visit.get(EDITED) ?? "[]");
  visit.set(EDITED, "[]");
  return href && cells().find((cell) => columnOf(cell) === column && rowLink(cell)?.href === href);
}

nowAndAfterSwaps(() => {
  const [first] = cells();
  if (first && !document.querySelector(`${CELL}[tabindex="0"]`)) first.tabIndex = 0;
});
goTo(edited());
