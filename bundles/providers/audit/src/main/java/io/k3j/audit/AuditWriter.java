package io.k3j.audit;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentbase.SupervisedLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Writes lines on one thread of its own, all that wait at once, and tells how that goes: an event that cannot be
/// written is counted as lost, and the component says why until one can be written again.
///
/// Its thread is one of the operating system, since a disk that hangs would hold the carriers of virtual threads, which
/// are few; those who wait for their line hold nothing, and are not interrupted in it. They are as many as there are
/// requests. Any thread.
final class AuditWriter implements EventOutput {
    /// Bytes of the lines that are written at once.
    private static final int TOGETHER = 256 << 10;
    /// How long lines that wait are written at the end, in the product.
    static final Duration END = Duration.ofMillis(500);
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private static final byte[] LINE_END = {'\n'};
    private final LogOutput output;
    private final HealthScope scope;
    private final AuditMetrics metrics;
    private final Duration end;
    private final SupervisedLoop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Line> waiting = new ArrayDeque<>();
    private List<Line> writing = List.of();
    private boolean closed;
    private boolean failing;

    /// A line without its end, and what becomes of it.
    private record Line(byte[] text, CompletableFuture<Written> written) {
    }

    /// @param health where the thread is reported
    /// @param scope where lost events are
    /// @param end how long lines that wait are written at the end
    AuditWriter(LogOutput output, Health health, HealthScope scope, AuditMetrics metrics, Duration end) {
        this.output = output;
        this.scope = scope;
        this.metrics = metrics;
        this.end = end;
        this.loop = SupervisedLoop.platform(health, "audit-writer", this::run);
    }

    AuditWriter started() {
        loop.start();
        return this;
    }

    /// @param texts lines without their ends
    @Override
    public List<Written> write(List<byte[]> texts) {
        List<Line> lines = texts.stream().map(t -> new Line(t, new CompletableFuture<>())).toList();
        lock.lock();
        try {
            if (closed) {
                return lines.stream().map(_ -> Written.CLOSED).toList();
            }
            waiting.addAll(lines);
            more.signal();
        } finally {
            lock.unlock();
        }
        return lines.stream().map(line -> line.written.join()).toList();
    }

    @Override
    public void hurry() {
        // nothing waits here
    }

    private void run() throws InterruptedException {
        try {
            for (List<Line> some = next(); !some.isEmpty(); some = next()) {
                try {
                    written(some);
                } finally {
                    lose(some);
                }
            }
        } finally {
            ended();
        }
    }

    /// What is written at once; empty when nothing will be any more.
    private List<Line> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            writing = List.of();
            while (waiting.isEmpty() && !closed) {
                more.await();
            }
            List<Line> some = new ArrayList<>();
            long bytes = 0;
            while (!waiting.isEmpty() && (some.isEmpty() || bytes + waiting.element().text.length < TOGETHER)) {
                Line line = waiting.remove();
                bytes += line.text.length + 1;
                some.add(line);
            }
            writing = some;
            return some;
        } finally {
            lock.unlock();
        }
    }

    /// All at once, and one by one where that fails: some may have room.
    private void written(List<Line> some) {
        try {
            if (some.size() == 1) {
                output.write(some.getFirst().text, LINE_END);
            } else {
                output.write(joined(some));
            }
            recovered();
            some.forEach(line -> line.written.complete(Written.YES));
        } catch (IOException e) {
            if (some.size() == 1) {
                failed(some.getFirst(), e);
            } else {
                some.forEach(line -> written(List.of(line)));
            }
        }
    }

    private static byte[] joined(List<Line> some) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(some.stream().mapToInt(l -> l.text.length + 1).sum());
        some.forEach(line -> {
            all.writeBytes(line.text);
            all.write('\n');
        });
        return all.toByteArray();
    }

    private void failed(Line line, IOException why) {
        metrics.lost(AuditMetrics.LOG);
        failing = true;
        scope.degraded("cannot write the audit log: " + why.getMessage() + "; " + metrics.lost()
                + " events are lost. Make room, or change --kube-apiserver-arg=audit-log-path");
        line.written.complete(Written.NO);
    }

    private void recovered() {
        if (failing) {
            failing = false;
            scope.ok();
        }
    }

    /// Of which nobody knows what became of them.
    private void lose(List<Line> some) {
        some.forEach(line -> {
            if (line.written.complete(Written.NO)) {
                metrics.lost(AuditMetrics.LOG);
            }
        });
    }

    private void ended() {
        lock.lock();
        try {
            if (!closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            output.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot close the audit log error={0}", e.getMessage());
        }
    }

    /// Writes what waits, for a moment, then nothing more: who still waits is told that it is closed, but for those of
    /// lines in a write that hangs.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            more.signal();
        } finally {
            lock.unlock();
        }
        boolean ended = false;
        try {
            ended = loop.join(end.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            LOG.log(System.Logger.Level.WARNING, "The audit log is left while a line is being written");
            loop.interrupt();
        }
        lock.lock();
        try {
            waiting.forEach(line -> line.written.complete(Written.CLOSED));
            waiting.clear();
            lose(writing);
        } finally {
            lock.unlock();
        }
    }
}
