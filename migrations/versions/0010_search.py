"""The words of campaigns have an index: FTS5 on SQLite, GIN on PostgreSQL. Then: `flask campaigns reindex`."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE VIRTUAL TABLE campaign_search USING fts5(search_text, content='campaigns', content_rowid='id')",
    "CREATE TRIGGER campaign_search_insert AFTER INSERT ON campaigns BEGIN "
    "INSERT INTO campaign_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER campaign_search_delete AFTER DELETE ON campaigns BEGIN "
    "INSERT INTO campaign_search(campaign_search, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER campaign_search_update AFTER UPDATE OF search_text ON campaigns BEGIN "
    "INSERT INTO campaign_search(campaign_search, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); "
    "INSERT INTO campaign_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    "INSERT INTO campaign_search(campaign_search) VALUES ('rebuild')",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.execute(
            "CREATE INDEX campaign_search ON campaigns USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER campaign_search_{verb}")
        op.execute("DROP TABLE campaign_search")
    else:
        op.execute("DROP INDEX campaign_search")
