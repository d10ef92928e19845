/** When a form was too old to be accepted, those on the page get fresh tokens, so that pressing again is enough. */
import htmx from "htmx.org";
import { editor, run, runs } from "./page.js";

/** Gets fresh tokens for the forms of the page. */
export async function renewForms() {
  const token = { target: "#csrf_token", select: "#csrf_token", swap: "outerHTML" };
  await htmx.ajax("GET", new URL(editor().dataset.home, location.href).pathname, token);
}

// One after the other: a browser without a cookie gets another one with each answer, and tokens go with it.
document.addEventListener("htmx:after:swap", async ({ detail: { ctx } }) => {
  if (!runs(ctx?.sourceElement) || run().dataset.problem !== "FORM_EXPIRED") return;
  await renewForms();
  document.body.dispatchEvent(new Event("history-changed"));
});
