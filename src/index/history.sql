-- Made when the history has first been read. They are dropped by these names
-- where it must be read anew.

CREATE UNIQUE INDEX word_text ON word (text);
CREATE UNIQUE INDEX subject_id ON subject (id);
CREATE INDEX touched_subject ON touched (subject, n);
