-- SQLite only: tables that keep their rows in the tree of their key, not in one tree by row number and one by key.
-- Most of what a batch of cases writes are cells of the tallies.

CREATE TABLE tallies_in_one (
    measure TEXT NOT NULL, day TEXT NOT NULL, hour BIGINT NOT NULL, system TEXT NOT NULL, department TEXT NOT NULL,
    town TEXT NOT NULL, item TEXT NOT NULL, n BIGINT NOT NULL,
    PRIMARY KEY (measure, day, hour, system, department, town, item)
) WITHOUT ROWID;
INSERT INTO tallies_in_one (measure, day, hour, system, department, town, item, n)
    SELECT measure, day, hour, system, department, town, item, n FROM tallies;
DROP TABLE tallies;
ALTER TABLE tallies_in_one RENAME TO tallies;

-- `INTEGER`, and no other word, makes the key the row number.
CREATE TABLE outbox_in_one (position INTEGER PRIMARY KEY, body TEXT NOT NULL);
INSERT INTO outbox_in_one (position, body) SELECT position, body FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_in_one RENAME TO outbox;
