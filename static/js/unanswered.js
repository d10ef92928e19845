/** When a query got no answer, or one that is no result (a proxy's error page), the page says so and keeps all else. */
import { run, runs } from "./page.js";

/** Puts `banner` where results appear; whoever cannot see it hears it. */
function show(banner) {
  banner.setAttribute("role", "alert");
  run().dataset.outcome = "error";
  run().replaceChildren(banner);
}

function unanswered(title, message) {
  const banner = document.getElementById("unanswered").content.firstElementChild.cloneNode(true);
  if (title) banner.querySelector("h2").textContent = title;
  if (message) banner.querySelector(".message").textContent = message;
  return banner;
}

/** The banner of a page that is about a problem; null for any other page. */
function bannerOf(html) {
  const banner = new DOMParser().parseFromString(html, "text/html").querySelector(".banner");
  return banner && document.adoptNode(banner);
}

/** What to show for an answer that is no result. */
function strange({ status, statusText }) {
  const banner = unanswered(`The server answered ${status} ${statusText}`.trim(), "That is no result. Your text is still in the editor.");
  if (status < 500) banner.querySelector(".hint").remove();
  return banner;
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!runs(ctx.sourceElement) || ctx.hx.redirect || ctx.text.includes('id="run"')) return;
  event.preventDefault();
  show(bannerOf(ctx.text) ?? strange(ctx.response.raw));
});

document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (!runs(ctx?.sourceElement) || ctx.response) return;
  const late = ctx.request.signal.reason === "timeout";
  show(late ? unanswered("No answer in time", "The workbench took too long. Your text is still in the editor.") : unanswered());
  console.info("The query got no answer:", error);
});
