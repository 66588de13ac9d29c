"""Group sessions of a service by their start: the list of times reads a month of them.

Revision ID: 0008
Revises: 0007
"""

from migrations.security import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Led by the service, not the tenant (ADR 0007)."""
    run_script("CREATE INDEX group_sessions_of_service ON group_sessions (service_id, starts_at)")


def downgrade() -> None:
    run_script("DROP INDEX group_sessions_of_service")
