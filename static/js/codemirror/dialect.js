/** SQL as SQLite has it: only its own words are coloured, so that a column named day or count looks like one. */
import { SQLDialect, SQLite } from "@codemirror/lang-sql";
import { KEYWORDS } from "./words.js";

/** What columns are usually declared as: https://sqlite.org/datatype3.html#affinity_name_examples */
const TYPES = "any bigint blob boolean char decimal double float int integer numeric real smallint text tinyint varchar";

export const dialect = SQLDialect.define({
  ...SQLite.spec,
  keywords: KEYWORDS.map(([word]) => word.toLowerCase()).join(" "),
  types: TYPES,
  builtin: "", // the commands of SQLite's shell
});
