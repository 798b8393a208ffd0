package io.k3j.audit;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/// Removes and compresses backups on a thread of its own: no request waits for that.
final class Tidying implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private static final Duration END = Duration.ofMillis(300);
    private final Backups backups;
    private final Semaphore wanted = new Semaphore(0);
    private final SupervisedLoop loop;

    /// Not begun.
    Tidying(Backups backups, Health health) {
        this.backups = backups;
        this.loop = SupervisedLoop.platform(health, "audit-backups", this::run);
    }

    /// Begins, once.
    void start() {
        loop.start();
    }

    /// There is a new backup. Does not block.
    void wake() {
        wanted.release();
    }

    private void run() throws InterruptedException {
        while (true) {
            wanted.acquire();
            wanted.drainPermits();
            try {
                backups.tidy();
            } catch (InterruptedIOException ended) {
                throw new InterruptedException();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot tidy the audit log error={0} others={1}", e.toString(),
                        e.getSuppressed().length);
            }
        }
    }

    @Override
    public void close() {
        loop.stop(END);
    }
}
