package io.k3j.sqllog;

/// What an SQL error means for the log.
public enum Trouble {
    /// A unique constraint was hit: somebody else wrote to the table.
    TAKEN,
    /// The statement was not carried out, a later one may be: full disk, lock held elsewhere, read-only file.
    REFUSED,
    /// The database can no longer be trusted (failed sync, damaged page): stop using it.
    BROKEN
}
