/** While a query runs: the button cannot be pressed again, and the seconds are counted. */
import { editor, run } from "./page.js";

const SHOWN_AFTER = 300;
let ticking;

function busy(is) {
  const button = document.getElementById("run-button");
  const hadFocus = document.activeElement === button;
  button.disabled = is;
  if (hadFocus) button.dataset.refocus = "";
  if (!is && "refocus" in button.dataset) {
    delete button.dataset.refocus;
    if (document.activeElement === document.body) button.focus();
  }
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
  if (ctx.sourceElement !== editor()) return;
  const since = performance.now();
  busy(true);
  stop();
  ticking = setInterval(count, 100, since);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement !== editor()) return;
  stop();
  busy(false);
});
