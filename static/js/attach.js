/** "Attach … and run again" ticks that database in the bar too, where the editor's form finds it the next time. */
import { onClick } from "./page.js";

onClick("#run button[name=attach]", ({ value }) => {
  for (const tick of document.querySelectorAll("#databases [name=attach]")) tick.checked ||= tick.value === value;
});
