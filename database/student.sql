-- The sample database: three students and their numbers.
CREATE TABLE student (
    id   integer PRIMARY KEY,
    name text NOT NULL,
    nr   integer NOT NULL
);

INSERT INTO student (id, name, nr) VALUES
    (1, 'Mark Twain', 1111),
    (2, 'John Doe', 2222),
    (3, 'Harry Potter', 3333);
