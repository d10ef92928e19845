/** CodeMirror in place of the textarea: built apart from the rest of the page's scripts, and loaded after them. */
import { acceptCompletion, autocompletion, closeCompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Prec } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { loadCatalog } from "./catalog.js";
import { completions } from "./completion.js";
import { dialect } from "./dialect.js";
import { problems, underline } from "./problems.js";

const silent = Annotation.define();

// Ctrl+Enter runs, and Escape leaves the editor: both are the page's.
const ours = new Set(["Mod-Enter", "Escape"]);
const isOpen = (view) => completionStatus(view.state) === "active";

/** Closes the list; one that was not there yet is no reason to stay in the editor. */
function close(view) {
  const wasOpen = isOpen(view);
  closeCompletion(view);
  return wasOpen;
}

const take = (view) => acceptCompletion(view) || isOpen(view); // one that has just come is not taken blindly
const keys = [{ key: "Tab", run: take }, ...defaultKeymap.filter(({ key }) => !ours.has(key)), ...historyKeymap, ...searchKeymap];

const whileCompleting = completionKeymap.map((each) => (each.key === "Escape" ? { ...each, run: close } : each));

const ATTRIBUTES = {
  tabindex: "0", // it is in the order of Tab anyway, and who checks pages looks for this
  "aria-labelledby": "query-label",
  "aria-describedby": "query-help",
  spellcheck: "false",
  autocapitalize: "off",
  autocorrect: "off",
  translate: "no",
};

/** Has the textarea hold the text at all times, and tells the page what a person changes or selects. */
const mirrored = (box) =>
  EditorView.updateListener.of((update) => {
    if (update.docChanged) box.value = update.state.doc.toString();
    if (update.docChanged && !update.transactions.some((each) => each.annotation(silent))) box.dispatchEvent(new Event("input", { bubbles: true }));
    if (update.docChanged || update.selectionSet) box.dispatchEvent(new Event("text-selected", { bubbles: true }));
  });

/** Types over a selection by itself: a browser would keep the look of what was there in a style, which the page's policy forbids. */
const overtyping = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || view.composing || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

const extensions = (box, nonce) => [
  EditorView.cspNonce.of(nonce),
  EditorView.contentAttributes.of(ATTRIBUTES),
  EditorView.lineWrapping,
  EditorState.tabSize.of(4),
  lineNumbers(),
  highlightSpecialChars(),
  placeholder(box.placeholder),
  history(),
  bracketMatching(),
  dialect.language,
  syntaxHighlighting(classHighlighter),
  autocompletion({ override: [completions], icons: false, defaultKeymap: false }),
  Prec.highest(keymap.of(whileCompleting)),
  search({ top: true }),
  problems,
  keymap.of(keys),
  overtyping,
  mirrored(box),
];

/** Shows the text of `box`, with the same selection and focus; gives back what `text.js` asks an editor for. */
export function mount(box, { nonce, catalog }) {
  const hadFocus = document.activeElement === box;
  const view = new EditorView({
    state: EditorState.create({
      doc: box.value,
      selection: { anchor: box.selectionStart, head: box.selectionEnd },
      extensions: extensions(box, nonce),
    }),
  });
  box.after(view.dom);
  box.hidden = true;
  document.querySelector("#query-label").removeAttribute("for");
  if (hadFocus) view.focus();
  loadCatalog(catalog);
  return editorOf(box, view);
}

function editorOf(box, view) {
  const change = (spec) => view.dispatch({ scrollIntoView: true, ...spec });
  return {
    box,
    selection: () => ({ start: view.state.selection.main.from, end: view.state.selection.main.to }),
    select(start, end) {
      view.focus();
      change({ selection: { anchor: start, head: end } });
    },
    replace(start, end, text) {
      const insert = view.state.toText(text);
      view.focus();
      const selection = { anchor: start + insert.length };
      change({ changes: { from: start, to: end, insert }, selection, userEvent: "input.replace", annotations: isolateHistory.of("full") });
    },
    set: (text) => change({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: silent.of(true), scrollIntoView: false }),
    focus: () => view.focus(),
    toTop: () => (view.scrollDOM.scrollTop = 0),
    underline: (start, end, message) => underline(view, start, end, message),
    destroy: () => view.destroy(),
  };
}
