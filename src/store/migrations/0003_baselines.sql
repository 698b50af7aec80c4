-- Runner: what of a row never changes in the life of a case, as hashes: a page whose columns were swapped shows in them.
ALTER TABLE seen ADD COLUMN marks TEXT NOT NULL DEFAULT '';

-- Runner: what the good readings of each page looked like, as the run's own JSON.
CREATE TABLE baselines (
    system TEXT NOT NULL, bot TEXT NOT NULL, page TEXT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (system, bot, page)
);

-- Runner: accounts that someone else is using, and until when they are left alone.
CREATE TABLE away (account TEXT PRIMARY KEY, until BIGINT NOT NULL, why TEXT NOT NULL);
