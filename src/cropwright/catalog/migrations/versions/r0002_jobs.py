"""Jobs, their labels, files and webhooks. It says again what schema.py says, as the first one does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "jobs",
        sa.Column("id", kind, sa.Identity(), primary_key=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("key_id", sa.BigInteger, sa.ForeignKey("keys.id")),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("pictures", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_due", "jobs", ["state", "due_ms"])
    op.create_index("jobs_owner", "jobs", ["key_id", "id"])
    op.create_table(
        "job_labels",
        sa.Column("job_id", sa.BigInteger, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
    )
    op.create_index("ix_job_labels_label", "job_labels", ["label"])
    op.create_table(
        "job_results",
        sa.Column("job_id", sa.BigInteger, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("upload_id", sa.BigInteger),
        sa.Column("facts", sa.Text, nullable=False),
    )
    op.create_index("ix_job_results_upload_id", "job_results", ["upload_id"])
    op.create_table(
        "job_inputs",
        sa.Column("upload_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.BigInteger, sa.ForeignKey("jobs.id"), nullable=False),
    )
    op.create_index("ix_job_inputs_job_id", "job_inputs", ["job_id"])
    _hooks()


def _hooks() -> None:
    op.create_table(
        "job_hooks",
        sa.Column(
            "job_id",
            sa.BigInteger,
            sa.ForeignKey("jobs.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger),
    )
    op.create_index("ix_job_hooks_due_ms", "job_hooks", ["due_ms"])
