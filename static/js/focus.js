/**
 * Where the keyboard is after its place was swapped away or put out of use: at what can be decided next, else
 * where it was in the editor, else at the results.
 */
import { editor, run, runs } from "./page.js";

let pressed;

function bringBack() {
  if (document.activeElement !== document.body) return;
  const before = editor().contains(pressed) ? pressed : null;
  const next = run().querySelector("#commit-button") ?? before ?? run().querySelector(".second-thoughts button") ?? run();
  next.focus({ preventScroll: true });
}

document.addEventListener("submit", ({ target }) => runs(target) && (pressed = document.activeElement), true);
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => runs(ctx.sourceElement) && bringBack());
// The history is asked for anew after a run, and whoever was in it loses the place once more.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => runs(ctx?.sourceElement) || bringBack());

// A key that is held down presses once: the next button has the focus already, and means something else.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target.matches("button") && runs(event.target.form)) event.preventDefault();
});
