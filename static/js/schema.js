/** The list of tables: a filter, and what stays as it was when the list is replaced. */
import { shortcut } from "./keys.js";
import { nowAndAfterSwaps } from "./page.js";

const list = () => document.getElementById("schema");
const opened = new Set();
let wanted = "";

function filter() {
  let matches = 0;
  for (const item of list().querySelectorAll("[data-table]")) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted.toLowerCase());
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
  for (const item of list().querySelectorAll("[data-table]")) {
    if (opened.has(item.dataset.table)) item.querySelector("details").open = true;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "table-filter") return;
  wanted = event.target.value.trim();
  filter();
});

// `toggle` does not bubble, but it can be caught on its way down.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const name = target.closest?.("[data-table]")?.dataset.table;
    if (name === undefined) return;
    if (target.open) opened.add(name);
    else if (target.isConnected) opened.delete(name);
  },
  true,
);

shortcut("/", "Jump to a table", () => {
  const filterBox = document.getElementById("table-filter");
  (filterBox ?? document.querySelector("#schema [aria-current], #schema .table-link"))?.focus();
});

let scrolled = 0;
document.addEventListener("htmx:before:swap", () => (scrolled = list().scrollTop));

nowAndAfterSwaps(() => {
  restore();
  reopen();
  list().scrollTop = scrolled;
});

// A table was chosen: the address says so too, unless it is the address of a result.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { href, pathname } = new URL(ctx.request?.action ?? "", location.href);
  if (ctx.target?.id !== "schema" || !ctx.sourceEvent?.isTrusted) return;
  if (pathname === location.pathname) history.replaceState(history.state, "", href);
  list().querySelector("[aria-current]")?.focus({ preventScroll: true });
});
