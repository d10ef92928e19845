/**
 * What is being written is kept on the server, in the tab it is written in: after each pause, every few seconds while
 * there is none, and before the page is left. The server is told which version was written over, and by which page.
 */
import htmx from "htmx.org";
import { editor, onClick } from "./page.js";
import { renewForms } from "./expired.js";
import { onTextChange, text } from "./text.js";

const PAUSE = 500; // milliseconds; a very long text waits for longer ones, as all of it is sent each time
const LATEST = 2500;
const AGAIN = 5000; // after this the server is tried again
const SENT_ON_LEAVING = 60_000; // bytes that a browser still sends for a page that is gone
const writer = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

let unkept = false;
let since = 0;
let timer;
let saving = Promise.resolve();

const strip = () => document.getElementById("tabs");
const field = (name) => editor().elements[name];

/** Says something below the tabs, in place of what was said before. */
export function say(words) {
  const note = strip().querySelector(".tab-note");
  if (note.textContent !== words) note.textContent = words;
}

function body() {
  const told = { query: text(), tab: field("tab").value, seen: field("seen").value, writer, csrf_token: field("csrf_token").value };
  return new URLSearchParams(told);
}

const post = (sent) => fetch(strip().dataset.keeps, { method: "POST", body: sent, headers: { Accept: "application/json" }, keepalive: String(sent).length < SENT_ON_LEAVING });

function kept({ tab, seen, overwritten }) {
  const isNew = field("tab").value !== String(tab);
  field("tab").value = tab;
  field("seen").value = seen;
  say(overwritten === null ? "" : "This tab had another text, from before or from another window. It is kept, under Earlier texts.");
  if (isNew || overwritten !== null) refresh();
}

/** The tabs anew, unless somebody is in their menu. What was said stays. */
async function refresh() {
  if (strip().contains(document.activeElement)) return;
  const said = strip().querySelector(".tab-note").textContent;
  const { tab, seen } = { tab: field("tab").value, seen: field("seen").value };
  await htmx.ajax("GET", `${strip().dataset.keeps}?tab=${tab}`, { target: "#tabs", swap: "outerHTML" });
  field("seen").value = seen;
  say(said);
}

async function send(isSecond = false) {
  clearTimeout(timer);
  const words = text();
  try {
    const answer = await post(body());
    if (answer.status === 400 && !isSecond) return (await renewForms(), send(true));
    const told = await answer.json();
    if (!answer.ok) return say(`Not kept: ${told.message}.`);
    if (text() === words) unkept = false;
    since = performance.now();
    kept(told);
  } catch {
    say("Not kept yet: the workbench cannot be reached. Your text is still here.");
    timer = setTimeout(save, AGAIN);
  }
}

/** Sends the text as soon as what was sent before is kept, if any of it is not. */
function save() {
  return (saving = saving.then(() => (unkept ? send() : undefined)));
}

function soon() {
  if (!unkept) since = performance.now();
  unkept = true;
  clearTimeout(timer);
  const pause = PAUSE + text().length / 500;
  const left = Math.max(0, since + LATEST + pause - performance.now());
  timer = setTimeout(save, Math.min(pause, left));
}

/** Keeps the text on the page, which was brought back and may be newer than the server's. */
export const keepSoon = soon;

onTextChange(soon);
addEventListener("visibilitychange", () => document.hidden && save());
// At a reload the first is in time, and where a telephone ends the page only the second comes.
for (const end of ["beforeunload", "pagehide"]) addEventListener(end, () => unkept && post(body()).catch(() => {}));

// Another tab is shown when the text of this one is kept.
onClick("#tabs a[href]", async (link, event) => {
  if (!unkept || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await save();
  location.assign(link.href);
});
document.addEventListener("submit", async (event) => {
  if (!unkept || !strip().contains(event.target)) return;
  event.preventDefault();
  await save();
  event.target.submit();
});

// A double click on a tab is for its name.
document.addEventListener("dblclick", ({ target }) => {
  if (!target.closest?.("#tabs [aria-current]")) return;
  strip().querySelector("details").open = true;
  document.getElementById("tab-name").select();
});
onClick("#tabs [aria-current]", (link, event) => field("seen").value && event.preventDefault());
