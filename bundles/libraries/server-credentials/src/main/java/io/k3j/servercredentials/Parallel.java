package io.k3j.servercredentials;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Pieces of work that go on at the same time, each on a virtual thread of its own. Used by one thread, which waits
/// for all.
///
/// For work that waits for the disk or uses a core for some milliseconds; there is no bound on how many go on at once.
public final class Parallel {
    /// A piece of work.
    @FunctionalInterface
    public interface Work {
        /// Does it, on a thread of its own.
        void run() throws IOException;
    }

    /// Touched by the thread that adds and finishes alone.
    private final List<FutureTask<Void>> tasks = new ArrayList<>();

    /// Starts a piece. Does not block. What it throws is kept for [#finish], be it an `IOException` or any other.
    public void add(Work work) {
        Callable<Void> call = () -> {
            work.run();
            return null;
        };
        FutureTask<Void> task = new FutureTask<>(call);
        tasks.add(task);
        Thread.ofVirtual().name("supervisor-work").start(task);
    }

    /// Blocks until all pieces have ended. The others are suppressed in the first. May be used for new pieces
    /// afterwards.
    /// @throws IOException the first failure; the others have ended, too; also when the thread is interrupted; then
    /// pieces may go on
    public void finish() throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (FutureTask<Void> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException failed) {
                failures.add(failed.getCause() instanceof IOException known
                        ? known
                        : new IOException(Objects.requireNonNull(failed.getCause()).toString(), failed.getCause()));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", stopped);
            }
        }
        tasks.clear();
        if (!failures.isEmpty()) {
            failures.stream().skip(1).forEach(failures.getFirst()::addSuppressed);
            throw failures.getFirst();
        }
    }
}
