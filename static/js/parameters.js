/** The fields for parameters: asked for while one types, and where one is taken when a value is missing. */
import { editor, run } from "./page.js";
import { onTextChange, text } from "./text.js";

const PAUSE = 400;
// What can hold no parameter is skipped; a mark in the rest is reason enough to ask SQLite.
const SKIPPED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g;
const MARKED = /\?|[:@$][\p{L}\p{N}_$\u0080-\uffff]/u;
let timer;
let wanted = false;
let kept = [];

const fields = () => document.getElementById("parameters");

/** What the fields hold: pairs of a field's name and its value. */
export const values = () => [...fields().querySelectorAll("input, select")].map((field) => [field.name, field.value]);

function ask() {
  const mayHaveSome = MARKED.test(text().replace(SKIPPED, " "));
  if (mayHaveSome || !fields().hidden) fields().dispatchEvent(new Event("text-changed"));
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

/** Asks for the fields of a text that was brought back, with the values that were in them. */
export function refill(pairs) {
  kept = pairs;
  askSoon();
}

/** Goes to the field whose value a run waits for: the first that has none, or has one that is wrong. */
function goToField() {
  const empty = (box) => !box.value && box.nextElementSibling.value === "auto";
  const box = [...fields().querySelectorAll("input")].find((each) => each.hasAttribute("aria-invalid") || empty(each));
  if (!box) return;
  if (document.activeElement !== box) box.focus();
  box.setAttribute("aria-invalid", "true");
}

function reconsider() {
  wanted = false;
  askSoon();
}

onTextChange(reconsider);
document.addEventListener("input", ({ target }) => fields().contains(target) && reconsider());

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement !== fields()) return;
  for (const [name, value] of kept) ctx.request.body.set(name, value);
  kept = [];
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement === editor()) wanted = ["VALUE_MISSING", "NOT_HEXADECIMAL"].includes(run().dataset.problem);
  else if (wanted && ctx?.sourceElement === fields()) goToField();
});

// An answer that holds no fields (a proxy's error page) changes nothing.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement === fields() && !ctx.text.includes('id="parameters"')) event.preventDefault();
});
