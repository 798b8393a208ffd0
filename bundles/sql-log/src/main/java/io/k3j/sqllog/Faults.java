package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Knows whether the database may still be used, and words its errors. After a failure that leaves doubt
/// about what is on disk (a failed sync, a damaged page) nothing is used any more: a second sync on the
/// same file would succeed without having written what the first one lost.
final class Faults {
    private final SqlDialect dialect;
    private final Consumer<String> onBroken;
    private volatile @Nullable DatastoreUnavailable end;
    private volatile boolean broken;

    Faults(SqlDialect dialect, Consumer<String> onBroken) {
        this.dialect = dialect;
        this.onBroken = onBroken;
    }

    /// Throws when the log is closed or broken.
    void check(String what) {
        DatastoreUnavailable reason = end;
        if (reason != null) {
            throw new DatastoreUnavailable(what + ": " + reason.getMessage(), reason, false);
        }
    }

    boolean ended() {
        return end != null;
    }

    boolean broken() {
        return broken;
    }

    /// Refuses everything from now on.
    void close() {
        if (end == null) {
            end = new DatastoreUnavailable("the datastore is shutting down", new IllegalStateException("closed"),
                    false);
        }
    }

    /// The error as callers see it; a broken database ends everything.
    DatastoreUnavailable failed(String what, SQLException error, boolean outcomeUnknown) {
        String message = what + ": " + dialect.place() + ": " + error.getMessage();
        String advice = dialect.advice(error);
        DatastoreUnavailable failure = new DatastoreUnavailable(advice.isEmpty() ? message : message + "; " + advice,
                error, outcomeUnknown);
        if (dialect.trouble(error) == Trouble.BROKEN && !broken) {
            broken = true;
            end = failure;
            onBroken.accept(failure.getMessage());
        }
        return failure;
    }
}
