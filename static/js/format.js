/** Format: the server lays the text out anew, and undo takes that back. */
import { say } from "./drafts.js";
import { editor, onClick } from "./page.js";
import { fill, text } from "./text.js";

onClick("#format-button", async (button, event) => {
  event.preventDefault();
  const before = text();
  const sent = { query: before, csrf_token: editor().elements.csrf_token.value };
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(sent), headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) return say(`Not formatted: ${told.message}`);
    if (text() !== before) return; // Somebody went on writing.
    if (told.text !== before) fill(told.text);
    say(told.note);
  } catch {
    say("Not formatted: the workbench cannot be reached.");
  }
});
