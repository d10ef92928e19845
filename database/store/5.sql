-- Links to queries: whoever has the id gets the text. `digest` is of text and values, so that the same
-- query of a person has one link. Times are in microseconds since 1970 in UTC.
CREATE TABLE link (
    id         text PRIMARY KEY,
    person     text NOT NULL,
    source     text NOT NULL,
    at         integer NOT NULL,
    size       integer NOT NULL,
    digest     blob NOT NULL,
    script     text NOT NULL,
    parameters text,
    UNIQUE (person, source, digest)
) STRICT;

-- Links to results: the rows are copied here, so that they outlive their entry. `asked` is when they
-- were read, `at` when the link was made, `until` when it ends.
CREATE TABLE shared (
    id         text PRIMARY KEY,
    person     text NOT NULL,
    source     text NOT NULL,
    asked      integer NOT NULL,
    at         integer NOT NULL,
    until      integer NOT NULL,
    size       integer NOT NULL,
    database   text NOT NULL,
    script     text NOT NULL,
    parameters text,
    run        blob NOT NULL
) STRICT;

CREATE INDEX shared_of_person ON shared (person, source);
