package io.k3j.supervisor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Pieces of work that go on at the same time, each on a virtual thread of its own.
final class Parallel {
    /// A piece of work.
    interface Work {
        void run() throws IOException;
    }

    private final List<FutureTask<Void>> tasks = new ArrayList<>();

    /// Starts a piece.
    void add(Work work) {
        Callable<Void> call = () -> {
            work.run();
            return null;
        };
        FutureTask<Void> task = new FutureTask<>(call);
        tasks.add(task);
        Thread.ofVirtual().name("supervisor-work").start(task);
    }

    /// Waits for all pieces.
    /// @throws IOException the first failure; the others have ended, too
    void finish() throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (FutureTask<Void> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException failed) {
                failures.add(failed.getCause() instanceof IOException known
                        ? known
                        : new IOException(failed.getCause().toString(), failed.getCause()));
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
