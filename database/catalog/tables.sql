-- Tables and views by name, as bytes: a name need not be UTF-8. Asked of the schema itself, because
-- pragma_table_list works out every view, however long that takes. Not those of SQLite itself, nor
-- the workbench's idempotency keys.
SELECT CAST(name AS BLOB), type, sql LIKE 'CREATE VIRTUAL%'
  FROM sqlite_schema
 WHERE type IN ('table', 'view')
   AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
   AND name <> '__run_idempotency'
 ORDER BY name COLLATE NOCASE;
