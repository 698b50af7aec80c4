-- Runner: one record that is to stand in one target, and everything that befell it. `wanted` is the record as the source
-- said it last, at `version`; what the state speaks of is `known_version`. Whoever works on it holds it until
-- `leased_until` under the number `fence`, which rises with each holder.
CREATE TABLE entry (
    id BIGINT PRIMARY KEY,
    target TEXT NOT NULL, purpose TEXT NOT NULL, origin_system TEXT NOT NULL, origin_no TEXT NOT NULL,
    bot TEXT NOT NULL, project_no TEXT NOT NULL, mark TEXT NOT NULL,
    wanted TEXT NOT NULL, version BIGINT NOT NULL, known_version BIGINT NOT NULL,
    state TEXT NOT NULL, resting BIGINT NOT NULL,
    receipt TEXT, words TEXT, field TEXT, submitted_at BIGINT NOT NULL, tries BIGINT NOT NULL,
    worker TEXT NOT NULL, fence BIGINT NOT NULL, leased_until BIGINT NOT NULL, due_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
    UNIQUE (target, purpose, origin_system, origin_no)
);
CREATE INDEX entry_due ON entry (bot, due_at);
CREATE INDEX entry_receipt ON entry (target, receipt);
CREATE TABLE entry_event (
    entry BIGINT NOT NULL, sequence BIGINT NOT NULL, at BIGINT NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL,
    worker TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (entry, sequence)
);
INSERT INTO counters (name, value) VALUES ('entry', 0);
