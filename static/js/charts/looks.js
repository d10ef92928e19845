/** How columns look in a chart: by the page's colours, and told apart without them by dashes, marks and hatching. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [16, 4], [4, 8]];
const MARKS = ["circle", "triangle", "rect", "rectRot", "crossRot", "star"];
const HATCH = 8; // pixels from one line to the next

/** The colours around the data, as the theme has them. */
export function theme(section) {
  const style = getComputedStyle(section);
  const caption = getComputedStyle(section.querySelector("figcaption"));
  return { ink: style.color, soft: caption.color, line: style.borderBottomColor, surface: surface(section), family: style.fontFamily };
}

/** The first background behind `element` that can be seen. */
function surface(element) {
  const { backgroundColor } = getComputedStyle(element);
  const seen = backgroundColor !== "rgba(0, 0, 0, 0)" || !element.parentElement;
  return seen ? backgroundColor : surface(element.parentElement);
}

/** What the column in `place` is drawn with. */
export function looks(section, place, kind) {
  const colour = getComputedStyle(section.querySelector(`.series-${place}`)).color;
  const common = { borderColor: colour, borderWidth: kind === "scatter" ? 1 : 2 };
  if (kind === "bar" || kind === "histogram") return { ...common, borderWidth: 1, backgroundColor: filled(colour, place), categoryPercentage: kind === "histogram" ? 1 : 0.8, barPercentage: kind === "histogram" ? 1 : 0.9 };
  return { ...common, backgroundColor: colour, borderDash: DASHES[place], pointStyle: MARKS[place] };
}

/** `colour` itself for the first column, its own hatching for each other. */
function filled(colour, place) {
  if (place === 0) return colour;
  const tile = Object.assign(document.createElement("canvas"), { width: HATCH, height: HATCH });
  const pen = Object.assign(tile.getContext("2d"), { strokeStyle: colour, lineWidth: place > 3 ? 3 : 1.5 });
  const across = [[0, HATCH, HATCH, 0], [0, 0, HATCH, HATCH], [0, HATCH / 2, HATCH, HATCH / 2]];
  const [fromX, fromY, toX, toY] = across[(place - 1) % across.length];
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Calls `act` when the page's theme becomes another one, by its switch or by the system. */
export function whenThemeChanges(act) {
  new MutationObserver(act).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}
