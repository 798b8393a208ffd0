package io.k3j.csi;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// Asks drivers for the figures of their volumes, so that none is asked by everybody at once: a few calls of a driver
/// at a time, and none for a while after it has not answered one in time. What is asked of one driver waits for none
/// of another. Any thread; blocks for the driver, and for calls of the same driver before.
final class UsageCalls {
    /// Calls of one driver under way; the others wait.
    private static final int MOST_AT_ONCE = 4;
    /// As often as figures are wanted of a volume: one that hangs is tried again with the next ones.
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private final InstantSource monotonic;
    private final CountDownLatch closed;
    /// By the names of drivers that have been registered.
    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    /// @param closed reaches zero when nobody is to be asked any more: who waits is let go with the calls under way
    UsageCalls(InstantSource monotonic, CountDownLatch closed) {
        this.monotonic = monotonic;
        this.closed = closed;
    }

    private static final class Line {
        private final Semaphore free = new Semaphore(MOST_AT_ONCE, true);
        private volatile Instant until = Instant.MIN;
    }

    /// What a driver is asked.
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /// Asks, unless the driver has just not answered.
    ///
    /// @param driver one that is registered
    /// @throws IOException when the driver refuses, does not answer, or is not asked
    <T> T ask(String driver, Call<T> call) throws IOException {
        Line line = lines.computeIfAbsent(driver, _ -> new Line());
        take(line);
        try {
            if (closed.getCount() == 0) {
                throw new IOException("CSI is being stopped on this node");
            }
            if (monotonic.instant().isBefore(line.until)) {
                throw new IOException("CSI driver " + driver + " has not answered in time and is not asked for figures"
                        + " for " + PAUSE.toSeconds() + " s");
            }
            return call.run();
        } catch (CsiFault e) {
            if (e.late()) {
                late(driver, line);
            }
            throw e;
        } finally {
            line.free.release();
        }
    }

    private static void take(Line line) throws IOException {
        try {
            line.free.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Told once a pause: the calls beside the first one are late as well.
    private void late(String driver, Line line) {
        Instant now = monotonic.instant();
        synchronized (line) {
            if (now.isBefore(line.until)) {
                return;
            }
            line.until = now.plus(PAUSE);
        }
        LOG.log(System.Logger.Level.WARNING,
                "CSI driver does not tell what its volumes use, their figures are missing driver={0} seconds={1}",
                driver, PAUSE.toSeconds());
    }
}
