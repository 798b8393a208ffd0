package io.k3j.sqllog;

/// What an SQL error means for the log. It decides what is tried again, and what is never tried again.
public enum Trouble {
    /// Somebody else was first: a unique constraint, a deadlock. Take in what others have written and try again.
    TAKEN,
    /// A lock that somebody else holds was not to be had in time. On a shared table it is tried again.
    HELD,
    /// The statement was not carried out, a later one may be: full disk, read-only file.
    REFUSED,
    /// The connection is of no use any more, or none can be had; another one may work later.
    AWAY,
    /// The database can no longer be trusted (failed sync, damaged page): stop using it.
    BROKEN
}
