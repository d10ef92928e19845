-- What a run changed, so that it can be taken back.
--
-- `certain` is 0 from before the commit of a write until it is known how that ended. `undo` tells whether
-- it can be taken back: `none` means that it changed nothing or was not recorded. `undoes` is the entry that
-- this one took back (`undoes_statement`: that statement of it only), `undone_by` the one that took this one back.
ALTER TABLE entry ADD COLUMN certain integer NOT NULL DEFAULT 1;
ALTER TABLE entry ADD COLUMN undo text NOT NULL DEFAULT 'none' CHECK (undo IN ('none', 'can', 'cannot', 'dropped'));
ALTER TABLE entry ADD COLUMN why_not text;
ALTER TABLE entry ADD COLUMN undoes integer;
ALTER TABLE entry ADD COLUMN undoes_statement integer;
ALTER TABLE entry ADD COLUMN undone_by integer;

CREATE INDEX entry_uncertain ON entry (number) WHERE certain = 0;
CREATE INDEX entry_undoes ON entry (undoes) WHERE undoes IS NOT NULL;

-- One row for each statement that changed something, in order.
CREATE TABLE undo (
    number    integer NOT NULL REFERENCES entry (number) ON DELETE CASCADE,
    place     integer NOT NULL,
    record    blob NOT NULL,
    PRIMARY KEY (number, place)
) STRICT;

-- What previews showed, so that a commit does just that: one row for each, under its fingerprint.
CREATE TABLE preview (
    person      text NOT NULL,
    fingerprint text NOT NULL,
    at          integer NOT NULL,
    records     blob NOT NULL,
    PRIMARY KEY (person, fingerprint)
) STRICT;
