/** The buttons of an error banner: go to the place, put in the name that was meant. */
import { select, startOfLastRun, type } from "./editor.js";
import { onClick, run, textarea } from "./page.js";

/** The index in a JavaScript string of character `offset`: SQL counts characters, JavaScript UTF-16 units. */
function index(text, offset) {
  return [...text].slice(0, offset).join("").length;
}

onClick("[data-go-to]", (button) => {
  const begin = startOfLastRun();
  const text = textarea().value.slice(begin);
  const start = begin + index(text, Number(button.dataset.goTo));
  const marked = run().querySelector(".excerpt mark:not(.end)")?.textContent ?? "";
  const stillThere = textarea().value.startsWith(marked, start);
  select(start, stillThere ? start + marked.length : start);
  if ("use" in button.dataset && stillThere) type(button.dataset.use);
});
