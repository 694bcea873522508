"""Documents are sealed like notes, and may come with a message."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
KEYS = (("key_id", "organisation_keys"), ("message_id", "coaching_messages"))


def upgrade() -> None:
    for name, other in KEYS:  # SQLite adds a column with its reference in one statement, or not at all
        op.execute(
            f"ALTER TABLE record_documents ADD COLUMN {name} INTEGER CONSTRAINT fk_record_documents_{name}_{other} "
            f"REFERENCES {other} (id)"
        )
        op.create_index(op.f(f"ix_record_documents_{name}"), "record_documents", [name])


def downgrade() -> None:
    for name, other in reversed(KEYS):
        op.drop_index(op.f(f"ix_record_documents_{name}"), table_name="record_documents")
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(op.f(f"fk_record_documents_{name}_{other}"), "record_documents", type_="foreignkey")
        op.execute(f"ALTER TABLE record_documents DROP COLUMN {name}")
