/** Where things are on the page. They are looked up each time, because htmx replaces them. */

export const editor = () => document.getElementById("editor");
export const textarea = () => document.getElementById("query");
export const run = () => document.getElementById("run");

/**
 * Whether this is a form that has something run: the editor, a decision about a write, a second thought, an index
 * to try. For one that is swapped away with the results it stands in, htmx names the new results at the end.
 */
export const runs = (form) => form?.matches?.("#editor, .choices, .second-thoughts, .try-index, #run") ?? false;

/** Calls `act` now and whenever htmx has put something new on the page. */
export function nowAndAfterSwaps(act) {
  act();
  document.addEventListener("htmx:after:swap", act);
}

/** Calls `act(element, event)` for clicks on what matches `selector`, now or later on the page. */
export function onClick(selector, act) {
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });
}

/** What a storage remembers; nothing, where it is forbidden. */
const remembering = (storage) => ({
  get(key) {
    try {
      return storage().getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      storage().setItem(key, value);
    } catch {
      // Not remembered, then.
    }
  },
});

/** What is remembered for this browser. */
export const memory = remembering(() => localStorage);

/** What is remembered for this tab, as long as it is open. */
export const visit = remembering(() => sessionStorage);
