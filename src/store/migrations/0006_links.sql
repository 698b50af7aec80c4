-- Hub: which record is the same case as which; of a record that was entered, the one that it comes from.
CREATE TABLE links (
    system TEXT NOT NULL, source_no TEXT NOT NULL, origin_system TEXT NOT NULL, origin_no TEXT NOT NULL, project_no TEXT NOT NULL,
    version BIGINT NOT NULL, contents TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (system, source_no)
);
CREATE INDEX links_number ON links (source_no);
CREATE INDEX links_origin ON links (origin_no, origin_system);
CREATE INDEX links_project ON links (project_no);

-- Hub: where each entry stands, as the runners say it. `ties` is the receipt while it names the record that the entry made there, else ''.
CREATE TABLE entry_states (
    system TEXT NOT NULL, source_no TEXT NOT NULL, does TEXT NOT NULL, origin_system TEXT NOT NULL, origin_no TEXT NOT NULL,
    project_no TEXT NOT NULL, state TEXT NOT NULL, receipt TEXT, ties TEXT NOT NULL, reached_at BIGINT NOT NULL,
    version BIGINT NOT NULL, contents TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (system, source_no)
);
CREATE INDEX entry_states_origin ON entry_states (origin_no, origin_system);
CREATE INDEX entry_states_project ON entry_states (project_no);
CREATE INDEX entry_states_receipt ON entry_states (receipt);
CREATE INDEX entry_states_ties ON entry_states (system, ties);

-- Hub: `open` in states is 1 from acceptance to the end of a case that counts; 0 for one that is counted at its origin.
CREATE INDEX states_number ON states (source_no);
