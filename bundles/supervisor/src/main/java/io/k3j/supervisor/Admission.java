package io.k3j.supervisor;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The datastore's answer to whether this server belongs to its cluster, while the server prepares itself.
final class Admission {
    /// It was given before.
    static final Admission GIVEN = new Admission(() -> false);

    private final FutureTask<Boolean> answer;

    /// Begins to ask, on a virtual thread of its own.
    Admission(Start.Question question) {
        answer = new FutureTask<>(question::ask);
        Thread.ofVirtual().name("supervisor-admission").start(answer);
    }

    /// Waits for the answer. Says whether files on disk were replaced since the question was asked.
    /// @throws IOException when it was refused
    boolean stale() throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", stopped);
        }
    }
}
