-- Made after a build has filled the tables, which is quicker than before.

CREATE UNIQUE INDEX rec_rid ON rec (rid, kind);
CREATE INDEX rec_open ON rec (queue, ci_name, opened, kind, ulid) WHERE open = 1;
CREATE INDEX rec_held ON rec (n, queue, ci_name, opened, kind, ulid) WHERE open = 1;
CREATE INDEX rec_queue ON rec (queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_assignee ON rec (assignee, open, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_team ON rec (team, open, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_status ON rec (status, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_opened ON rec (opened, kind, ulid);
CREATE INDEX rec_updated ON rec (updated, kind, ulid);
CREATE INDEX rec_requester ON rec (requester) WHERE requester IS NOT NULL;
CREATE INDEX rec_service ON rec (service) WHERE service IS NOT NULL;
CREATE INDEX rec_name ON rec (ci_name) WHERE kind = 4;
CREATE INDEX rec_external ON rec (external) WHERE external IS NOT NULL;
CREATE INDEX rec_version ON rec (version) WHERE repository IS NOT NULL;
CREATE INDEX rec_code ON rec (code) WHERE repository IS NOT NULL;
CREATE INDEX rec_deployed ON rec (repository, environment, deployed)
    WHERE repository IS NOT NULL;
CREATE INDEX rec_planned ON rec (planned_end, planned_start) WHERE planned_end IS NOT NULL;
CREATE INDEX tag_tag ON tag (tag);
CREATE INDEX concern_ci ON concern (ci);
CREATE INDEX custom_value ON custom (name, value);
CREATE INDEX involved_person ON involved (role, person);
CREATE INDEX link_dst ON link (dst, dkind);
CREATE INDEX counts_key ON counts (
    kind, status, state, priority, team COLLATE BINARY, assignee COLLATE BINARY
);
CREATE INDEX promise_open ON promise (n, due, warn, standing) WHERE standing < 2;
CREATE INDEX promise_missed ON promise (n) WHERE standing = 3;
