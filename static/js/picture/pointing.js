/** The drawing follows what points at it: a mouse, one or two fingers, a wheel with Ctrl, and the focus. */

const STILL = 4; // pixels that a press may move and still be a click

/** Has `view` follow what happens on `drawing`. */
export function follow(drawing, view) {
  const pointers = new Map();
  let travelled = 0;

  drawing.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!pointers.size) travelled = 0;
    pointers.set(event.pointerId, event);
  });
  drawing.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const others = [...pointers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    if (others.length) pinch(drawing, view, others[0], before, event);
    else drag(drawing, view, before, event);
    travelled += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    if (travelled > STILL) drawing.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) drawing.addEventListener(end, ({ pointerId }) => pointers.delete(pointerId));
  drawing.addEventListener("click", (event) => travelled > STILL && event.preventDefault(), true);
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  drawing.addEventListener("wheel", (event) => wheel(drawing, view, event), { passive: false });
  drawing.addEventListener("focusin", ({ target }) => target.matches("a:focus-visible") && view.show(target));
  for (const begin of ["focusin", "pointerover"]) drawing.addEventListener(begin, ({ target }) => mark(drawing, target.closest("[data-drawn]")));
  for (const end of ["focusout", "pointerleave"]) drawing.addEventListener(end, () => mark(drawing, null));
}

function drag(drawing, view, before, now) {
  const { width, height } = drawing.getBoundingClientRect();
  view.move((before.clientX - now.clientX) / width, (before.clientY - now.clientY) / height);
}

function pinch(drawing, view, other, before, now) {
  const apart = ({ clientX, clientY }) => Math.hypot(clientX - other.clientX, clientY - other.clientY) || 1;
  view.zoom(apart(now) / apart(before), ...place(drawing, other));
}

/** A wheel alone scrolls the page, as everywhere; with Ctrl it makes things larger, as everywhere. */
function wheel(drawing, view, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  view.zoom(Math.exp(-event.deltaY / 300), ...place(drawing, event));
}

function place(drawing, { clientX, clientY }) {
  const { left, top, width, height } = drawing.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

/** Shows which lines are of a table. */
function mark(drawing, table) {
  const name = table?.dataset.drawn;
  for (const line of drawing.querySelectorAll(".drawn-key")) {
    line.classList.toggle("is-of-it", name !== undefined && (line.dataset.from === name || line.dataset.to === name));
  }
}
