-- Runner: the session that each account holds in a system, sealed by the vault, so that the next process goes on with it. `account` is
-- SYSTEM/ACCOUNT; `at` rises with each one that is kept, and tells it from the one before.
CREATE TABLE sessions (account TEXT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL);
