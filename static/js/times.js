/** Times in the reader's own zone and words; the server writes them in UTC. */
import { nowAndAfterSwaps } from "./page.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });

function short(at) {
  const today = at.toDateString() === new Date().toDateString();
  return today ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

nowAndAfterSwaps(() => {
  for (const time of document.querySelectorAll("time[data-style]")) {
    const at = new Date(time.dateTime);
    time.textContent = time.dataset.style === "short" ? short(at) : full.format(at);
    time.title = full.format(at);
    delete time.dataset.style;
  }
});
