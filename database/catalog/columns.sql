-- The columns of one table or view, hidden and generated ones too.
SELECT name, type, "notnull", dflt_value, pk, hidden
  FROM pragma_table_xinfo(:name)
 ORDER BY cid;
