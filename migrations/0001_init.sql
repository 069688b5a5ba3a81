-- The first schema. One text for SQLite and Postgres, so only what both read alike:
-- ids and words TEXT, times BIGINT (microseconds since 1970, UTC), money BIGINT (nano-dollars), flags BIGINT 0 or 1,
-- JSON TEXT, sealed secrets TEXT (base64). A comment that begins with `sqlite` is no comment to SQLite.

-- Facts about the database itself: the sealed canary that tells a wrong master key.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row, raised in the transaction of every change of configuration; gateways follow it.
CREATE TABLE config_version (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO config_version (id, version) VALUES (1, 0);

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    suspended BIGINT NOT NULL,
    limits TEXT NOT NULL,
    retention_days BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE provider_keys (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    sealed_secret TEXT,
    last_four TEXT,
    sealed_headers TEXT,
    header_names TEXT NOT NULL,
    base_url TEXT,
    region TEXT,
    api_version TEXT,
    cloud_project TEXT,
    enabled BIGINT NOT NULL,
    position BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_error TEXT,
    last_error_at BIGINT,
    UNIQUE (project_id, name)
);

-- A deleted route keeps its row and its versions, so that it can be brought back.
CREATE TABLE routes (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (project_id, name)
);

CREATE TABLE route_versions (
    route_id TEXT NOT NULL REFERENCES routes (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    spec TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_label TEXT NOT NULL,
    PRIMARY KEY (route_id, version)
);

CREATE TABLE project_keys (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    previous_digest TEXT,
    previous_until BIGINT,
    kind TEXT NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    limits TEXT NOT NULL,
    playground BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    version BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT
);
-- A revoked key's name is free again; its row stays, because logs name it.
CREATE UNIQUE INDEX project_keys_name ON project_keys (project_id, name) WHERE revoked_at IS NULL;

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    instance_admin BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, project_id)
);
CREATE INDEX memberships_project ON memberships (project_id);

-- The secret of a person's authenticator. It is in force from confirmed_at on; a code of last_step or before is used up.
CREATE TABLE second_factors (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed_secret TEXT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);

-- Each signs in once in place of a code; a used one is gone.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE TABLE sessions (
    digest TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    agent TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Links that work once: the first user, an invitation, a forgotten password.
CREATE TABLE setup_tokens (
    digest TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    email TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE admin_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    role TEXT NOT NULL,
    project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);

-- No foreign key: what was done to a project outlives it.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_label TEXT NOT NULL,
    actor_ip TEXT,
    project_id TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_name TEXT NOT NULL,
    before_json TEXT,
    after_json TEXT
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_project ON audit (project_id, at, id);

-- One row a request, with all its attempts. No foreign keys: rows come in batches after the fact, and a deleted
-- project must not lose a batch. No index: every one costs each request more than the row itself. Rows lie in the order
-- of their start, an id tells that start, and request_blocks tell which times hold what a filter asks for.
-- Columns are what filters ask for; all else of a row is in `detail`, a JSON object, because every further column costs
-- each request the writing of it. A field that nobody filters by needs no migration.
CREATE TABLE requests (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    key_id TEXT,
    route TEXT NOT NULL,
    served_by TEXT,
    status BIGINT NOT NULL,
    error_code TEXT,
    test BIGINT NOT NULL,
    fallback BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    app_version TEXT,
    platform TEXT,
    end_user TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (project_id, started_at, id)
) /*sqlite WITHOUT ROWID */;

-- The time that some hundred requests of a project span, and a Bloom filter of the words that are in them.
CREATE TABLE request_blocks (
    project_id TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    id TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (project_id, last_at, id)
);

-- Hourly sums. A missing word is '' here, because a key column cannot be null.
CREATE TABLE rollups (
    project_id TEXT NOT NULL,
    hour BIGINT NOT NULL,
    route TEXT NOT NULL,
    served_by TEXT NOT NULL,
    key_id TEXT NOT NULL,
    app_version TEXT NOT NULL,
    platform TEXT NOT NULL,
    requests BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    fallbacks BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    cost_nano BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    latency TEXT NOT NULL,
    first_token TEXT NOT NULL,
    PRIMARY KEY (project_id, hour, route, served_by, key_id, app_version, platform)
);

-- Requests that count against a monthly quota. month = year * 12 + month - 1, UTC.
CREATE TABLE monthly_usage (
    month BIGINT NOT NULL,
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    requests BIGINT NOT NULL,
    PRIMARY KEY (month, scope, id)
);
