-- Shared by SQLite and PostgreSQL: types TEXT and BIGINT only, instants in milliseconds since the epoch (UTC),
-- days as YYYY-MM-DD of Asia/Shanghai, records as their JSON.

CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters (name, value) VALUES ('journal', 0), ('outbox', 0);

-- Runner: what each list row looked like when its details were last read.
CREATE TABLE seen (
    system TEXT NOT NULL, source_no TEXT NOT NULL, row_print TEXT NOT NULL, contents TEXT NOT NULL, version BIGINT NOT NULL,
    PRIMARY KEY (system, source_no)
);
-- Runner: what the hub has not acknowledged yet.
CREATE TABLE outbox (position BIGINT PRIMARY KEY, body TEXT NOT NULL);
-- Runner: what the hub refused, with its reason.
CREATE TABLE refused (position BIGINT PRIMARY KEY, body TEXT NOT NULL, reason TEXT NOT NULL);

-- Hub: everything that ever changed, in commit order without gaps.
CREATE TABLE journal (
    position BIGINT PRIMARY KEY, record TEXT NOT NULL, system TEXT NOT NULL, source_no TEXT NOT NULL, version BIGINT NOT NULL,
    at BIGINT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX journal_record ON journal (record, position);

-- Hub: where each case, or quarantined row, stands now. `open` is 1 from acceptance to the end.
CREATE TABLE states (
    system TEXT NOT NULL, source_no TEXT NOT NULL, kind TEXT NOT NULL, version BIGINT NOT NULL, contents TEXT NOT NULL,
    position BIGINT NOT NULL, at BIGINT NOT NULL, flags TEXT NOT NULL, body TEXT NOT NULL,
    project_no TEXT, status TEXT, site TEXT, open BIGINT NOT NULL, accept_at BIGINT, due_at BIGINT, warn_at BIGINT,
    department TEXT NOT NULL, town TEXT NOT NULL, item TEXT NOT NULL,
    PRIMARY KEY (system, source_no)
);
CREATE INDEX states_newest ON states (kind, position);
CREATE INDEX states_system ON states (system, kind, position);
CREATE INDEX states_status ON states (status, position);
CREATE INDEX states_project ON states (project_no);
CREATE INDEX states_open ON states (department, town) WHERE open = 1;
CREATE INDEX states_due ON states (due_at) WHERE open = 1;
CREATE INDEX states_warn ON states (warn_at) WHERE open = 1;

-- Hub: sums of contributions. Place grain: item is ''. Item grain: hour is -1, department and town are ''.
CREATE TABLE tallies (
    measure TEXT NOT NULL, day TEXT NOT NULL, hour BIGINT NOT NULL, system TEXT NOT NULL, department TEXT NOT NULL,
    town TEXT NOT NULL, item TEXT NOT NULL, n BIGINT NOT NULL,
    PRIMARY KEY (measure, day, hour, system, department, town, item)
);

-- Hub: per system its card and its newest readings: any, good, and with a stated total.
CREATE TABLE slots (
    system TEXT NOT NULL, slot TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (system, slot)
);
