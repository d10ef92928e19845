/**
 * The text in the editor belongs to the place in the browser's history where it was typed: Back, Forward and
 * reload bring it back. It is kept with that place (`history.state`) and nowhere else.
 */
import { textarea } from "./page.js";

const PAUSE = 300; // Browsers refuse more than a few changes of history.state a second.
let timer;

function keep() {
  clearTimeout(timer);
  try {
    history.replaceState({ ...history.state, htmx: true, text: textarea().value }, "");
  } catch {
    // Too long or too often for this browser: the server still has every text that ran.
  }
}

function bringBack() {
  const text = history.state?.text;
  if (typeof text === "string" && text !== textarea().value) textarea().value = text;
}

document.addEventListener("input", (event) => {
  if (event.target !== textarea()) return;
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
});
document.addEventListener("change", (event) => event.target === textarea() && keep());
addEventListener("pagehide", keep);
addEventListener("popstate", () => clearTimeout(timer));

// A run moves to a new place: the text stays with the old one, and is the new one's too.
document.addEventListener("htmx:before:history:update", keep);
document.addEventListener("htmx:after:history:update", keep);

document.addEventListener("htmx:after:swap", ({ detail }) => detail.ctx?.target === document.body && bringBack());
bringBack();
