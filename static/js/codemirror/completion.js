/** What could be meant by the word that is being typed: columns of the statement's tables first, then the rest. */
import { syntaxTree } from "@codemirror/language";
import { statementAt, tokens } from "../statements.js";
import { tables } from "./catalog.js";
import { FUNCTIONS, KEYWORDS } from "./words.js";

const AROUND = 20_000; // characters that are looked at, so that a long script is not read anew with each letter
const NAME = /^(?:[\w$\u0080-\uffff]|["`[])/;
const SOURCES = new Set(["from", "join", "into", "update", "table"]);
const BEFORE_TABLE = new Set([...SOURCES, "on"]);
const NO_ALIAS = new Set(
  "where set values join left right full inner cross natural on using group order having limit union intersect except window returning default select indexed not".split(" "),
);

const folded = (name) => name.toLowerCase();

/** A name without its quotation marks. */
function bare(word) {
  const mark = word[0];
  if (mark === "[") return word.slice(1).replace(/\]$/, "");
  if (!['"', "`"].includes(mark)) return word;
  return word.slice(1, word.length > 1 && word.endsWith(mark) ? -1 : undefined).replaceAll(mark + mark, mark);
}

/** The words of the statement at `place`, without comments, and how many of them are before that place. */
function around(state, place) {
  const begin = Math.max(0, place - AROUND);
  const text = state.sliceDoc(begin, place + AROUND);
  const { start, end } = statementAt(text, place - begin) ?? { start: 0, end: 0 };
  const found = [...tokens(text.slice(start, end))].filter(({ blank }) => !blank);
  const before = found.filter((token) => token.end <= place - begin - start);
  return { words: found.map(({ word }) => word), before: before.map(({ word }) => word) };
}

/** The tables of the attached database of this name. */
const attached = (name) => (name ? tables().filter(({ within }) => within === name) : []);

/** The tables that a statement names, by what each is called in it. */
function sources(words) {
  const found = new Map();
  const byName = new Map(tables().toReversed().map((table) => [folded(table.name), table])); // its own before attached ones
  for (let at = 0; at < words.length; at += 1) {
    const listed = words[at] === "," && found.size > 0;
    if (!listed && !SOURCES.has(folded(words[at]))) continue;
    let next = at + 1;
    const within = words[next + 1] === "." ? bare(words[next]) : undefined;
    if (within) next += 2;
    const name = folded(bare(words[next] ?? ""));
    const table = attached(within).find((each) => folded(each.name) === name) ?? byName.get(name);
    if (!table) continue;
    found.set(folded(table.name), table);
    let alias = words[next + 1] ?? "";
    if (folded(alias) === "as") alias = words[next + 2] ?? "";
    if (NAME.test(alias) && !NO_ALIAS.has(folded(alias))) found.set(folded(bare(alias)), table);
  }
  return found;
}

// A table's columns stand in their own order.
const column = (table, boost) => (each, place) => ({ name: each.name, sql: each.sql, type: "property", detail: [each.type, table.name].filter(Boolean).join(" · "), boost: boost - place / 100 });
const tableOption = (boost) => (table) => ({ name: table.name, sql: table.sql, type: "class", detail: table.within ? `${table.kind} in ${table.within}` : table.kind, boost });

/** The options by name: tables and columns. */
function names(before, words) {
  const named = sources(words);
  if (before.at(-1) === ".") {
    const others = attached(bare(before.at(-2) ?? ""));
    if (others.length) return { options: others.map((each) => ({ ...tableOption(0)(each), sql: each.own })), alone: true };
    const table = named.get(folded(bare(before.at(-2) ?? ""))) ?? tables().find(({ name }) => folded(name) === folded(bare(before.at(-2) ?? "")));
    return { options: table ? table.columns.map(column(table, 0)) : tables().map(tableOption(0)), alone: true };
  }
  const wantsTable = BEFORE_TABLE.has(folded(before.at(-1) ?? ""));
  const inStatement = new Set(named.values());
  const others = tables().filter((table) => !inStatement.has(table));
  return {
    options: [
      ...tables().map(tableOption(wantsTable ? 60 : 10)),
      ...[...inStatement].flatMap((table) => table.columns.map(column(table, 40))),
      ...(inStatement.size ? [] : others.flatMap((table) => table.columns.map(column(table, 0)))),
    ],
    alone: false,
  };
}

/** The same name once: two tables may have a column of the same name. */
function once(options) {
  const seen = new Map();
  for (const each of options) if (!seen.has(each.name + each.type)) seen.set(each.name + each.type, each);
  return [...seen.values()];
}

function shownAs(typed) {
  const lower = typed !== "" && typed === typed.toLowerCase();
  const asTyped = (word) => (lower ? word.toLowerCase() : word);
  return [
    ...KEYWORDS.map(([word, info]) => ({ label: asTyped(word), type: "keyword", info, boost: 0 })),
    ...FUNCTIONS.map(([name, signature, info]) => ({ label: name, type: "function", detail: signature, info, boost: -20 })),
  ];
}

/** CodeMirror's source of completions (https://codemirror.net/docs/ref/#autocomplete.CompletionSource). */
export function completions(context) {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  if (["LineComment", "BlockComment", "String"].includes(inside)) return null;
  const quoted = inside === "QuotedIdentifier" ? context.matchBefore(/["`][^"`]*/) : null;
  const typed = quoted ?? context.matchBefore(/[\w$\u0080-\uffff]+/) ?? { from: context.pos, text: "" };
  const { before, words } = around(context.state, typed.from);
  if (/^\d/.test(typed.text) || (!typed.text && !context.explicit && before.at(-1) !== ".")) return null;
  const { options, alone } = names(before, words);
  const byName = once(options).map(({ name, sql, ...rest }) => (quoted ? { label: `"${name.replaceAll('"', '""')}"`, displayLabel: name, ...rest } : { label: name, apply: sql, ...rest }));
  const all = alone || quoted ? byName : [...byName, ...shownAs(typed.text)];
  // Enter after a whole word ends the line, and takes no longer word.
  if (!context.explicit && all.some(({ label }) => folded(label) === folded(typed.text))) return null;
  return { from: typed.from, options: all };
}
