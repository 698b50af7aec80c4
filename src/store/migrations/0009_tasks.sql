-- Runner: what bots ask people. The picture goes when the task ends, the answer as soon as the bot has taken it.
CREATE TABLE task (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL, system TEXT NOT NULL, bot TEXT NOT NULL, run TEXT NOT NULL, account TEXT NOT NULL, entry BIGINT NOT NULL,
    field TEXT NOT NULL, picture TEXT NOT NULL, created_at BIGINT NOT NULL, deadline BIGINT NOT NULL,
    state TEXT NOT NULL, answer TEXT, answered_by TEXT NOT NULL, ended_at BIGINT NOT NULL
);
CREATE INDEX task_state ON task (state, deadline);
CREATE INDEX task_ended ON task (ended_at);
INSERT INTO counters (name, value) VALUES ('task', 0);

-- Runner: troubles that go on, each under a key that stays. `told` is 1 once people were told of it: then they hear of its end too.
CREATE TABLE trouble (
    key TEXT PRIMARY KEY, began_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, times BIGINT NOT NULL, told BIGINT NOT NULL,
    words TEXT NOT NULL
);

-- Runner: alerts that are to reach a place, in the order in which they came about.
CREATE TABLE alert (
    id BIGINT PRIMARY KEY,
    sink TEXT NOT NULL, trouble TEXT NOT NULL, body TEXT NOT NULL, created_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX alert_due ON alert (due_at);
INSERT INTO counters (name, value) VALUES ('alert', 0);
