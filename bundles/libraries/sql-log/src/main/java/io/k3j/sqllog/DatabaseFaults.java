package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Knows whether the database may still be used, and words its errors. After a failure that leaves doubt about what
/// is on disk (a failed sync, a damaged page) nothing is used any more: a second sync on the same file would
/// succeed without having written what the first one lost.
///
/// Any thread. Of one trouble the log hears twice: when it begins and when it is over.
final class DatabaseFaults {
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    /// What a commit is called in messages.
    static final String COMMIT = "commit";
    private final SqlDialect dialect;
    private final Consumer<String> onBroken;
    /// Why nothing is done any more, null while it is; set once, never taken back.
    private volatile @Nullable DatastoreUnavailable end;
    private final AtomicBoolean broken = new AtomicBoolean();
    /// What the shared table was found out of reach with, null when it answers.
    private volatile @Nullable String away;
    /// Whether commits found it away: it may answer whoever only reads.
    private volatile boolean awayForCommits;
    /// What commits wait for, null when they do not.
    private volatile @Nullable String held;
    private final AtomicInteger moves = new AtomicInteger();

    /// @param onBroken called once with a sentence for the operator when the log gives up
    DatabaseFaults(SqlDialect dialect, Consumer<String> onBroken) {
        this.dialect = dialect;
        this.onBroken = onBroken;
    }

    /// Throws when the log is closed or broken.
    ///
    /// @param what the caller is about to do, for the message
    /// @throws DatastoreUnavailable with why; nothing was done
    void check(String what) {
        DatastoreUnavailable reason = end;
        if (reason != null) {
            throw new DatastoreUnavailable(what + ": " + reason.getMessage(), reason, false);
        }
    }

    /// Closed or broken.
    boolean ended() {
        return end != null;
    }

    /// Given up because of a failure, not because somebody closed it.
    boolean broken() {
        return broken.get();
    }

    /// Refuses everything from now on. Without effect when it is broken: that is the better reason to tell.
    void close() {
        if (end == null) {
            end = new DatastoreUnavailable("the datastore is shutting down", new IllegalStateException("closed"),
                    false);
        }
    }

    /// A thread without which the log cannot go on has ended.
    void brokenOff(String who, Throwable why) {
        if (broken.compareAndSet(false, true)) {
            end = new DatastoreUnavailable(who + " has stopped after " + why.getClass().getName()
                    + "; the log has the details; the server starts again", why, false);
            onBroken.accept(String.valueOf(end.getMessage()));
        }
    }

    /// Whether the shared table is out of reach at present, as far as the last answer tells.
    boolean away() {
        return away != null;
    }

    /// The database has answered somebody who reads. That says nothing about commits: a server that was demoted
    /// answers, too.
    void answered() {
        if (away != null) {
            back();
        }
    }

    /// Once for each time it was away, whoever finds out first.
    private synchronized void back() {
        if (away != null && !awayForCommits) {
            LOG.log(System.Logger.Level.INFO, "Datastore is available again datastore={0}", dialect.place());
            away = null;
        }
    }

    /// A call that was given up because its time was over; the reason is the trouble known last, if there is one.
    ///
    /// @param outcomeUnknown whether it may have been carried out all the same
    DatastoreUnavailable late(String what, boolean outcomeUnknown) {
        String reason = away == null ? held : away;
        return new DatastoreUnavailable(what + ": " + dialect.place() + ": "
                + (reason == null ? "no answer within " + dialect.patience().toMillis() + " ms" : reason),
                new SQLException("late"), outcomeUnknown);
    }

    /// How often the writing connection was lost. Connections opened before the last time may lead to a server that
    /// is no longer the one to ask: a demoted one keeps answering whoever does not write.
    int moves() {
        return moves.get();
    }

    /// The writing connection was lost.
    void moved() {
        moves.incrementAndGet();
    }

    private String reason(SQLException error) {
        String advice = dialect.advice(error);
        return advice.isEmpty() ? String.valueOf(error.getMessage()) : error.getMessage() + "; " + advice;
    }

    /// Somebody holds a lock that commits need: a backup, or a session of an administrator.
    void held(SQLException error) {
        String reason = reason(error);
        if (held == null) {
            LOG.log(System.Logger.Level.WARNING, "Commits are waiting for a lock datastore={0} error={1}",
                    dialect.place(), reason);
        }
        held = reason;
    }

    /// A commit that wrote something has been carried out. Only that tells that commits go through again.
    void committed() {
        if (held != null) {
            LOG.log(System.Logger.Level.INFO, "Commits resumed datastore={0}", dialect.place());
            held = null;
        }
        awayForCommits = false;
        answered();
    }

    /// Once for each time it goes away, whoever finds out first.
    private synchronized void note(String reason) {
        if (away == null) {
            LOG.log(System.Logger.Level.WARNING, "Datastore is unavailable, retrying datastore={0} error={1}",
                    dialect.place(),
                    reason);
        }
        away = reason;
    }

    /// The error as callers see it; a broken database ends everything.
    ///
    /// @param what was being done, [#COMMIT] for commits
    /// @param outcomeUnknown whether it may have happened
    /// @return to be thrown, or handed to whoever waits
    DatastoreUnavailable failed(String what, SQLException error, boolean outcomeUnknown) {
        String reason = reason(error);
        DatastoreUnavailable failure = new DatastoreUnavailable(what + ": " + dialect.place() + ": " + reason, error,
                outcomeUnknown);
        Trouble trouble = dialect.trouble(error);
        if (trouble == Trouble.AWAY && end == null) {
            awayForCommits |= what.equals(COMMIT);
            note(reason);
        }
        if (trouble == Trouble.BROKEN && broken.compareAndSet(false, true)) {
            end = failure;
            onBroken.accept(failure.getMessage());
        }
        return failure;
    }
}
