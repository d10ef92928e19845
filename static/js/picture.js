/** All that the page of the picture runs: tables and foreign keys drawn from the list that the page holds. */
import "htmx.org";
import "./found.js";
import "./switch.js";
import { nowAndAfterSwaps, onClick } from "./page.js";
import { shortcut } from "./keys.js";
import { draw } from "./picture/drawing.js";
import { follow } from "./picture/pointing.js";
import { View } from "./picture/view.js";

let view = null;

function show() {
  const drawing = document.getElementById("drawing");
  if (!drawing || drawing.firstElementChild) return;
  const svg = draw(document.querySelectorAll("#as-list [data-table]"));
  drawing.append(svg);
  view = new View(svg);
  follow(drawing, view);
  document.getElementById("as-list").open = false;
}

/** Does `act` to the view; what it is by itself is left alone where nothing is drawn. */
const seeing = (act) => () => (view ? act(view) : false);

/** Arrows move the drawing while it has the focus, and the page otherwise. */
const moving = (x, y) => () => (document.activeElement?.id === "drawing" ? view.move(x, y) : false);

nowAndAfterSwaps(show);
onClick("[data-view=closer]", seeing((it) => it.zoom(1.25)));
onClick("[data-view=further]", seeing((it) => it.zoom(0.8)));
onClick("[data-view=whole]", seeing((it) => it.whole()));
onClick("[data-view=print]", () => print());
shortcut("+", "Zoom in", seeing((it) => it.zoom(1.25)));
shortcut("-", "Zoom out", seeing((it) => it.zoom(0.8)));
shortcut("0", "See the whole picture", seeing((it) => it.whole()));
shortcut("ArrowLeft", "Move left", moving(-0.1, 0));
shortcut("ArrowRight", "Move right", moving(0.1, 0));
shortcut("ArrowUp", "Move up", moving(0, -0.1));
shortcut("ArrowDown", "Move down", moving(0, 0.1));
addEventListener("beforeprint", seeing((it) => it.forPaper()));
addEventListener("afterprint", seeing((it) => it.back()));
