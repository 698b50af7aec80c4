-- Runner: rows that stand in quarantine.
ALTER TABLE seen ADD COLUMN quarantined BIGINT NOT NULL DEFAULT 0;

-- Runner: what became of the logins of each account, per version of its secret. `open` counts logins that were begun and of which
-- nobody has written down the end.
CREATE TABLE accounts (
    account TEXT NOT NULL, version TEXT NOT NULL, failed BIGINT NOT NULL, open BIGINT NOT NULL, proven BIGINT NOT NULL,
    since BIGINT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (account, version)
);
