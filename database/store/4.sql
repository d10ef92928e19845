-- What a run did at most: `read` changed nothing, `write` changed rows or was to, `schema` anything else.
ALTER TABLE entry ADD COLUMN kind text NOT NULL DEFAULT 'read' CHECK (kind IN ('read', 'write', 'schema'));

UPDATE entry SET kind = CASE WHEN rows_affected IS NULL THEN 'schema' ELSE 'write' END WHERE wrote;

CREATE INDEX entry_at ON entry (at);

-- Whose entries there are: a short number for a person at a database, to search for.
CREATE TABLE owner (
    number integer PRIMARY KEY,
    person text NOT NULL,
    source text NOT NULL,
    UNIQUE (person, source)
) STRICT;

INSERT INTO owner (person, source) SELECT DISTINCT person, source FROM entry;

-- The words of each entry (https://sqlite.org/fts5.html), and in `marks` its owner alone, with its kind,
-- with its outcome and with both: any filter is one word of `marks`. It holds no text, so that
-- nothing is stored twice; of a long script the beginning is searched.
CREATE VIRTUAL TABLE search USING fts5 (
    marks, script, message,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE VIEW searched AS
SELECT entry.number,
       concat_ws(' ', 'o' || owner.number, 'o' || owner.number || kind, 'o' || owner.number || outcome,
                 'o' || owner.number || kind || outcome) AS marks,
       substr(entry.script, 1, 10000) AS script,
       entry.message
  FROM entry JOIN owner ON owner.person = entry.person AND owner.source = entry.source;

INSERT INTO search (rowid, marks, script, message) SELECT number, marks, script, message FROM searched;

CREATE TRIGGER entry_made AFTER INSERT ON entry BEGIN
    INSERT INTO owner (person, source) VALUES (new.person, new.source) ON CONFLICT DO NOTHING;
    INSERT INTO search (rowid, marks, script, message)
    SELECT number, marks, script, message FROM searched WHERE number = new.number;
END;

CREATE TRIGGER entry_changed AFTER UPDATE OF outcome, kind, message ON entry
WHEN (old.outcome, old.kind, old.message) IS NOT (new.outcome, new.kind, new.message) BEGIN
    DELETE FROM search WHERE rowid = new.number;
    INSERT INTO search (rowid, marks, script, message)
    SELECT number, marks, script, message FROM searched WHERE number = new.number;
END;

CREATE TRIGGER entry_dropped AFTER UPDATE OF undo ON entry WHEN new.undo = 'dropped' BEGIN
    DELETE FROM undo WHERE number = new.number;
END;

CREATE TRIGGER entry_gone AFTER DELETE ON entry BEGIN
    DELETE FROM search WHERE rowid = old.number;
END;

-- Queries that people keep under a name, whatever becomes of the history.
CREATE TABLE saved (
    number     integer PRIMARY KEY AUTOINCREMENT,
    person     text NOT NULL,
    source     text NOT NULL,
    name       text NOT NULL,
    note       text NOT NULL,
    script     text NOT NULL,
    parameters text,
    UNIQUE (person, source, name)
) STRICT;
