/** Rows of a table are chosen by their boxes, several at once with Shift, and copied without leaving the page. */
import { nowAndAfterSwaps, onClick } from "../page.js";
import { copy, tell } from "./copies.js";

const form = () => document.getElementById("chosen");
const boxes = () => [...document.querySelectorAll("#table tbody input[name=rows]")];
const chosen = () => boxes().filter((each) => each.checked);
const all = Object.assign(document.createElement("input"), { type: "checkbox" });
all.setAttribute("aria-label", "Choose all rows that are shown");
let last;

const inWords = (rows, what = "") => `${rows.toLocaleString("en")} ${what}${rows === 1 ? "row" : "rows"}`;

/** How many a copy takes. */
function rowsMeant() {
  return chosen().length || Number(form().querySelector("[data-shown]").dataset.shown);
}

function count() {
  const told = form()?.querySelector("[data-shown]");
  if (!told) return;
  const some = chosen().length;
  told.textContent = `Copy ${inWords(rowsMeant(), some ? "chosen " : "")} as`;
  for (const each of boxes()) each.closest("tr").toggleAttribute("data-chosen", each.checked);
  all.checked = some > 0 && some === boxes().length;
  all.indeterminate = some > 0 && !all.checked;
}

onClick("#table tbody input[name=rows]", (box, { shiftKey }) => {
  const among = boxes();
  if (shiftKey && among.includes(last)) {
    const [first, end] = [among.indexOf(last), among.indexOf(box)].sort((a, b) => a - b);
    for (const each of among.slice(first, end + 1)) each.checked = box.checked;
  }
  last = box;
  count();
});

all.addEventListener("click", () => {
  for (const each of boxes()) each.checked = all.checked;
  count();
});

onClick("#chosen button[name=format]", (button, event) => {
  event.preventDefault();
  const status = form().querySelector("[role=status]");
  const asked = { method: "POST", body: new FormData(form(), button) };
  tell(status, `Copied ${inWords(rowsMeant())}.`, () => copy(form().getAttribute("action"), asked));
});

onClick("#table [data-copy-row]", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  tell(link, "Copied", () => copy(link.href));
});

nowAndAfterSwaps(() => {
  const corner = boxes().length > 1 && document.querySelector("#table thead td.row");
  if (corner && !corner.contains(all)) corner.append(all);
  count();
});
