/**
 * The text in the editor and the values for its parameters belong to the place in the browser's history where they
 * were typed: Back, Forward and reload bring them back. They are kept with that place (`history.state`) and nowhere else.
 */
import { editor, onClick, run } from "./page.js";
import { keepSoon } from "./drafts.js";
import { refill, values } from "./parameters.js";
import { set, text as written } from "./text.js";

const PAUSE = 300; // Browsers refuse more than a few changes of history.state a second.
let timer;
let leaving = false;

function keep(text = written()) {
  clearTimeout(timer);
  try {
    history.replaceState({ ...history.state, htmx: true, text, values: values(), seen: editor().elements.seen.value }, "");
  } catch {
    // Too long or too often for this browser: the server still has every text that ran.
  }
}

function bringBack() {
  const { text, values: kept = [], seen = "" } = history.state ?? {};
  if (typeof text !== "string") return;
  if (text === written() && String(kept) === String(values())) return;
  if (text !== written()) {
    editor().elements.seen.value = seen;
    set(text);
    if (performance.getEntriesByType("navigation")[0]?.type === "reload") keepSoon();
  }
  refill(kept);
}

document.addEventListener("input", (event) => {
  if (!editor().contains(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
});
document.addEventListener("change", (event) => editor().contains(event.target) && keep());
for (const end of ["beforeunload", "pagehide"]) addEventListener(end, () => leaving || keep());
addEventListener("pageshow", () => (leaving = false));
addEventListener("popstate", () => clearTimeout(timer));

// A run moves to a new place, and its text with it. The old place goes back to the text that its answer belongs to;
// one without an answer has no other text.
document.addEventListener("htmx:before:history:update", () => keep(run().dataset.outcome === "none" ? written() : null));
document.addEventListener("htmx:after:history:update", () => keep());

// A link to the place where one is brings back its own text; the one that was being written stays a step behind.
onClick("#entries a[href]", (link, event) => {
  if (link.href !== location.href || event.ctrlKey || event.metaKey || event.shiftKey) return;
  keep();
  history.pushState({ htmx: true }, "");
  leaving = true;
});

document.addEventListener("htmx:after:swap", ({ detail }) => detail.ctx?.target === document.body && bringBack());
bringBack();
