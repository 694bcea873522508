"""The words of a title and of a summary are indexed apart: the catalogue may show the best answers first.

`flask campaigns reindex`, or the worker within minutes, fills them for the campaigns that are there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

THREE, ONE = ("search_title", "search_summary", "search_text"), ("search_text",)


def index(columns: tuple[str, ...]) -> None:
    """SQLite's index over these columns, in the place of the one that is there. PostgreSQL ranks without one."""
    names = ", ".join(columns)
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("new", "old"))
    put = f"INSERT INTO campaign_search(rowid, {names}) VALUES (new.id, {new})"
    take = f"INSERT INTO campaign_search(campaign_search, rowid, {names}) VALUES ('delete', old.id, {old})"
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER campaign_search_{verb}")
    op.execute("DROP TABLE campaign_search")
    if columns == ONE:
        drop_columns()
    op.execute(f"CREATE VIRTUAL TABLE campaign_search USING fts5({names}, content='campaigns', content_rowid='id')")
    op.execute(f"CREATE TRIGGER campaign_search_insert AFTER INSERT ON campaigns BEGIN {put}; END")
    op.execute(f"CREATE TRIGGER campaign_search_delete AFTER DELETE ON campaigns BEGIN {take}; END")
    op.execute(f"CREATE TRIGGER campaign_search_update AFTER UPDATE OF {names} ON campaigns BEGIN {take}; {put}; END")
    op.execute("INSERT INTO campaign_search(campaign_search) VALUES ('rebuild')")


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("search_title", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("search_summary", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        index(THREE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        index(ONE)
    else:
        drop_columns()


def drop_columns() -> None:
    op.drop_column("campaigns", "search_summary")
    op.drop_column("campaigns", "search_title")
