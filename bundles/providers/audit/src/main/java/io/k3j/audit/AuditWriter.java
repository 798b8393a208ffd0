package io.k3j.audit;

import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// Writes lines one after the other, and tells how that goes: an event that cannot be written is counted as lost, and
/// the component says why until one can be written again. Any thread; blocks for the disk.
final class AuditWriter implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private final ReentrantLock lock = new ReentrantLock();
    private final LogOutput output;
    private final HealthScope health;
    private final AuditMetrics metrics;
    private boolean closed;
    private boolean failing;

    /// What became of a line.
    enum Written {
        /// It stands there.
        YES,
        /// It is lost.
        NO,
        /// Nothing is written any more.
        CLOSED
    }

    AuditWriter(LogOutput output, HealthScope health, AuditMetrics metrics) {
        this.output = output;
        this.health = health;
        this.metrics = metrics;
    }

    Written write(byte[] line) {
        lock.lock();
        try {
            if (closed) {
                return Written.CLOSED;
            }
            output.write(line);
            recovered();
            return Written.YES;
        } catch (IOException e) {
            metrics.lost(AuditMetrics.LOG);
            failing = true;
            health.degraded("cannot write the audit log: " + e.getMessage() + "; " + metrics.lost()
                    + " events are lost. Make room, or change --kube-apiserver-arg=audit-log-path");
            return Written.NO;
        } finally {
            lock.unlock();
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            health.ok();
        }
    }

    /// Nothing is written after this returns.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            output.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot close the audit log error={0}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
