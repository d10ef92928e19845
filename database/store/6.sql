-- What people are writing: a row for each tab of theirs. `version` counts the changes of its text, and `writer` is
-- the page that made the last one. Times are in microseconds since 1970 in UTC; `closed` is NULL while it is open.
CREATE TABLE draft (
    number  integer PRIMARY KEY AUTOINCREMENT,
    person  text NOT NULL,
    source  text NOT NULL,
    name    text NOT NULL,
    script  text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 0,
    writer  text NOT NULL DEFAULT '',
    at      integer NOT NULL,
    closed  integer
) STRICT;

CREATE INDEX draft_of_person ON draft (person, source, number);

-- Texts that were overwritten in a tab and could be missed. Only the newest are kept.
CREATE TABLE earlier (
    draft   integer NOT NULL REFERENCES draft (number) ON DELETE CASCADE,
    version integer NOT NULL,
    at      integer NOT NULL,
    script  text NOT NULL,
    PRIMARY KEY (draft, version)
) STRICT;
