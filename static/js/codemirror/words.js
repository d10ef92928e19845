/** SQLite's keywords and built-in functions, with a word of help for each. */

/** https://sqlite.org/lang_keywords.html */
export const KEYWORDS = `
ABORT: on a conflict, take this statement back
ACTION: NO ACTION, of a foreign key
ADD: a column to a table
AFTER: a trigger that fires after the change
ALL: all of them, none left out
ALTER: change a table
ALWAYS: GENERATED ALWAYS AS, a computed column
ANALYZE: gather what helps to plan queries
AND: both are true
AS: another name, or a query a table is made of
ASC: smallest first
ATTACH: another database file
AUTOINCREMENT: never use a key again
BEFORE: a trigger that fires before the change
BEGIN: a transaction, or what a trigger does
BETWEEN: from the first to the second, both included
BY: what to group or order by
CASCADE: change or delete what refers to it too
CASE: one value or another, CASE WHEN … THEN … ELSE … END
CAST: as another type
CHECK: what must be true of each row
COLLATE: how texts are compared
COLUMN: of a table
COMMIT: end the transaction and keep what it did
CONFLICT: ON CONFLICT, what to do instead
CONSTRAINT: a rule with a name
CREATE: make a table, view, index or trigger
CROSS: each row with each
CURRENT: CURRENT ROW, in a window
CURRENT_DATE: today in UTC
CURRENT_TIME: now in UTC, without the date
CURRENT_TIMESTAMP: date and time in UTC
DATABASE: a file that is attached
DEFAULT: the value where none is given
DEFERRABLE: a foreign key that may be checked later
DEFERRED: later, at the commit
DELETE: rows
DESC: largest first
DETACH: an attached database
DISTINCT: each only once
DO: DO NOTHING or DO UPDATE, on a conflict
DROP: delete a table, view, index or trigger
EACH: FOR EACH ROW, of a trigger
ELSE: in every other case
END: of CASE, a trigger or a transaction
ESCAPE: the character before a % or _ that is meant as such
EXCEPT: rows of the first query that the second has not
EXCLUDE: leave rows out of a window
EXCLUSIVE: a transaction that nobody reads beside
EXISTS: whether there is any row
EXPLAIN: how SQLite would do it
FAIL: on a conflict, stop here
FILTER: the rows that an aggregate counts
FIRST: NULLS FIRST
FOLLOWING: rows after this one, in a window
FOR: FOR EACH ROW, of a trigger
FOREIGN: FOREIGN KEY, a reference to another table
FROM: the tables to read
FULL: FULL JOIN, rows of both sides without a match too
GENERATED: a computed column
GLOB: matches a pattern with * and ?
GROUP: one row for each group
GROUPS: a window counted in groups
HAVING: which groups are kept
IF: IF EXISTS, IF NOT EXISTS
IGNORE: on a conflict, leave the row out
IMMEDIATE: at once
IN: is one of these
INDEX: makes finding rows quick
INDEXED: the index to use
INITIALLY: when a foreign key is checked
INNER: only rows that match
INSERT: new rows
INSTEAD: INSTEAD OF, a trigger on a view
INTERSECT: rows that both queries have
INTO: the table that gets the rows
IS: equal, NULL included
ISNULL: is NULL
JOIN: rows of another table that match
KEY: PRIMARY KEY or FOREIGN KEY
LAST: NULLS LAST
LEFT: LEFT JOIN, rows without a match too
LIKE: matches a pattern with % and _
LIMIT: this many rows at most
MATCH: full-text search
MATERIALIZED: compute a WITH table once
NATURAL: join by columns of the same name
NO: NO ACTION, of a foreign key
NOT: the opposite
NOTHING: DO NOTHING, on a conflict
NOTNULL: is not NULL
NULL: no value
NULLS: NULLS FIRST or NULLS LAST
OF: the columns that a trigger watches
OFFSET: leave out this many rows first
ON: what makes rows match
OR: one is true, or both
ORDER: ORDER BY, the order of the rows
OTHERS: EXCLUDE NO OTHERS, in a window
OUTER: rows without a match too
OVER: the window of a function
PARTITION: PARTITION BY, a window for each
PLAN: EXPLAIN QUERY PLAN
PRAGMA: a setting or a fact of SQLite
PRECEDING: rows before this one, in a window
PRIMARY: PRIMARY KEY, what tells rows apart
QUERY: EXPLAIN QUERY PLAN
RAISE: an error, in a trigger
RANGE: a window counted in values
RECURSIVE: a WITH table that uses itself
REFERENCES: the table and column referred to
REGEXP: matches a regular expression
REINDEX: make indexes anew
RELEASE: a savepoint
RENAME: a table or column
REPLACE: put new rows in place of those that conflict
RESTRICT: forbid it while something refers to it
RETURNING: rows as they were written
RIGHT: RIGHT JOIN, rows of the right without a match too
ROLLBACK: take the transaction back
ROW: FOR EACH ROW, or CURRENT ROW
ROWS: a window counted in rows
SAVEPOINT: a place to roll back to
SELECT: read rows
SET: which columns get which values
TABLE: rows and columns
TEMP: for this connection only
TEMPORARY: for this connection only
THEN: the value in this case
TIES: EXCLUDE TIES, in a window
TO: the new name, or the savepoint
TRANSACTION: all of it or nothing
TRIGGER: what is done at a change
UNBOUNDED: to the end of the window
UNION: rows of both queries
UNIQUE: no value twice
UPDATE: change rows
USING: the columns to join by, or the module
VACUUM: write the file anew without gaps
VALUES: rows as they are written here
VIEW: a query under a name
VIRTUAL: a table that a module makes
WHEN: in which case
WHERE: which rows
WINDOW: a window under a name
WITH: queries under a name, for this statement
WITHOUT: WITHOUT ROWID, a table kept by its key
`.trim().split("\n").map((line) => line.split(": "));

/**
 * https://sqlite.org/lang_corefunc.html, lang_aggfunc.html, windowfunctions.html, lang_datefunc.html, json1.html,
 * lang_mathfunc.html
 */
export const FUNCTIONS = `
abs(x): without its sign
acos(x): arc cosine, in radians
acosh(x): inverse hyperbolic cosine
asin(x): arc sine, in radians
asinh(x): inverse hyperbolic sine
atan(x): arc tangent, in radians
atan2(y, x): the angle to a point, in radians
atanh(x): inverse hyperbolic tangent
avg(x): the mean of what is not NULL
ceil(x): the next integer above
changes(): rows that the last write changed
char(a, b, …): text of these code points
coalesce(a, b, …): the first that is not NULL
concat(a, …): all of them as one text, NULL left out
concat_ws(sep, a, …): all of them with this text between
cos(x): cosine of radians
cosh(x): hyperbolic cosine
count(x): how many are not NULL; count(*): how many rows
cume_dist(): the share of rows up to this one
date(time, …): as YYYY-MM-DD
datetime(time, …): as YYYY-MM-DD HH:MM:SS
degrees(x): radians as degrees
dense_rank(): the rank without gaps
exp(x): e to this power
first_value(x): of the window's first row
floor(x): the next integer below
format(format, …): as printf does
glob(pattern, text): whether the text matches
group_concat(x, sep): the values as one text
hex(x): bytes in hexadecimal
ifnull(a, b): the first, or the second if that is NULL
iif(test, a, b): one or the other
instr(text, part): where the part begins, 0 if nowhere
json(text): JSON checked and made short
json_array(a, …): a JSON array
json_array_length(json, path): how many elements
json_each(json, path): a row for each element
json_error_position(text): where it stops being JSON
json_extract(json, path, …): the value at a path
json_group_array(x): the values as a JSON array
json_group_object(name, x): names and values as a JSON object
json_insert(json, path, x): a value where there is none
json_object(name, x, …): a JSON object
json_patch(json, patch): merged as RFC 7396 says
json_pretty(json): indented
json_quote(x): an SQL value as JSON
json_remove(json, path): without what is at a path
json_replace(json, path, x): another value where there is one
json_set(json, path, x): a value, whether there is one or not
json_tree(json, path): a row for each element at any depth
json_type(json, path): null, true, integer, text, array and so on
json_valid(text): whether it is JSON
jsonb(text): JSON in SQLite's binary form
julianday(time, …): days since noon of 24 November 4714 BC
lag(x, n): of n rows before
last_insert_rowid(): the rowid of the last new row
last_value(x): of the window's last row
lead(x, n): of n rows after
length(x): characters of a text, bytes of a BLOB
like(pattern, text): whether the text matches
ln(x): natural logarithm
log(b, x): logarithm to base b; log(x): to base 10
log10(x): logarithm to base 10
log2(x): logarithm to base 2
lower(text): in small letters (ASCII)
ltrim(text, chars): without these at its left
max(x): the largest; max(a, b, …): of these
min(x): the smallest; min(a, b, …): of these
mod(x, y): the remainder
nth_value(x, n): of the window's nth row
ntile(n): in which of n equal parts
nullif(a, b): NULL if both are equal, else the first
octet_length(x): bytes
percent_rank(): the rank from 0 to 1
pi(): 3.14159…
pow(x, y): x to the power of y
printf(format, …): values put into a text
quote(x): as an SQL literal
radians(x): degrees as radians
random(): a 64-bit integer by chance
randomblob(n): n bytes by chance
rank(): the rank with gaps
replace(text, a, b): each a as b
round(x, digits): rounded
row_number(): 1, 2, 3 and so on
rtrim(text, chars): without these at its right
sign(x): -1, 0 or 1
sin(x): sine of radians
sinh(x): hyperbolic sine
soundex(text): how it sounds in English
sqlite_version(): such as 3.50.4
sqrt(x): square root
strftime(format, time, …): a time in any form
string_agg(x, sep): the values as one text
substr(text, start, length): a part of it
sum(x): the sum, NULL of nothing
tan(x): tangent of radians
tanh(x): hyperbolic tangent
time(time, …): as HH:MM:SS
timediff(a, b): the time between
total(x): the sum as a real, 0.0 of nothing
total_changes(): rows changed since the connection began
trim(text, chars): without these at both ends
trunc(x): without its fraction
typeof(x): null, integer, real, text or blob
unhex(text): bytes out of hexadecimal
unicode(text): the code point of its first character
unistr(text): with \\u escapes read
unixepoch(time, …): seconds since 1970
upper(text): in capitals (ASCII)
zeroblob(n): n zero bytes
`
  .trim()
  .split("\n")
  .map((line) => line.match(/^(\w+)(\(.*?\)): (.*)$/).slice(1));
