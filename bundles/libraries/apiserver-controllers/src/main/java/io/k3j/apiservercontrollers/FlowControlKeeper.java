package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.Signal;
import io.k3j.componentbase.SupervisedLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Keeps the objects of API priority and fairness and their status: after each change of one, once a second at most,
/// and once a minute, as upstream. Nothing waits for it: what is missing is in force before it is stored.
///
/// **Threads.** One virtual thread, which waits most of the time.
public final class FlowControlKeeper implements AutoCloseable {
    private static final long PAUSE_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long PERIOD_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final FlowControlObjects objects;
    private final FlowSchemaStatus status;
    private final LongSupplier changes;
    private final Signal signal = new Signal();
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    /// Not started.
    ///
    /// @param changes how often objects have changed so far
    /// @param health where the loop reports
    public FlowControlKeeper(FlowControlObjects objects, FlowSchemaStatus status, LongSupplier changes, Health health) {
        this.objects = objects;
        this.status = status;
        this.changes = changes;
        this.loop = SupervisedLoop.virtual(health, "apiserver-flow-control", this::run);
    }

    /// Begins, once.
    public void start() {
        loop.start();
    }

    /// Something may have changed: it is looked within a second. Any thread; does not block.
    public void changed() {
        signal.raise();
    }

    private void run() {
        boolean failed = false;
        while (open) {
            long seen = changes.getAsLong();
            boolean done = round(failed);
            failed = !done;
            if (!signal.await(() -> !open, PAUSE_MILLIS)) {
                return;
            }
            if (done) {
                signal.await(() -> !open || changes.getAsLong() != seen, PERIOD_MILLIS);
            }
        }
    }

    private boolean round(boolean failedBefore) {
        try {
            objects.ensure();
            status.sync();
            return true;
        } catch (ApiFault f) {
            LOG.log(failedBefore ? System.Logger.Level.DEBUG : System.Logger.Level.INFO,
                    "Objects of flow control put off, retrying error={0}", f.getMessage());
            return false;
        }
    }

    /// Ends the loop, also one that was never started; a write that is under way is not waited for.
    @Override
    public void close() {
        open = false;
        loop.close();
        signal.raise();
    }
}
