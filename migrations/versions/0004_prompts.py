"""Prompts and skills in a tenant's own words, who made them live, and the test cases that they have to pass.

Revision ID: 0004
Revises: 0003
"""

from migrations.security import allow_app, protect_table, run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A version never changes. A label is a pointer, and its newest row is where it points (null: to what comes with the
# product); the rows before it tell who moved it when and why. `serial` lets one of two who move it at once win.
TABLES = """
CREATE TABLE prompt_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('prompt', 'skill')),
    key text NOT NULL,
    number int NOT NULL,
    content_hash text NOT NULL,
    source text NOT NULL,
    author text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, kind, key, number),
    UNIQUE (tenant_id, kind, key, content_hash)
);

CREATE TABLE prompt_labels (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('prompt', 'skill')),
    key text NOT NULL,
    label text NOT NULL CHECK (label IN ('draft', 'published')),
    serial int NOT NULL,
    version_id bigint,
    action text NOT NULL CHECK (action IN ('edited', 'published', 'rolled_back', 'discarded')),
    author text NOT NULL,
    reason text NOT NULL,
    moved_at timestamptz NOT NULL,
    UNIQUE (tenant_id, kind, key, label, serial),
    FOREIGN KEY (tenant_id, version_id) REFERENCES prompt_versions (tenant_id, id)
);

CREATE TABLE prompt_cases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name text NOT NULL,
    says text NOT NULL,
    language text NOT NULL,
    said_at timestamptz NOT NULL,
    state jsonb NOT NULL,
    commands jsonb NOT NULL,
    turn_id bigint,
    author text NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, id)
);
CREATE UNIQUE INDEX prompt_cases_live ON prompt_cases (tenant_id, name) WHERE removed_at IS NULL;

-- `set_hash` is of all texts that were in force together, `cases_hash` of all that was asked of them.
CREATE TABLE prompt_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    set_hash text NOT NULL,
    cases_hash text NOT NULL,
    total int NOT NULL,
    passed int NOT NULL,
    times int NOT NULL,
    results jsonb NOT NULL,
    author text NOT NULL,
    ran_at timestamptz NOT NULL
);
CREATE INDEX prompt_runs_by_set ON prompt_runs (tenant_id, set_hash);
"""

NEW_TABLES = ("prompt_versions", "prompt_labels", "prompt_cases", "prompt_runs")
HISTORY = ("prompt_versions", "prompt_labels", "prompt_runs")


def upgrade() -> None:
    run_script(TABLES)
    for table in NEW_TABLES:
        protect_table(table)
    allow_app(NEW_TABLES)
    run_script(f"REVOKE UPDATE ON {', '.join(HISTORY)} FROM booka_app")


def downgrade() -> None:
    """Back to the third schema; what tenants wrote is lost, what comes with the product is read."""
    run_script("DROP TABLE prompt_runs, prompt_cases, prompt_labels, prompt_versions")
