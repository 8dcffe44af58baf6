-- The derived index. Disposable: everything in it can be made again from the
-- repository. `PRAGMA user_version` holds the version of this schema.

CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    head BLOB NOT NULL,         -- the commit that the tables stand for
    builder TEXT NOT NULL,      -- the release that filled them
    sound INTEGER NOT NULL,     -- whether the settings at `head` can all be read
    events_head BLOB            -- the commit up to which `event` is filled
);

-- One row per record. What is newer has the smaller number `n`, whatever the
-- order of insertion: tables and full text are read newest first, and that is
-- quickest forwards.
CREATE TABLE rec (
    n INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    ulid TEXT NOT NULL,
    rid TEXT NOT NULL,          -- the ULID reversed: endings become beginnings
    title TEXT NOT NULL COLLATE NOCASE,
    ci_name TEXT NOT NULL COLLATE NOCASE,   -- the title of a CI, else empty
    status TEXT NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,      -- 1 for the states open and hold
    domain TEXT COLLATE NOCASE,
    impact INTEGER,
    urgency INTEGER,
    priority INTEGER,
    queue INTEGER NOT NULL,     -- the priority, or a greater number for none
    service TEXT COLLATE NOCASE,
    requester TEXT COLLATE NOCASE,
    assignee TEXT COLLATE NOCASE,
    team TEXT COLLATE NOCASE,
    category TEXT COLLATE NOCASE,
    channel TEXT COLLATE NOCASE,
    external TEXT COLLATE NOCASE,
    opened INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    started INTEGER,
    resolved INTEGER,
    closed INTEGER,
    opened_by TEXT NOT NULL COLLATE NOCASE,
    resolution TEXT COLLATE NOCASE,
    resolved_by TEXT COLLATE NOCASE,
    hold TEXT COLLATE NOCASE,   -- the reason of the hold that is running
    hold_since INTEGER,
    held INTEGER NOT NULL,      -- seconds of the holds that have ended
    reopened INTEGER NOT NULL,
    notes INTEGER NOT NULL,     -- how many there are, as the next two
    attachments INTEGER NOT NULL,
    votes INTEGER NOT NULL,
    approval INTEGER,           -- the last vote
    texts INTEGER NOT NULL,     -- bits: which of the longer texts there are
    escalation INTEGER NOT NULL,
    offering TEXT COLLATE NOCASE,   -- of a change: its model
    known_error INTEGER NOT NULL,
    major INTEGER,
    model INTEGER,
    risk INTEGER,
    planned_start INTEGER,
    planned_end INTEGER,
    outcome INTEGER,
    criticality INTEGER,
    environment TEXT COLLATE NOCASE,
    location TEXT COLLATE NOCASE,
    version TEXT COLLATE NOCASE,
    repository TEXT COLLATE NOCASE,
    code TEXT COLLATE NOCASE,   -- the commit that a change deploys
    deployed INTEGER,           -- the last attempt at that
    tasks INTEGER NOT NULL,     -- how many there are
    open_tasks INTEGER NOT NULL,    -- how many can be worked on
    csat INTEGER NOT NULL,      -- 0 for no answer
    lists TEXT,                 -- JSON of what the next tables hold, if any
    words INTEGER NOT NULL,     -- a fingerprint of all that full text has of it
    blob BLOB NOT NULL,         -- the content of its file
    longer INTEGER NOT NULL DEFAULT 0   -- what its short id has beyond six characters
);

CREATE TABLE tag (
    n INTEGER NOT NULL, tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (n, tag)
) WITHOUT ROWID;

CREATE TABLE concern (
    n INTEGER NOT NULL, ci TEXT NOT NULL, PRIMARY KEY (n, ci)
) WITHOUT ROWID;

CREATE TABLE custom (
    n INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL COLLATE NOCASE,
    number REAL, time INTEGER,  -- what the value stands for, if for such a thing
    PRIMARY KEY (n, name)
) WITHOUT ROWID;

-- Who voted (1), who wrote notes (2), who has tasks that can be worked on (3);
-- the teams that have such tasks (4), the states of tasks (5).
CREATE TABLE involved (
    n INTEGER NOT NULL, role INTEGER NOT NULL, person TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (n, role, person)
) WITHOUT ROWID;

-- The other record by its kind and rid; it need not exist.
CREATE TABLE link (
    src INTEGER NOT NULL, rel TEXT NOT NULL, dst TEXT NOT NULL, dkind INTEGER NOT NULL,
    PRIMARY KEY (src, rel, dst, dkind)
) WITHOUT ROWID;

-- How many records are alike in these columns; they are named as in `rec`, so
-- that conditions on nothing else can be answered here.
CREATE TABLE totals (
    kind INTEGER NOT NULL,
    status TEXT NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,
    priority INTEGER,
    c INTEGER NOT NULL
);

-- The same with the people, for summaries; a desk may have many such groups.
CREATE TABLE counts (
    kind INTEGER NOT NULL,
    status TEXT NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,
    priority INTEGER,
    team TEXT COLLATE NOCASE,
    assignee TEXT COLLATE NOCASE,
    c INTEGER NOT NULL
);

-- Values with letters beyond A to Z, by what all their spellings have in common.
CREATE TABLE spelling (
    folded TEXT NOT NULL, spelt TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (folded, spelt)
) WITHOUT ROWID;

-- The words come folded and with blanks between; nothing is left to tokenise.
-- Those of a title come once more with a mark.
CREATE VIRTUAL TABLE fts USING fts5 (
    title, description, note, resolution_text, cause, workaround, plan, attachment, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- The same, of the records that are open.
CREATE VIRTUAL TABLE fts_open USING fts5 (
    title, description, note, resolution_text, cause, workaround, plan, attachment, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- The words that full text knows.
CREATE VIRTUAL TABLE term USING fts5vocab (fts, instance);

-- Files below the record folders that are no records.
CREATE TABLE bad (
    path TEXT PRIMARY KEY, line INTEGER, reason TEXT NOT NULL
) WITHOUT ROWID;

-- What was promised for records: worked out from the history when somebody
-- first asks. `promised` says for which commit, by which settings, and whether
-- for all records or only for those that are open.
CREATE TABLE promise (
    n INTEGER NOT NULL,
    place INTEGER NOT NULL,     -- among those of the record
    name TEXT NOT NULL COLLATE NOCASE,
    standing INTEGER NOT NULL,  -- running, paused, met, missed, cancelled
    due INTEGER, warn INTEGER, ended INTEGER,
    held INTEGER NOT NULL,      -- 1 where the record is open or on hold
    PRIMARY KEY (n, place)
) WITHOUT ROWID;
CREATE TABLE promised (
    one INTEGER PRIMARY KEY CHECK (one = 1), head BLOB NOT NULL, terms TEXT NOT NULL,
    whole INTEGER NOT NULL
);

-- Records whose history was put right since then.
CREATE TABLE doubted (n INTEGER PRIMARY KEY);

-- History. What is newer has the smaller number `n`: it is read from its
-- newest end, and rows go in fastest when each comes after the last. `word` and
-- `subject` hold what repeats: people, actions, names of fields; record ids.
CREATE TABLE word (num INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE subject (num INTEGER PRIMARY KEY, id BLOB NOT NULL);

-- One row per commit.
CREATE TABLE event (
    n INTEGER PRIMARY KEY,
    commit_id BLOB NOT NULL,
    at INTEGER NOT NULL,        -- when it happened
    recorded INTEGER,           -- when it was written down, if not then
    actor INTEGER NOT NULL,
    action INTEGER NOT NULL,
    imported INTEGER NOT NULL,  -- whether it is of another system's history
    first INTEGER NOT NULL,     -- its rows in `touched`: the first, and how many
    count INTEGER NOT NULL,
    told INTEGER NOT NULL,      -- whether `change` has its rows already
    forked INTEGER NOT NULL     -- whether other lines of history ran beside it
);

-- Which records a commit touched.
CREATE TABLE touched (
    num INTEGER PRIMARY KEY, subject INTEGER NOT NULL, n INTEGER NOT NULL
);

-- What a commit changed in a record, the values as commit messages show them.
CREATE TABLE change (
    subject INTEGER NOT NULL, n INTEGER NOT NULL, field INTEGER NOT NULL, old TEXT, new TEXT
);

-- Indexes that few rows are in grow with the tables: to make them afterwards, all
-- rows would be read once for each.
CREATE INDEX rec_open ON rec (queue, ci_name, opened, kind, ulid) WHERE open = 1;
CREATE INDEX rec_held ON rec (n, queue, ci_name, opened, kind, ulid) WHERE open = 1;
CREATE INDEX rec_name ON rec (ci_name) WHERE kind = 4;
CREATE INDEX rec_external ON rec (external) WHERE external IS NOT NULL;
CREATE INDEX rec_version ON rec (version) WHERE repository IS NOT NULL;
CREATE INDEX rec_code ON rec (code) WHERE repository IS NOT NULL;
CREATE INDEX rec_deployed ON rec (repository, environment, deployed)
    WHERE repository IS NOT NULL;
CREATE INDEX rec_planned ON rec (planned_end, planned_start) WHERE planned_end IS NOT NULL;
CREATE INDEX promise_open ON promise (n, due, warn, standing) WHERE standing < 2;
CREATE INDEX promise_held ON promise (n, standing, due, warn, name) WHERE held = 1;
CREATE INDEX promise_missed ON promise (n) WHERE standing = 3;
CREATE INDEX event_untold ON event (n) WHERE told = 0;
