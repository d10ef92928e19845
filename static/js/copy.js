/** Copies an address, and says so; of an entry, also who can open it. Copies the text of an element beside it. */
import { onClick } from "./page.js";

onClick("[data-copies]", async (button) => {
  const address = new URL(button.dataset.copies, location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = button.dataset.copied ?? "Copied: it opens in this browser only";
  } catch {
    button.textContent = address; // Without leave to copy, it can be marked and copied by hand.
  }
});

onClick("[data-copies-text]", async (button) => {
  const shown = document.getElementById(button.dataset.copiesText);
  try {
    await navigator.clipboard.writeText(shown.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(shown); // It is marked, to be copied by hand.
    button.textContent = "Marked: copy it";
  }
});
