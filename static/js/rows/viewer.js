/** Shows a row, or a value, in a dialog instead of on a page of its own. */
import { onClick } from "../page.js";
import { resultOf } from "./places.js";

const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };
const IN_DIALOG = /\/entries\/\d+\/(row|cell)$/;

const dialog = document.createElement("dialog");
dialog.id = "value-dialog";
dialog.setAttribute("aria-labelledby", "viewer-title");
document.body.append(dialog);

async function show(address) {
  const answer = await fetch(address, { headers: PARTIAL });
  if (!answer.ok) return location.assign(address);
  dialog.innerHTML = `${await answer.text()}<form method="dialog"><span></span><button class="button">Close</button></form>`;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

onClick("#run tbody th.row a, #value-dialog a", (link, event) => {
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!plain || event.defaultPrevented || !IN_DIALOG.test(link.pathname)) return;
  event.preventDefault();
  show(link.href);
});

document.addEventListener("dblclick", ({ target }) => {
  const cell = target.closest?.("#run .result[data-rows] tbody td");
  const link = cell?.parentElement.querySelector("th.row a");
  if (!link || !resultOf(cell)) return;
  const address = new URL(link.href);
  address.pathname = address.pathname.replace(/row$/, "cell");
  address.searchParams.set("column", cell.dataset.column ?? cell.cellIndex);
  show(address.href);
});

dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
