/** The fields for parameters: asked for while one types, and where one is taken when a value is missing. */
import { editor, run, textarea } from "./page.js";

const PAUSE = 400;
// What can hold no parameter is skipped; a mark in the rest is reason enough to ask SQLite.
const SKIPPED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g;
const MARKED = /\?|[:@$][\p{L}\p{N}_$\u0080-\uffff]/u;
let timer;
let wanted = false;

const fields = () => document.getElementById("parameters");
const isField = (element) => fields().contains(element);

function ask() {
  clearTimeout(timer);
  const text = textarea().value;
  const may = MARKED.test(text.replace(SKIPPED, " "));
  if (may || !fields().hidden) fields().dispatchEvent(new Event("text-changed"));
}

/** Asks when the page came with the fields of another text than a draft has put into the editor. */
function askIfOther() {
  if (textarea().value !== textarea().defaultValue) ask();
}

/** Goes to the field whose value a run waits for: the first that has none, or has one that is wrong. */
function goToField() {
  const empty = (box) => !box.value && box.nextElementSibling.value === "auto";
  const box = [...fields().querySelectorAll("input")].find((each) => each.hasAttribute("aria-invalid") || empty(each));
  if (!box) return;
  if (document.activeElement !== box) box.focus();
  box.setAttribute("aria-invalid", "true");
}

document.addEventListener("input", ({ target }) => {
  if (target !== textarea() && !isField(target)) return;
  wanted = false;
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement === editor()) wanted = ["VALUE_MISSING", "NOT_HEXADECIMAL"].includes(run().dataset.problem);
  else if (ctx?.target === document.body) askIfOther();
  else if (wanted && ctx?.sourceElement === fields()) goToField();
});

// An answer that holds no fields (a proxy's error page) changes nothing.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement === fields() && !ctx.text.includes('id="parameters"')) event.preventDefault();
});

askIfOther();
