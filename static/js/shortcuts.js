/** Keys that work anywhere outside of the editor, and the list of them. */
import { memory, onClick } from "./page.js";
import { isTyping } from "./text.js";

const dialog = () => document.getElementById("shortcuts");
const allowed = () => memory.get("single-keys") !== "off";

const KEYS = {
  "?": () => dialog().showModal(),
  e: () => document.getElementById("explain-button").click(),
  "/": () => {
    const filter = document.getElementById("table-filter");
    (filter ?? document.querySelector("#schema [aria-current], #schema .table-link"))?.focus();
  },
};

function open() {
  document.getElementById("single-keys").checked = allowed();
  dialog().showModal();
}

onClick("[data-opens=shortcuts]", open);

document.addEventListener("change", ({ target }) => {
  if (target.id === "single-keys") memory.set("single-keys", target.checked ? "on" : "off");
});

document.addEventListener("keydown", (event) => {
  // One that has closed something in the editor has done its work.
  if (event.key === "Escape" && isTyping(event.target) && !event.defaultPrevented) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || event.target.matches?.("input, textarea, select")) return;
  if (!KEYS[event.key] || !allowed() || dialog().open) return;
  event.preventDefault();
  KEYS[event.key]();
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-modifier]")) key.textContent = "⌘";
}
