package io.k3j.features;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleException;

/// Calls into bundles, each on a thread of its own: code of a bundle may block for ever, and nobody waits that long.
/// A thread that has not come back is interrupted and left; it costs the bundle that keeps it, and nobody else.
///
/// A platform thread, since what spins on a virtual one takes a processor from all others.
final class Bounded {
    private Bounded() {
    }

    /// What is called.
    interface Call {
        void run() throws BundleException;
    }

    /// The call has not returned in time; it may go on.
    static final class Overdue extends BundleException {
        private static final long serialVersionUID = 1L;

        Overdue(String message) {
            super(message);
        }
    }

    /// Waits for a call, `limit` at most.
    /// @param what for messages, as `io.k3j.x: its start`
    /// @throws Overdue when it has not returned then
    /// @throws BundleException what it threw, of whatever kind
    static void run(String what, Duration limit, Call call) throws BundleException, InterruptedException {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            call.run();
            return true;
        });
        Thread thread = Thread.ofPlatform().name("features-call").daemon().start(task);
        try {
            task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new Overdue(what + " has not returned after " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof BundleException failed) {
                throw failed;
            }
            throw new BundleException(what + " failed: " + cause, cause);
        }
    }
}
