package io.k3j.probes;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One attempt to reach a server, bounded in time as a whole: names are resolved, connections made, TLS negotiated and
/// answers read within one limit, however slowly the other side sends. The work runs on a thread of its own, and what
/// it has opened is closed when the time is over, which ends every wait for the network.
final class Attempt {
    private @Nullable Closeable open;
    private boolean over;

    /// What is to be done within the limit.
    interface Work<T> {
        /// @return what came of it
        /// @throws IOException when there is no answer
        T run(Attempt attempt) throws IOException;
    }

    /// Does it; blocks for `timeout` at most.
    ///
    /// @return what the work returned
    /// @throws SocketTimeoutException when the time is over
    /// @throws IOException what the work threw
    /// @throws InterruptedException when the caller is interrupted; the work is ended then, too
    static <T> T within(Duration timeout, Work<T> work) throws IOException, InterruptedException {
        Attempt attempt = new Attempt();
        FutureTask<T> task = new FutureTask<>(() -> work.run(attempt));
        Thread.ofVirtual().name("probe-attempt").start(task);
        try {
            return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw (IOException) new SocketTimeoutException("context deadline exceeded").initCause(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw e.getCause() instanceof RuntimeException problem ? problem : new IllegalStateException(e);
        } finally {
            attempt.end();
        }
    }

    /// Takes a connection over before it is made: it is closed at the end of the attempt, or when the next one is
    /// taken.
    ///
    /// @throws IOException when the time is over already; the connection is closed then
    synchronized <C extends Closeable> C own(C next) throws IOException {
        if (open != null) {
            open.close();
        }
        open = next;
        if (over) {
            next.close();
            throw new SocketTimeoutException("context deadline exceeded");
        }
        return next;
    }

    private synchronized void end() throws IOException {
        over = true;
        if (open != null) {
            open.close();
        }
    }
}
