/** Where the keyboard is after its place was swapped away: at what can be decided next, else at the results. */
import { run } from "./page.js";

document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body) return;
  const next = run().querySelector("#commit-button, .second-thoughts button") ?? run();
  next.focus({ preventScroll: true });
});
