"""Why a constraint failed, found out from the database before the transaction is rolled back.

SQLite names a constraint, or says only ``FOREIGN KEY constraint failed``. The rows are found by doing
the statement again inside a savepoint that is rolled back, and looking at it as it goes.
"""
