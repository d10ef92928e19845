/** Saving and sharing without leaving the page: a dialog asks for the name, and what was done is said. */
import { onClick } from "./page.js";

const dialog = () => document.getElementById("saving");

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const target = ctx?.target?.id ?? String(ctx?.target ?? "").slice(1); // A selector, where the answer chose its place.
  if (target === "save" && document.getElementById("save").childElementCount) ask();
  const said = document.getElementById(target)?.dataset.said;
  if (said && ["opened", "link", "compared"].includes(target)) document.getElementById("announcement").textContent = said;
  if (target === "compared") document.getElementById("compared").focus();
  if (target === "link") showAddress();
});

function ask() {
  if (!dialog().open) dialog().showModal();
  document.getElementById("name-new").focus();
}

/** The whole address, as this browser knows it. */
function showAddress() {
  const box = document.getElementById("link-address");
  if (!box) return;
  box.value = new URL(box.value, location.href).href;
  box.focus();
  box.select();
}

document.addEventListener("query-saved", () => dialog().close());
onClick("[data-closes]", (button) => button.closest("dialog")?.close());
