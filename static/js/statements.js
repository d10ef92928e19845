/**
 * Where the statements of a text begin and end, by the rules of SQLite's own shell: a semicolon ends one, except
 * between a trigger's BEGIN and END (https://sqlite.org/c3ref/complete.html).
 */

const TOKEN = /[ \t\n\f\r]+|--[^\n]*|\/\*[^]*?(?:\*\/|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|[\w$\u0080-\uffff]+|[^]/g;
const BLANK = /^(?:[ \t\n\f\r]|--|\/\*)/;

const [SEMICOLON, WHITE, OTHER, EXPLAIN, CREATE, TEMPORARY, TRIGGER, END] = [0, 1, 2, 3, 4, 5, 6, 7];
const WORDS = { explain: EXPLAIN, create: CREATE, temp: TEMPORARY, temporary: TEMPORARY, trigger: TRIGGER, end: END };

// From each state (a row) by each kind of token to the next state, as in SQLite's complete.c.
const BETWEEN = 1;
const MOVES = [
  [1, 0, 2, 3, 4, 2, 2, 2], // nothing yet
  [1, 1, 2, 3, 4, 2, 2, 2], // between two statements
  [1, 2, 2, 2, 2, 2, 2, 2], // in a statement
  [1, 3, 3, 2, 4, 2, 2, 2], // behind EXPLAIN
  [1, 4, 2, 2, 2, 4, 5, 2], // behind CREATE
  [6, 5, 5, 5, 5, 5, 5, 5], // in a trigger
  [6, 6, 5, 5, 5, 5, 5, 7], // behind a semicolon in a trigger
  [1, 7, 5, 5, 5, 5, 5, 5], // behind the END of a trigger
];

/** The tokens of `text`: each with its place, and whether it is white space or a comment. */
export function* tokens(text) {
  for (const { 0: word, index } of text.matchAll(TOKEN)) yield { word, start: index, end: index + word.length, blank: BLANK.test(word) };
}

function kind({ word, blank }) {
  if (blank) return WHITE;
  if (word === ";") return SEMICOLON;
  return Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : OTHER;
}

/** The statements of `text`, each from its first word to behind its semicolon. */
export function* statements(text) {
  let state = 0;
  let found = null;
  for (const token of tokens(text)) {
    state = MOVES[state][kind(token)];
    if (token.blank) continue;
    if (token.word !== ";") found ??= { start: token.start };
    if (found) found.end = token.end;
    if (state === BETWEEN && found) {
      yield found;
      found = null;
    }
  }
  if (found) yield found;
}

/** The statement at `place`: the one it is in or right behind, else the next, else the last; null without any. */
export function statementAt(text, place) {
  let last = null;
  for (const each of statements(text)) {
    last = each;
    if (place <= each.end) break;
  }
  return last;
}
