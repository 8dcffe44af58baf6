-- Made after a build has filled the tables, which is quicker than before for
-- indexes that most rows are in: growing, they would drive full text and each
-- other out of the processor's caches.

CREATE UNIQUE INDEX rec_rid ON rec (rid, kind);
CREATE INDEX rec_queue ON rec (queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_assignee ON rec (assignee, open, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_team ON rec (team, open, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_status ON rec (status, queue, ci_name, opened, kind, ulid);
CREATE INDEX rec_opened ON rec (opened, kind, ulid);
CREATE INDEX rec_updated ON rec (updated, kind, ulid);
CREATE INDEX rec_requester ON rec (requester) WHERE requester IS NOT NULL;
CREATE INDEX rec_service ON rec (service) WHERE service IS NOT NULL;
CREATE INDEX tag_tag ON tag (tag);
CREATE INDEX concern_ci ON concern (ci);
CREATE INDEX custom_value ON custom (name, value);
CREATE INDEX involved_person ON involved (role, person);
CREATE INDEX link_dst ON link (dst, dkind);
CREATE INDEX counts_key ON counts (
    kind, status, state, priority, team COLLATE BINARY, assignee COLLATE BINARY
);
