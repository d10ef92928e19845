/** Loads what draws charts, when one is asked for. */
import { nowAndAfterSwaps } from "./page.js";

async function show() {
  for (const chart of document.querySelectorAll("[data-chart]:not([data-begun])")) {
    chart.dataset.begun = "";
    try {
      const { show } = await import(chart.dataset.script);
      await show(chart);
    } catch {
      chart.querySelector("figcaption p").textContent = "The chart could not be fetched. Reload the page to try again.";
    }
  }
}

nowAndAfterSwaps(show);
