-- The workbench's own file: what people ran, and the keys it signs with.
CREATE TABLE keep (
    name  text PRIMARY KEY,
    value blob NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each run. Times are in microseconds, `at` since 1970 in UTC.
CREATE TABLE entry (
    number        integer PRIMARY KEY AUTOINCREMENT,
    person        text NOT NULL,
    source        text NOT NULL,
    at            integer NOT NULL,
    script        text NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('ok', 'error', 'stopped')),
    wrote         integer NOT NULL,
    row_count     integer NOT NULL,
    truncated     integer NOT NULL,
    rows_affected integer,
    duration      integer NOT NULL,
    message       text
) STRICT;

CREATE INDEX entry_of_person ON entry (person, source, number);

-- What a run answered on the page, so that its address shows it again. Only the newest are kept.
CREATE TABLE answer (
    number integer PRIMARY KEY REFERENCES entry (number) ON DELETE CASCADE,
    person text NOT NULL,
    source text NOT NULL,
    run    blob NOT NULL
) STRICT;

CREATE INDEX answer_of_person ON answer (person, source, number);
