"""The exchanges of a record: messages and who saw them, documents, opinions of colleagues."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coaching_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visibility", sa.String(length=12), server_default="holder", nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "taken_back_at IS NULL OR sealed = ''", name=op.f("ck_coaching_messages_taken_back_is_empty")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_coaching_messages_author_id_users")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["organisation_keys.id"], name=op.f("fk_coaching_messages_key_id_organisation_keys")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_coaching_messages_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_coaching_messages_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_messages")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coaching_messages_public_id")),
    )
    op.create_index(op.f("ix_coaching_messages_key_id"), "coaching_messages", ["key_id"], unique=False)
    op.create_index("ix_coaching_messages_record_id_id", "coaching_messages", ["record_id", "id"], unique=False)
    op.create_index("ix_coaching_messages_told_at_sent_at", "coaching_messages", ["told_at", "sent_at"], unique=False)
    op.create_table(
        "record_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=12), server_default="holder", nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('image/webp', 'application/pdf')", name=op.f("ck_record_documents_kind_is_known")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_record_documents_is_not_empty")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_record_documents_author_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_documents_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_record_documents_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["removed_by_id"], ["users.id"], name=op.f("fk_record_documents_removed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_documents")),
        sa.UniqueConstraint("public_id", name=op.f("uq_record_documents_public_id")),
    )
    op.create_index(op.f("ix_record_documents_record_id"), "record_documents", ["record_id"], unique=False)
    op.create_table(
        "record_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_to_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_key_id", sa.Integer(), nullable=True),
        sa.Column("shares_record", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR revoked_at IS NULL", name=op.f("ck_record_opinions_answered_or_revoked")
        ),
        sa.CheckConstraint("asked_by_id <> asked_to_id", name=op.f("ck_record_opinions_asks_another")),
        sa.ForeignKeyConstraint(
            ["answer_key_id"], ["organisation_keys.id"], name=op.f("fk_record_opinions_answer_key_id_organisation_keys")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_record_opinions_asked_by_id_users")),
        sa.ForeignKeyConstraint(["asked_to_id"], ["users.id"], name=op.f("fk_record_opinions_asked_to_id_users")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["organisation_keys.id"], name=op.f("fk_record_opinions_key_id_organisation_keys")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_opinions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_record_opinions_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_opinions")),
        sa.UniqueConstraint("name", name=op.f("uq_record_opinions_name")),
    )
    op.create_index(op.f("ix_record_opinions_answer_key_id"), "record_opinions", ["answer_key_id"], unique=False)
    op.create_index(op.f("ix_record_opinions_asked_to_id"), "record_opinions", ["asked_to_id"], unique=False)
    op.create_index(op.f("ix_record_opinions_key_id"), "record_opinions", ["key_id"], unique=False)
    op.create_index(op.f("ix_record_opinions_record_id"), "record_opinions", ["record_id"], unique=False)
    op.create_table(
        "thread_reads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("last_message_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_thread_reads_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_thread_reads_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_reads")),
        sa.UniqueConstraint("record_id", "user_id", name=op.f("uq_thread_reads_record_id_user_id")),
    )
    op.create_index(op.f("ix_thread_reads_user_id"), "thread_reads", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_thread_reads_user_id"), table_name="thread_reads")
    op.drop_table("thread_reads")
    op.drop_index(op.f("ix_record_opinions_record_id"), table_name="record_opinions")
    op.drop_index(op.f("ix_record_opinions_key_id"), table_name="record_opinions")
    op.drop_index(op.f("ix_record_opinions_asked_to_id"), table_name="record_opinions")
    op.drop_index(op.f("ix_record_opinions_answer_key_id"), table_name="record_opinions")
    op.drop_table("record_opinions")
    op.drop_index(op.f("ix_record_documents_record_id"), table_name="record_documents")
    op.drop_table("record_documents")
    op.drop_index("ix_coaching_messages_told_at_sent_at", table_name="coaching_messages")
    op.drop_index("ix_coaching_messages_record_id_id", table_name="coaching_messages")
    op.drop_index(op.f("ix_coaching_messages_key_id"), table_name="coaching_messages")
    op.drop_table("coaching_messages")
