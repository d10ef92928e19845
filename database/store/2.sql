-- What was typed for a run's parameters: a JSON list of [name, text, kind], NULL when it has none.
ALTER TABLE entry ADD COLUMN parameters text;
