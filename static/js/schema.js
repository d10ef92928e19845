/** The list of tables, on the pages that have it: a filter, and what stays as it was when the list is replaced. */
import { shortcut } from "./keys.js";
import { nowAndAfterSwaps, visit } from "./page.js";

const list = () => document.getElementById("schema");
const items = () => list().querySelectorAll("[data-table]");
const current = () => list().querySelector("[aria-current]");
const opened = new Set();
const TYPED = "tables-filter"; // beside a table, where each choice is another page
let wanted = "";
let scrolled = 0;

const isCalled = (item, words) => [...item.querySelectorAll(".table-name, .column-name")].some((each) => each.textContent.toLowerCase().includes(words));

function filter() {
  let matches = 0;
  for (const item of items()) {
    item.hidden = !isCalled(item, wanted.toLowerCase());
    if (!item.hidden) matches += 1;
  }
  const none = document.getElementById("no-table-matches");
  if (none) none.hidden = matches > 0;
}

function restore() {
  const box = document.getElementById("table-filter");
  if (!box) return;
  box.value = wanted;
  filter();
}

function reopen() {
  for (const item of items()) {
    if (opened.has(item.dataset.table)) item.querySelector("details").open = true;
  }
}

function keepAsItWas() {
  document.addEventListener("htmx:before:swap", () => (scrolled = list().scrollTop));
  nowAndAfterSwaps(() => {
    restore();
    reopen();
    list().scrollTop = scrolled;
  });
}

/** Goes to the list; where it is a drawer, that is opened. */
function goToTables() {
  if (!list().checkVisibility()) list().showPopover();
  (document.getElementById("table-filter") ?? current() ?? list().querySelector(".table-link"))?.focus();
}

/** Brings the table that this page is about to the middle of a list that is longer than there is room. */
function showCurrent() {
  const [item, frame] = [current()?.getBoundingClientRect(), list().getBoundingClientRect()];
  if (item && (item.top < frame.top || item.bottom > frame.bottom)) list().scrollTop += item.top - frame.top - frame.height / 2;
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "table-filter") return;
  wanted = event.target.value.trim();
  if (list().popover) visit.set(TYPED, wanted);
  filter();
});

// `toggle` does not bubble, but it can be caught on its way down.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target === list()) showCurrent();
    const name = target.closest?.("[data-table]")?.dataset.table;
    if (name === undefined) return;
    if (target.open) opened.add(name);
    else if (target.isConnected) opened.delete(name);
  },
  true,
);

// A table was chosen: the address says so too, unless it is the address of a result.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { href, pathname } = new URL(ctx.request?.action ?? "", location.href);
  if (ctx.target?.id !== "schema" || !ctx.sourceEvent?.isTrusted) return;
  if (pathname === location.pathname) history.replaceState(history.state, "", href);
  current()?.focus({ preventScroll: true });
});

if (list()) {
  if (list().popover) wanted = visit.get(TYPED) ?? "";
  shortcut("/", "Jump to a table", goToTables);
  keepAsItWas();
  if (list().popover) showCurrent();
}
