/** Says to screen readers what came back; errors are alerts and say so themselves. */
import { run } from "./page.js";

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx?.sourceElement?.matches("#editor, .choices, .second-thoughts")) return;
  const facts = [...run().querySelectorAll("[data-announce]")].map((element) => element.textContent.trim());
  document.getElementById("announcement").textContent = facts.join(". ").replace(/\s+/g, " ");
});
