package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// A closed loop of creates through several servers, each of which has an equal share of what is in flight. It
/// remembers every acknowledged revision, the server that acknowledged it, and when.
final class Creates {
    private static final int HEAD = 200;
    private static final int BYTES = 1_024;
    private final List<Links> servers;
    private final String path;
    private final int inFlight;
    private final String rest = "\"},\"data\":{\"v\":\"" + "x".repeat(BYTES - 120) + "\"}}";
    private final AtomicLong names = new AtomicLong();
    private final Map<Long, Acknowledged> acknowledged = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> refused = new ConcurrentHashMap<>();
    private volatile Histogram latencies = new Histogram();
    private volatile boolean going = true;

    /// By which server, when it was sent and when its answer was there.
    record Acknowledged(int server, long sent, long at) {
    }

    /// What was reached since `begin`, when the machines were warm, and what was answered otherwise: how often which
    /// status.
    record Reached(double perSecond, Histogram latencies, long begin, Map<Integer, Long> refused) {
    }

    /// ConfigMaps of a kilobyte at `path`.
    Creates(List<Links> servers, String path, int inFlight) {
        this.servers = servers;
        this.path = path;
        this.inFlight = inFlight;
    }

    /// Everything that was acknowledged, by revision.
    Map<Long, Acknowledged> acknowledged() {
        return acknowledged;
    }

    /// Runs `warm` seconds unmeasured, then `seconds`; returns when everything has been answered.
    Reached run(double warm, double seconds) throws IOException, InterruptedException {
        CountDownLatch over = new CountDownLatch(inFlight);
        for (int i = 0; i < inFlight; i++) {
            int server = i % servers.size();
            List<Link> links = servers.get(server).all();
            Link link = links.get(i / servers.size() % links.size());
            link.execute(() -> next(link, server, over));
        }
        Pauses.seconds(warm);
        latencies = new Histogram();
        long begin = System.nanoTime();
        Pauses.seconds(seconds);
        Histogram measured = latencies;
        latencies = new Histogram();
        double took = (System.nanoTime() - begin) / 1e9;
        going = false;
        if (!over.await(5, TimeUnit.MINUTES)) {
            throw new IOException(over.getCount() + " requests are never answered");
        }
        Map<Integer, Long> wrong = new TreeMap<>();
        refused.forEach((status, times) -> wrong.put(status, times.sum()));
        return new Reached(measured.count() / took, measured, begin, wrong);
    }

    /// One more, alone.
    void one(int server) throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        Link link = servers.get(server).all().getFirst();
        link.execute(() -> send(link, server, over::countDown));
        try {
            if (!over.await(5, TimeUnit.MINUTES)) {
                throw new IOException("never answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void next(Link link, int server, CountDownLatch over) {
        if (going) {
            send(link, server, () -> next(link, server, over));
        } else {
            over.countDown();
        }
    }

    private void send(Link link, int server, Runnable then) {
        byte[] head = new byte[HEAD];
        int[] filled = {0};
        long sent = System.nanoTime();
        link.send(Call.of("POST", path, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"map-"
                + names.incrementAndGet() + rest), new Requests.Reply() {
                    @Override
                    public void data(ByteBuf in, int length) {
                        int some = Math.min(length, HEAD - filled[0]);
                        in.readBytes(head, filled[0], some);
                        filled[0] += some;
                        in.skipBytes(length - some);
                    }

                    @Override
                    public void end(int status) {
                        answered(status, Events.revision(new String(head, StandardCharsets.US_ASCII)),
                                new Acknowledged(server, sent, System.nanoTime()));
                        going &= status > 0;
                        then.run();
                    }
                });
    }

    private void answered(int status, long revision, Acknowledged what) {
        if (status == 201) {
            latencies.add(what.at - what.sent);
            acknowledged.put(revision, what);
        } else {
            refused.computeIfAbsent(status, any -> new LongAdder()).increment();
        }
    }
}
