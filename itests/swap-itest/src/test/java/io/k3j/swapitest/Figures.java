package io.k3j.swapitest;

import java.util.ArrayList;
import java.util.List;

/// What the requests of a span of time came to. Times are milliseconds.
final class Figures {
    private static final int TOLD = 5;
    /// Parts of a power of two into which times are counted: some three percent.
    private static final int STEPS = 32;
    private static final int STEP_BITS = 5;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private int requests;
    private int failed;
    private int retried;
    private long slowestRead;
    private long slowestWrite;
    private long gap;
    private final long begin = System.nanoTime();
    private long last = begin;
    private long lasted;
    private final int[] times = new int[Long.SIZE * STEPS];
    private final List<String> failures = new ArrayList<>();
    private boolean over;

    /// Counts no more.
    synchronized Figures end() {
        gap = gap();
        lasted = System.nanoTime() - begin;
        over = true;
        return this;
    }

    synchronized void done(boolean write, long from) {
        long now = System.nanoTime();
        if (over) {
            return;
        }
        requests++;
        times[bucket(now - from)]++;
        if (write) {
            slowestWrite = Math.max(slowestWrite, (now - from) / MILLI);
        } else {
            slowestRead = Math.max(slowestRead, (now - from) / MILLI);
        }
        gap = Math.max(gap, (now - last) / MILLI);
        last = now;
    }

    synchronized void failed(String why) {
        requests++;
        failed++;
        if (failures.size() < TOLD) {
            failures.add(why);
        }
    }

    synchronized void retried() {
        retried++;
    }

    synchronized int requests() {
        return requests;
    }

    synchronized int failed() {
        return failed;
    }

    synchronized int retries() {
        return retried;
    }

    /// How many requests per second there were until [#end].
    synchronized long perSecond() {
        return requests * SECOND / Math.max(1, lasted);
    }

    private static int bucket(long nanos) {
        long value = Math.max(STEPS, nanos);
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        return exponent * STEPS + (int) (value >>> exponent - STEP_BITS) % STEPS;
    }

    /// The time in which 99 of 100 requests were answered, but for those that failed.
    synchronized double p99() {
        int slower = (requests - failed) / 100;
        int bucket = times.length - 1;
        for (int counted = times[bucket]; bucket > 0 && counted <= slower; counted += times[bucket]) {
            bucket--;
        }
        return (1L << bucket / STEPS) * (1 + (bucket % STEPS + 1.0) / STEPS) / MILLI;
    }

    /// The longest answer to a GET or LIST.
    synchronized long slowestRead() {
        return slowestRead;
    }

    /// The longest answer to a create, update or delete.
    synchronized long slowestWrite() {
        return slowestWrite;
    }

    /// The longest time in which nothing at all was answered.
    synchronized long gap() {
        return over ? gap : Math.max(gap, (System.nanoTime() - last) / MILLI);
    }

    /// The first few failures in words.
    synchronized List<String> failures() {
        return List.copyOf(failures);
    }
}
