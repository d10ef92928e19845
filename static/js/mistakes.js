/**
 * Places in the text: an error's is underlined, and the buttons of its banner go there or put in the name that was
 * meant; a result's button goes to its statement.
 */
import { nowAndAfterSwaps, onClick, run } from "./page.js";
import { onShown, placeOf, replace, select, text, underline } from "./text.js";

/** Where what `button` is about stands in the text, if it is still there. */
function placeFor(button) {
  const start = placeOf(text(), Number(button.dataset.goTo));
  const marked = run().querySelector(".excerpt mark:not(.end)")?.textContent ?? "";
  const isThere = text().startsWith(marked, start);
  return { start, end: isThere ? start + marked.length : start, isThere };
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
