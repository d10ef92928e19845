/** When the form was too old to be accepted, it gets a fresh token, so that pressing Run again is enough. */
import htmx from "htmx.org";
import { editor, run } from "./page.js";

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement !== editor() || run().dataset.problem !== "FORM_EXPIRED") return;
  const token = { target: "#csrf_token", select: "#csrf_token", swap: "outerHTML" };
  htmx.ajax("GET", new URL(editor().dataset.home, location.href).pathname, token);
});
