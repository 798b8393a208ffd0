package io.k3j.supervisor;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The pending answer of the datastore whether this server may join its cluster. The server prepares itself
/// meanwhile.
final class ClusterAdmission {
    /// For a server that was admitted before: nothing is pending.
    static final ClusterAdmission GIVEN = new ClusterAdmission(() -> false);

    private final FutureTask<Boolean> answer;

    /// Starts to ask, on a virtual thread.
    ClusterAdmission(DatastoreWait.Question question) {
        answer = new FutureTask<>(question::ask);
        Thread.ofVirtual().name("supervisor-admission").start(answer);
    }

    /// Blocks for the answer. True when files on disk were replaced since the question was asked.
    /// @throws IOException when the server was refused
    boolean stale() throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", interrupted);
        }
    }
}
