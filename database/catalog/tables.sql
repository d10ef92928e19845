-- Tables and views by name, with the shadow tables of virtual ones last; not those of SQLite itself
-- nor the workbench's idempotency keys.
SELECT name, type, wr
  FROM pragma_table_list
 WHERE schema = 'main'
   AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
   AND name <> '__run_idempotency'
 ORDER BY type = 'shadow', name COLLATE NOCASE;
