"""Test cases that are whole dialogs, with what they are to leave behind.

Revision ID: 0005
Revises: 0004
"""

from migrations.security import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """`script` is what the customer pursues, step by step; `ends` the rows that are there in the end."""
    run_script("""
        ALTER TABLE prompt_cases ADD COLUMN script jsonb, ADD COLUMN ends jsonb,
            ADD CHECK ((script IS NULL) = (ends IS NULL))
    """)


def downgrade() -> None:
    """Back to the fourth schema; dialogs are lost, cases of one message stay."""
    run_script("""
        ALTER TABLE prompt_cases NO FORCE ROW LEVEL SECURITY;
        DELETE FROM prompt_cases WHERE script IS NOT NULL;
        ALTER TABLE prompt_cases FORCE ROW LEVEL SECURITY, DROP COLUMN script, DROP COLUMN ends
    """)
