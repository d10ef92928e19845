/** While something runs: nothing that runs something can be pressed, and the seconds are counted. */
import { editor, run, runs } from "./page.js";

const BUTTONS = "#run-button, #explain-button, #preview-button, #commit-button, .second-thoughts button, .try-index button";
const SHOWN_AFTER = 300;
let ticking;

function busy(is) {
  for (const button of document.querySelectorAll(BUTTONS)) button.disabled = is;
  editor().classList.toggle("busy", is);
  run()?.setAttribute("aria-busy", is);
}

function count(since) {
  const passed = performance.now() - since;
  const elapsed = document.getElementById("elapsed");
  if (elapsed && passed > SHOWN_AFTER) elapsed.textContent = `Running ${(passed / 1000).toFixed(1)} s`;
}

function stop() {
  clearInterval(ticking);
  const elapsed = document.getElementById("elapsed");
  if (elapsed) elapsed.textContent = "";
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!runs(ctx.sourceElement)) return;
  const since = performance.now();
  busy(true);
  stop();
  ticking = setInterval(count, 100, since);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!runs(ctx.sourceElement)) return;
  stop();
  busy(false);
});
