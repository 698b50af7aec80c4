-- Runner: when the pages about a row were last read, and from when on such a reading has seen everything that the moment in the row can stand for;
-- whether the case was open then, which bot read it, and since when its list no longer shows it (0: it does). Instants in milliseconds.
ALTER TABLE seen ADD COLUMN read_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seen ADD COLUMN sure_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seen ADD COLUMN open BIGINT NOT NULL DEFAULT 1;
ALTER TABLE seen ADD COLUMN bot TEXT NOT NULL DEFAULT '';
ALTER TABLE seen ADD COLUMN left_at BIGINT NOT NULL DEFAULT 0;
-- Where the hub's half stands in the same database, it knows which cases had ended.
UPDATE seen SET open = 0 WHERE EXISTS (
    SELECT 1 FROM states WHERE states.system = seen.system AND states.source_no = seen.source_no
    AND states.status IN ('done', 'rejected', 'returned', 'withdrawn', 'void')
);

-- Hub: the newest reading of a case that stands, where that is in quarantine: the last good one stays published, marked by it. Version 0: it is not.
ALTER TABLE states ADD COLUMN bad_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN bad_contents TEXT NOT NULL DEFAULT '';
ALTER TABLE states ADD COLUMN bad_body TEXT NOT NULL DEFAULT '';
-- Cases that had vanished into quarantine come back out of the journal, once.
INSERT INTO counters (name, value) VALUES ('vanished', 1);
