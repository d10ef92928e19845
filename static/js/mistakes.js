/**
 * Places in the text: an error's is underlined, and the buttons of its banner go there or put in the name that was
 * meant; a result's button goes to its statement.
 */
import { shortcut } from "./keys.js";
import { nowAndAfterSwaps, onClick, run } from "./page.js";
import { onShown, placeOf, replace, select, text, underline } from "./text.js";

/** Where what `button` is about stands in the text, if it is still there; it moves with what is written before it. */
function placeFor(button) {
  const told = placeOf(text(), Number(button.dataset.goTo));
  const marked = run().querySelector(".excerpt mark:not(.end)")?.textContent ?? "";
  const start = nearest(marked, told);
  const isThere = text().startsWith(marked, start);
  return { start, end: isThere ? start + marked.length : start, isThere };
}

/** Where `marked` stands next to `place`; `place` itself where it does not, or is too short to be told from others. */
function nearest(marked, place) {
  if (marked.length < 2) return place;
  const after = text().indexOf(marked, place);
  const before = place ? text().lastIndexOf(marked, place - 1) : -1;
  if (after < 0 || before < 0) return Math.max(after, before) < 0 ? place : Math.max(after, before);
  return after - place <= place - before ? after : before;
}

function underlineIt() {
  const button = run()?.querySelector(".banner [data-go-to]");
  const place = button && placeFor(button);
  if (place?.isThere) underline(place.start, place.end, run().querySelector(".banner .message").textContent);
  else underline();
}

/** Where a statement begins: its place is told in what ran, which may be a part of the text. */
function beginning({ dataset: { goTo, statement } }) {
  const begin = placeOf(text(), Number(run().dataset.begin ?? 0) + Number(goTo));
  const found = text().indexOf(statement, begin);
  return found < 0 ? begin : found;
}

shortcut("F8", "Go to the mistake", () => {
  const button = run()?.querySelector(".banner [data-go-to]");
  button?.click();
  return Boolean(button);
});

onClick("[data-statement]", (button) => select(beginning(button), beginning(button)));

onClick("[data-go-to]:not([data-statement])", (button) => {
  const { start, end, isThere } = placeFor(button);
  select(start, end);
  if ("use" in button.dataset && isThere) replace(start, end, button.dataset.use);
});

let shownRun = null;
nowAndAfterSwaps(() => {
  if (run() === shownRun) return;
  shownRun = run();
  underlineIt();
});
onShown(underlineIt);
