-- Engine: schedules as they were last seen in the files. `accounted`: every instant up to it has its row among the ticks.
-- `paused_at` and `gone_at` are 0 where it is not.
CREATE TABLE schedules (
    name TEXT PRIMARY KEY, body TEXT NOT NULL, since BIGINT NOT NULL, accounted BIGINT NOT NULL, next_due BIGINT NOT NULL,
    paused_at BIGINT NOT NULL, paused_by TEXT NOT NULL, because TEXT NOT NULL, gone_at BIGINT NOT NULL
);
-- Engine: what became of each instant of each schedule. `state`: queued, running; ran, skipped, missed, failed. `why` is JSON, or empty.
CREATE TABLE ticks (
    schedule TEXT NOT NULL, due BIGINT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, seen BIGINT NOT NULL, ended BIGINT NOT NULL,
    PRIMARY KEY (schedule, due)
);
CREATE INDEX ticks_due ON ticks (due);
-- Engine: what a tick asks of one bot. `state`: queued, running; ran, skipped, failed. `account` is empty where it needs none.
CREATE TABLE jobs (
    id BIGINT PRIMARY KEY, schedule TEXT NOT NULL, due BIGINT NOT NULL, bot TEXT NOT NULL, account TEXT NOT NULL,
    state TEXT NOT NULL, priority BIGINT NOT NULL, start_at BIGINT NOT NULL, attempt BIGINT NOT NULL, taken BIGINT NOT NULL,
    worker TEXT NOT NULL, fence BIGINT NOT NULL, leased_until BIGINT NOT NULL, replaced BIGINT NOT NULL,
    started BIGINT NOT NULL, ended BIGINT NOT NULL, run TEXT NOT NULL, outcome TEXT NOT NULL, why TEXT NOT NULL
);
CREATE INDEX jobs_tick ON jobs (schedule, due);
CREATE INDEX jobs_open ON jobs (state, start_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_bot ON jobs (bot, started);
INSERT INTO counters (name, value) VALUES ('job', 0);
-- Engine: who holds an account whose system allows one session.
CREATE TABLE account_leases (
    account TEXT PRIMARY KEY, worker TEXT NOT NULL, fence BIGINT NOT NULL, leased_until BIGINT NOT NULL
);
-- Engine: the processes that run schedules, and what is wrong with the adapter files that they see (JSON, or empty).
CREATE TABLE engines (
    worker TEXT PRIMARY KEY, started BIGINT NOT NULL, beat BIGINT NOT NULL, ended BIGINT NOT NULL, files TEXT NOT NULL
);
-- Engine: when each bot last did well, and from when on it counts as dead if it does not do so again; 0: nothing is expected of it.
CREATE TABLE pulses (bot TEXT PRIMARY KEY, system TEXT NOT NULL, since BIGINT NOT NULL, good_at BIGINT NOT NULL, dead_at BIGINT NOT NULL);
