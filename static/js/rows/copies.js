/** Rows are chosen and copied; the server writes them, so that each format is exact in one place. */
import { onClick } from "../page.js";
import { numberOf, resultOf, rowLinks } from "./places.js";

const MOST = 10_000;
const chosenIn = (result) => rowLinks(result).filter((link) => link.closest("tr").hasAttribute("data-chosen"));
let last;

function count(result) {
  const told = result.querySelector("[data-copying]");
  const chosen = chosenIn(result).length;
  const rows = chosen || Number(told.dataset.copying);
  told.textContent = `Copy ${rows.toLocaleString("en")} ${chosen ? "chosen " : ""}${rows === 1 ? "row" : "rows"} as`;
}

function choose(link, event) {
  const result = resultOf(link);
  const links = rowLinks(result);
  const from = event.shiftKey && links.includes(last) ? links.indexOf(last) : links.indexOf(link);
  const [first, end] = [from, links.indexOf(link)].sort((a, b) => a - b);
  const chosen = event.shiftKey || !link.closest("tr").hasAttribute("data-chosen");
  for (const each of links.slice(first, end + 1)) each.closest("tr").toggleAttribute("data-chosen", chosen);
  last = link;
  count(result);
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("#run .result[data-rows] tbody th.row a");
    if (!link || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    choose(link, event);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("#run .result[data-rows] tbody th.row a");
  if (!link) return;
  const links = rowLinks(resultOf(link));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === " ") choose(link, event);
  else if (step) links[links.indexOf(link) + step]?.focus();
  else return;
  event.preventDefault();
});

/** Puts what the server answers at `address` into the clipboard; `asked` as for `fetch`. */
export async function copy(address, asked) {
  const answer = await fetch(address, asked);
  if (!answer.ok) throw new Error(answer.statusText);
  await navigator.clipboard.writeText(await answer.text());
}

/** Does `act`, and tells in `place` that it is `done`, or that it cannot be. */
export async function tell(place, done, act) {
  try {
    await act();
    place.textContent = done;
  } catch {
    place.textContent = "It cannot be copied here: save it instead.";
  }
}

onClick("[data-copy]", (button) => {
  const result = resultOf(button);
  const status = result.querySelector(".copying [role=status]");
  const chosen = chosenIn(result).map(numberOf);
  const rows = chosen.length || Number(result.querySelector("[data-copying]").dataset.copying);
  if (rows > MOST) {
    status.textContent = `More than ${MOST.toLocaleString("en")} rows are better saved.`;
    return;
  }
  const address = new URL(result.dataset.rows, location.href);
  address.searchParams.set("format", button.dataset.copy);
  if (chosen.length) address.searchParams.set("rows", chosen.join(","));
  tell(status, `Copied ${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}.`, () => copy(address));
});

onClick("[data-copies-text]", (link, event) => {
  event.preventDefault();
  const words = link.textContent;
  tell(link, `${words}: copied`, () => copy(link.dataset.copiesText));
});
