/** Stop: each run gets an id before it is sent, and the button asks the server to end the run of that id. */
import { editor, onClick, runs } from "./page.js";

const SHOWN_AFTER = 300; // Most runs are over by then, and nothing flickers.
const TRIED_AGAIN_AFTER = 100; // The run may not have reached its worker yet.
let running = null;
let showing;

const button = () => document.getElementById("stop-button");

/** Shows or hides the button; the keyboard's place goes to the button that one presses next. */
function show(is) {
  const losesFocus = !is && document.activeElement === button();
  button().hidden = !is;
  button().removeAttribute("aria-disabled");
  button().querySelector("span").textContent = "Stop";
  if (losesFocus) document.getElementById("run-button").focus();
}

async function stop(id) {
  button().setAttribute("aria-disabled", "true");
  button().querySelector("span").textContent = "Stopping…";
  const address = new URL(id, new URL(editor().dataset.active, location.href));
  while (running === id) {
    const answer = await fetch(address, { method: "DELETE" }).catch(() => null);
    if (answer?.ok) return;
    if (answer?.status !== 404) return running === id && show(true);
    await new Promise((resolve) => setTimeout(resolve, TRIED_AGAIN_AFTER));
  }
}

/** Pages that are not from this machine nor encrypted have no crypto.randomUUID. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (runs(ctx.sourceElement)) ctx.request.headers["X-Request-Id"] = newId();
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!runs(ctx.sourceElement)) return;
  running = ctx.request.headers["X-Request-Id"];
  clearTimeout(showing);
  showing = setTimeout(show, SHOWN_AFTER, true);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!runs(ctx.sourceElement)) return;
  running = null;
  clearTimeout(showing);
  show(false);
});

onClick("#stop-button", () => {
  if (running && button().getAttribute("aria-disabled") !== "true") stop(running);
});
