"""Runs the migrations over a connection that core/database.py opened as the owner role."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    context.run_migrations()
