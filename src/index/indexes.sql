-- Made after a build has filled the tables, which is quicker than before for
-- indexes that most rows are in.

CREATE UNIQUE INDEX rec_rid ON rec (rid, kind);
CREATE INDEX rec_opened ON rec (opened, kind, ulid);
CREATE INDEX rec_updated ON rec (updated, kind, ulid);
CREATE INDEX rec_requester ON rec (requester) WHERE requester IS NOT NULL;
CREATE INDEX rec_service ON rec (service) WHERE service IS NOT NULL;
CREATE INDEX tag_tag ON tag (tag);
CREATE INDEX concern_ci ON concern (ci);
CREATE INDEX custom_value ON custom (name, value);
CREATE INDEX link_dst ON link (dst, dkind);
CREATE INDEX counts_key ON counts (
    kind, status, state, priority, team COLLATE BINARY, assignee COLLATE BINARY
);
