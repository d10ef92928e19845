/** The place in the WHERE of a table's page that SQLite complained about. */
import { onClick } from "./page.js";
import { placeOf } from "./text.js";

onClick("#table .banner [data-go-to]", (button) => {
  const field = document.getElementById("where");
  const marked = button.closest(".banner").querySelector(".excerpt mark:not(.end)")?.textContent ?? "";
  const start = placeOf(field.value, Number(button.dataset.goTo));
  field.focus();
  field.setSelectionRange(start, start + marked.length);
  if ("use" in button.dataset) field.setRangeText(button.dataset.use, start, start + marked.length, "end");
});
