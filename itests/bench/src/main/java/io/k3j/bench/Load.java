package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// A closed loop: as many requests in flight as wanted, spread over all connections, each answered one followed by the
/// next from the same event loop.
final class Load {
    private final Product product;
    private final Links links;
    private final int inFlight;
    private final Supplier<Call> calls;
    private final int expected;
    private final LongAdder failed = new LongAdder();
    private volatile Histogram latencies = new Histogram();
    private volatile boolean going = true;

    /// Requests of `calls`, each of which is to be answered with the status `expected`.
    Load(Product product, Links links, int inFlight, Supplier<Call> calls, int expected) {
        this.product = product;
        this.links = links;
        this.inFlight = inFlight;
        this.calls = calls;
        this.expected = expected;
    }

    /// What was reached.
    /// @param failed answers that were not the expected ones
    record Reached(double perSecond, Histogram latencies, double serverMicros, double clientMicros, long failed) {
    }

    /// Runs `warm` seconds unmeasured, then `seconds`.
    Reached run(double warm, double seconds) throws IOException, InterruptedException {
        CountDownLatch over = new CountDownLatch(inFlight);
        for (int i = 0; i < inFlight; i++) {
            Link link = links.all().get(i % links.all().size());
            link.execute(() -> next(link, over));
        }
        Pauses.seconds(warm);
        long server = product.cpuNanos();
        long client = own();
        long begin = System.nanoTime();
        latencies = new Histogram();
        Pauses.seconds(seconds);
        Histogram measured = latencies;
        latencies = new Histogram();
        double took = (System.nanoTime() - begin) / 1e9;
        server = product.cpuNanos() - server;
        client = own() - client;
        going = false;
        if (!over.await(5, TimeUnit.MINUTES)) {
            throw new IOException("requests without answer: " + over.getCount());
        }
        double count = Math.max(1, measured.count());
        return new Reached(count / took, measured, server / 1e3 / count, client / 1e3 / count, failed.sum());
    }

    /// Sends exactly `total` requests and waits for their answers.
    void count(int total) throws IOException, InterruptedException {
        CountDownLatch over = new CountDownLatch(inFlight);
        AtomicInteger left = new AtomicInteger(total);
        for (int i = 0; i < inFlight; i++) {
            Link link = links.all().get(i % links.all().size());
            link.execute(() -> counted(link, left, over));
        }
        if (!over.await(300, TimeUnit.SECONDS) || failed.sum() > 0) {
            throw new IOException(failed.sum() + " of " + total + " requests refused");
        }
    }

    private void counted(Link link, AtomicInteger left, CountDownLatch over) {
        if (left.getAndDecrement() <= 0) {
            over.countDown();
            return;
        }
        link.send(calls.get(), status -> {
            if (status != expected) {
                failed.increment();
            }
            counted(link, left, over);
        });
    }

    private void next(Link link, CountDownLatch over) {
        if (!going) {
            over.countDown();
            return;
        }
        long begin = System.nanoTime();
        link.send(calls.get(), status -> {
            if (status != expected) {
                failed.increment();
                going &= status > 0;
            }
            latencies.add(System.nanoTime() - begin);
            next(link, over);
        });
    }

    /// CPU time of this process.
    static long own() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
