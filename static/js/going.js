/**
 * What of one's own is running, in all tabs: asked for gently while something runs or the list is open, and not else.
 * Tabs tell each other when a run begins, so that each knows when to look.
 */
import { onClick, runs } from "./page.js";

const EVERY = 1000;
const panel = document.getElementById("going");
const opener = document.getElementById("going-button");
const tabs = new BroadcastChannel("workbench-runs");
let timer;

const address = () => new URL(opener.dataset.active, location.href);
const seconds = (passed) => (passed < 60 ? `${passed.toFixed(0)} s` : `${Math.floor(passed / 60)} min ${Math.floor(passed % 60)} s`);
const rowsSoFar = (rows) => `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"} so far`;

function lineOf(id) {
  const known = [...panel.querySelectorAll("li")].find((each) => each.dataset.run === id);
  if (known) return known;
  const line = panel.querySelector("template").content.firstElementChild.cloneNode(true);
  line.dataset.run = id;
  return line;
}

/** The lines are changed where they are, so that whoever is at a Stop button stays there. */
function show(active) {
  const lines = active.map((run) => {
    const line = lineOf(run.request_id);
    line.querySelector("code").textContent = run.first_words || "(nothing)";
    line.querySelector(".facts").textContent = `${seconds(run.seconds)} · ${rowsSoFar(run.rows)}`;
    line.querySelector(".unseen").textContent = ` ${run.first_words}`;
    return line;
  });
  const list = panel.querySelector("ul");
  for (const line of [...list.children]) if (!lines.includes(line)) line.remove();
  for (const line of lines) if (!line.isConnected) list.append(line);
  panel.querySelector(".empty-state").hidden = lines.length > 0;
  const count = document.getElementById("going-count");
  count.textContent = lines.length || "";
  count.hidden = !lines.length;
}

async function look() {
  clearTimeout(timer);
  const answer = await fetch(address()).catch(() => null);
  const { active } = answer?.ok ? await answer.json() : { active: [] };
  show(active);
  const wanted = active.length > 0 || panel.matches(":popover-open");
  clearTimeout(timer);
  if (wanted && !document.hidden) timer = setTimeout(look, EVERY);
}

/** A run is seen by the server a moment after it was sent; most are over by then. */
function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(look, EVERY / 2);
}

onClick("#going li button", async (button) => {
  button.disabled = true;
  button.firstChild.textContent = "Stopping…";
  await fetch(new URL(button.closest("li").dataset.run, address()), { method: "DELETE" }).catch(() => null);
  opener.focus();
  lookSoon();
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!runs(ctx.sourceElement)) return;
  tabs.postMessage("begun");
  lookSoon();
});
tabs.addEventListener("message", () => document.hidden || lookSoon());
document.addEventListener("visibilitychange", () => document.hidden || look());
panel.addEventListener("toggle", ({ newState }) => newState === "open" && look());
